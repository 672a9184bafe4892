import CJAssessmentService
import CJCore
import Logging

/// One simulated run: assessments, processes that serve them, a provider, and everything that can go wrong, all from one seed.
final class World: @unchecked Sendable {
    let scheduler = Scheduler()
    let estimator: ScaleEstimator
    var generator: SplitMix64
    var tables = Tables()
    var provider = SimulatedProvider()
    var locks: [String: MemoryStore.Unit] = [:]
    /// Simulated seconds.
    var now = 0
    var troubles = Troubles()
    private(set) var trace: [String] = []
    private let isTraced: Bool
    private var processes: [SimulatedProcess] = []
    private var callers = 0

    /// The same for every run: what is asked does not matter here.
    static let prompt = PromptTemplate(language: "en")
        .map { $0.prompt(question: nil, rubric: nil, first: "simulated", second: "simulated") }!
    static let replyFormat = PromptTemplate(language: "en").map(ReplyFormat.init(for:))!
    static let machine = AssessmentMachine(configuration: CJAssessmentConfiguration())
    static let logger = Logger(label: "simulation") { _ in SwiftLogNoOpLogHandler() }

    /// Choices in which everything may go wrong, before the run is left in peace.
    private static let troubledChoices = 160
    /// Rounds of peace after which a run that has not ended hangs.
    private static let peacefulRounds = 400
    private static let processCount = 2

    /// - Parameter estimator: of every scale.
    init(seed: UInt64, estimator: ScaleEstimator, isTraced: Bool = false) {
        self.estimator = estimator
        generator = SplitMix64(seed: seed)
        self.isTraced = isTraced
        troubles.garbage = [0, 0, 0.1, 0.4].randomElement(using: &generator) ?? 0
        troubles.refusal = [0, 0, 0.1].randomElement(using: &generator) ?? 0
        troubles.ruin = [0, 0, 0, 0.05].randomElement(using: &generator) ?? 0
        troubles.death = [0, 0.01, 0.03].randomElement(using: &generator) ?? 0
        troubles.loss = [0, 0, 0.03].randomElement(using: &generator) ?? 0
        troubles.handOver = [0, 0, 0.1].randomElement(using: &generator) ?? 0
        troubles.amnesia = [0, 0, 0, 0.1].randomElement(using: &generator) ?? 0
        troubles.refusesSome = happens(0.2)
        for number in 0..<Int.random(in: 1...2, using: &generator) { tables.assessments.append(assessment(number)) }
        processes = (1...Self.processCount).map { SimulatedProcess($0, world: self) }
    }

    private static let goals: [StoppingGoal] = [
        .reliability(0.5), .reliability(0.8), .reliability(0.99), .kendallTau(0.6), .budget,
    ]

    private func assessment(_ number: Int) -> Tables.Assessment {
        let essays = Int.random(in: 2...4, using: &generator)
        let budget: Int64? =
            Int.random(in: 0..<4, using: &generator) == 0 ? Int64.random(in: 1000...8000, using: &generator) : nil
        return Tables.Assessment(
            snapshot: AssessmentSnapshot(
                id: "assessment-\(number)", state: .running, revision: 1, decisions: 0, results: 0,
                judge: .init(provider: "simulated", model: "simulated", temperature: nil, maximumOutputTokens: 512),
                stopping: .init(
                    goal: Self.goals.randomElement(using: &generator) ?? .budget,
                    maximumComparisons: Int.random(in: 1...6, using: &generator), maximumCost: budget,
                    maximumSeconds: Int.random(in: 0..<5, using: &generator) == 0 ? 30 : nil),
                pairing: PairingMethod.allCases.randomElement(using: &generator) ?? .random, grading: .init(grades: []),
                seed: UInt64.random(in: 0...UInt64.max, using: &generator),
                maximumInFlight: Int.random(in: 1...4, using: &generator), promptVersion: "", isSimulated: true,
                estimatedCost: 900, callCostAtMost: 1000, consecutiveFailures: 0, providerCalls: 0, cost: 0, cacheSavings: 0,
                expectedComparisons: 0, elapsedMilliseconds: 0,
                items: (0..<essays).map { .init(id: Item.ID("essay-\($0)"), anchorGrade: nil) }, entries: []))
    }

    // MARK: - Chance

    func happens(_ share: Double) -> Bool {
        share > 0 && Double.random(in: 0..<1, using: &generator) < share
    }

    func note(_ line: @autoclosure () -> String) {
        if isTraced { trace.append("\(now) s: \(line())") }
    }

    // MARK: - The run

    /// Runs until every assessment has ended.
    ///
    /// - Returns: the rules that were broken.
    func run() -> [String] {
        for _ in 0..<Self.troubledChoices {
            choose()
            buryAndReplace()
        }
        // From here on nothing goes wrong any more, and everything must come to an end.
        troubles.death = 0
        troubles.loss = 0
        troubles.handOver = 0
        for _ in 0..<Self.peacefulRounds {
            if isOver { break }
            buryAndReplace()
            for process in processes where process.underWay == 0 {
                SimulatedProcess.Turn.allCases.forEach(process.begin)
            }
            while scheduler.waiting > 0 { scheduler.resume(Int.random(in: 0..<scheduler.waiting, using: &generator)) }
            for index in provider.waiting { answer(index) }
            now += 10
        }
        return Rules.violations(of: self)
    }

    /// Whether nothing is left to be done.
    var isOver: Bool {
        scheduler.waiting == 0 && tables.cursor == provider.log.count && provider.waiting.isEmpty
            && tables.assessments.allSatisfy { $0.snapshot.state != .running }
    }

    private func choose() {
        switch Int.random(in: 0..<100, using: &generator) {
        case ..<72 where scheduler.waiting > 0:
            scheduler.resume(Int.random(in: 0..<scheduler.waiting, using: &generator))
        case ..<86:
            let process = processes[Int.random(in: 0..<processes.count, using: &generator)]
            let turn = SimulatedProcess.Turn.allCases.randomElement(using: &generator) ?? .sweep
            if process.underWay < 4 { process.begin(turn) }
        case ..<95:
            guard let index = provider.waiting.randomElement(using: &generator) else { return }
            if happens(troubles.amnesia) {
                note("\(provider.requests[index].id) is forgotten")
                provider.forget(index)
            } else {
                answer(index)
            }
        case ..<97: now += Int.random(in: 1...40, using: &generator)
        default: call()
        }
    }

    private func answer(_ index: Int) {
        note("the judge is asked about \(provider.requests[index].id)")
        provider.answer(index, using: &generator, troubles: troubles)
    }

    /// A caller cancels an assessment, or has it continued.
    private func call() {
        guard callers < 2 else { return }
        callers += 1
        let process = processes[Int.random(in: 0..<processes.count, using: &generator)]
        let id = tables.assessments[Int.random(in: 0..<tables.assessments.count, using: &generator)].snapshot.id
        if Bool.random(using: &generator) {
            note("\(id) is cancelled")
            process.cancel(id)
        } else {
            note("\(id) is continued")
            process.takeUp(id)
        }
    }

    /// Puts a new process in the place of each that has died.
    private func buryAndReplace() {
        for index in processes.indices where !processes[index].isAlive {
            buried.append(processes[index])
            processes[index] = SimulatedProcess(buried.count + Self.processCount, world: self)
            tables.releaseAllClaims()
        }
    }

    /// Dead processes; what they had begun fails at its next step.
    private var buried: [SimulatedProcess] = []
}
