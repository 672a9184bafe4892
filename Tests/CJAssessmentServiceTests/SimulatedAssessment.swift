import CJCore

@testable import CJAssessmentService

/// An assessment kept in memory, to which decisions and results are applied as the store would.
struct SimulatedAssessment {
    private(set) var snapshot: AssessmentSnapshot
    private let machine: AssessmentMachine
    /// Qualities by which the judge decides.
    private let qualities: [Item.ID: Double]

    init(
        essays: Int, seed: UInt64, maximumComparisons: Int = 1000, maximumCost: Int64? = nil, target: Double = 0.85,
        inFlight: Int = 8, pairing: AssessmentPlan.Pairing = .information,
        configuration: CJAssessmentConfiguration = CJAssessmentConfiguration()
    ) {
        var generator = SplitMix64(seed: seed)
        let items = (1...essays).map { AssessmentSnapshot.Item(id: Item.ID("essay-\($0)"), anchorGrade: nil) }
        qualities = Dictionary(uniqueKeysWithValues: items.map { ($0.id, Double.random(in: -3...3, using: &generator)) })
        machine = AssessmentMachine(configuration: configuration)
        snapshot = AssessmentSnapshot(
            id: "simulated", state: .running, reason: nil, failure: nil, revision: 1, decisions: 0, results: 0,
            judge: .init(provider: "simulated", model: "simulated-judge", temperature: nil, maximumOutputTokens: 512),
            stopping: .init(goal: .reliability(target), maximumComparisons: maximumComparisons, maximumCost: maximumCost),
            pairing: pairing, grading: .init(grades: []), seed: seed, maximumInFlight: inFlight, promptVersion: "test",
            isSimulated: true,
            estimatedCost: 900, callCostAtMost: 1000, consecutiveFailures: 0, permanentFailure: nil, providerCalls: 0, cost: 0,
            cacheSavings: 0,
            reliability: nil, expectedComparisons: 0, elapsedMilliseconds: 0, items: items, entries: [])
    }

    /// Decides once and carries the decision out.
    @discardableResult
    mutating func advance(scales: RecentScales = RecentScales()) -> AssessmentMachine.Decision {
        let decision = machine.advance(snapshot, scales: scales)
        for comparison in decision.start {
            snapshot.entries.append(
                .init(number: snapshot.entries.count + 1, comparison: comparison, state: .inFlight, judgement: nil))
        }
        snapshot.reason = decision.stop ?? snapshot.reason
        snapshot.failure = decision.failure ?? snapshot.failure
        snapshot.state = decision.finish ?? snapshot.state
        return decision
    }

    /// Numbers of the comparisons with the judge.
    var waiting: [Int] { snapshot.entries.filter { $0.state == .inFlight }.map(\.number) }

    /// The judge's answer to a comparison arrives.
    mutating func judge(_ number: Int, using generator: inout some RandomNumberGenerator) {
        let comparison = snapshot.entries[number - 1].comparison
        let difference = qualities[comparison.first, default: 0] - qualities[comparison.second, default: 0]
        let noise = Double.random(in: -1...1, using: &generator)
        snapshot.entries[number - 1].state = .judged
        snapshot.entries[number - 1].judgement = Judgement(
            comparison: comparison, outcome: difference + noise > 0 ? .first : .second, judge: "simulated-judge", confidence: 3)
        snapshot.consecutiveFailures = 0
        snapshot.cost += 1000
    }

    /// The judge answers without having looked.
    mutating func answer(_ number: Int, _ outcome: Outcome) {
        snapshot.entries[number - 1].state = .judged
        snapshot.entries[number - 1].judgement = Judgement(
            comparison: snapshot.entries[number - 1].comparison, outcome: outcome, judge: "simulated-judge")
        snapshot.cost += 1000
    }

    /// A comparison is given up after its last attempt.
    mutating func fail(_ number: Int) {
        snapshot.entries[number - 1].state = .failed
        snapshot.consecutiveFailures += 1
        if snapshot.reason == nil { snapshot.failure = "no answer" }
    }

    /// A budget of the provider service's does not allow a comparison.
    mutating func refuseForWantOfMoney(_ number: Int) {
        snapshot.entries[number - 1].state = .cancelled
        snapshot.budgetRefusal = "no money"
    }

    /// The provider service says that nothing can succeed.
    mutating func refuse(_ number: Int) {
        fail(number)
        snapshot.permanentFailure = "the key is wrong"
    }
}
