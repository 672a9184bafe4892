import CJCore

/// An assessment as it stands in the store: what every decision about it is made from.
struct AssessmentSnapshot: Sendable, Hashable {
    enum State: String, Sendable, CaseIterable {
        case running, completed, cancelled, failed
    }

    enum Reason: String, Sendable, CaseIterable {
        case converged
        case comparisonBudget = "comparison_budget"
        case moneyBudget = "money_budget"
        case pairsExhausted = "pairs_exhausted"
        case cancelled
        case judgeFailed = "judge_failed"

        /// The state in which an assessment ends for this reason.
        var finalState: State {
            switch self {
            case .converged, .comparisonBudget, .moneyBudget, .pairsExhausted: .completed
            case .cancelled: .cancelled
            case .judgeFailed: .failed
            }
        }
    }

    struct Item: Sendable, Hashable {
        let id: CJCore.Item.ID
        let anchorGrade: String?
    }

    /// One comparison, with its judgement where there is one.
    struct Entry: Sendable, Hashable {
        enum State: String, Sendable, CaseIterable {
            case inFlight = "in_flight"
            case judged, failed, cancelled
        }

        let number: Int
        let comparison: Comparison
        var state: State
        var judgement: Judgement?
        /// Why it was given up.
        var failure: String?
    }

    let id: String
    var state: State
    /// Set while the assessment still runs once it only waits for what is with the judge.
    var reason: Reason?
    var failure: String?
    var revision: Int64
    /// How often something was decided about it so far.
    var decisions: Int64
    /// Results recorded so far.
    var results: Int64

    let judge: AssessmentPlan.Judge
    let stopping: AssessmentPlan.Stopping
    let pairing: AssessmentPlan.Pairing
    let grades: [String]
    let seed: UInt64
    let maximumInFlight: Int
    let promptVersion: String
    let isSimulated: Bool
    /// Nano-dollars that one comparison should cost; nil where the price is not known.
    let estimatedCost: Int64?
    /// Nano-dollars that one call can cost at most; nil where the price is not known.
    let callCostAtMost: Int64?

    var consecutiveFailures: Int
    var permanentFailure: String?
    var providerCalls: Int
    /// Nano-dollars.
    var cost: Int64
    var cacheSavings: Int64
    var reliability: Double?
    var expectedComparisons: Int
    var elapsedMilliseconds: Int64

    let items: [Item]
    var entries: [Entry]
}

extension AssessmentSnapshot {
    var itemIDs: [CJCore.Item.ID] { items.map(\.id) }
    var judgements: [Judgement] { entries.compactMap(\.judgement) }
    var inFlight: [Comparison] { entries.filter { $0.state == .inFlight }.map(\.comparison) }

    var counts: [Entry.State: Int] { entries.reduce(into: [:]) { $0[$1.state, default: 0] += 1 } }

    func count(_ state: Entry.State) -> Int { entries.count { $0.state == state } }
}
