package import CJCore

/// An assessment as it stands in the store: what every decision about it is made from.
package struct AssessmentSnapshot: Sendable, Hashable {
    package enum State: String, Sendable, CaseIterable {
        case running, completed, cancelled, failed
    }

    package enum Reason: String, Sendable, CaseIterable {
        case converged
        case comparisonBudget = "comparison_budget"
        case moneyBudget = "money_budget"
        case pairsExhausted = "pairs_exhausted"
        case timeLimit = "time_limit"
        case cancelled
        case judgeFailed = "judge_failed"
        case blindJudge = "blind_judge"

        /// The state in which an assessment ends for this reason, where something was judged.
        package var finalState: State {
            switch self {
            case .converged, .comparisonBudget, .moneyBudget, .pairsExhausted, .timeLimit: .completed
            case .cancelled: .cancelled
            case .judgeFailed, .blindJudge: .failed
            }
        }
    }

    package struct Item: Sendable, Hashable {
        package let id: CJCore.Item.ID
        package let anchorGrade: String?

        package init(id: CJCore.Item.ID, anchorGrade: String?) {
            self.id = id
            self.anchorGrade = anchorGrade
        }
    }

    /// One comparison, with its judgement where there is one.
    package struct Entry: Sendable, Hashable {
        package enum State: String, Sendable, CaseIterable {
            case inFlight = "in_flight"
            case judged, failed, cancelled
        }

        package let number: Int
        package let comparison: Comparison
        package var state: State
        package var judgement: Judgement?
        /// Why it was given up.
        package var failure: String?

        package init(number: Int, comparison: Comparison, state: State, judgement: Judgement? = nil, failure: String? = nil) {
            self.number = number
            self.comparison = comparison
            self.state = state
            self.judgement = judgement
            self.failure = failure
        }
    }

    package let id: String
    package var state: State
    /// Set while the assessment still runs once it only waits for what is with the judge.
    package var reason: Reason?
    package var failure: String?
    package var revision: Int64
    /// How often something was decided about it so far.
    package var decisions: Int64
    /// Results recorded so far.
    package var results: Int64

    package let judge: AssessmentPlan.Judge
    package let stopping: AssessmentPlan.Stopping
    package let pairing: AssessmentPlan.Pairing
    package let grading: AssessmentPlan.Grading
    package let seed: UInt64
    package let maximumInFlight: Int
    package let promptVersion: String
    package let isSimulated: Bool
    /// Nano-dollars that one comparison should cost; nil where the price is not known.
    package let estimatedCost: Int64?
    /// Nano-dollars that one call can cost at most; nil where the price is not known.
    package let callCostAtMost: Int64?
    /// How the judge is asked.
    package var dispatch = DispatchChoice(isByBatch: false, reason: "")

    package var consecutiveFailures: Int
    package var permanentFailure: String?
    /// Why the provider service takes no more requests on: a budget that it keeps.
    package var budgetRefusal: String?
    package var providerCalls: Int
    /// Nano-dollars.
    package var cost: Int64
    package var cacheSavings: Int64
    package var reliability: Double?
    package var expectedComparisons: Int
    package var elapsedMilliseconds: Int64
    /// Whether its time is over.
    package var isOverdue: Bool
    /// Counts from one; every continuation begins the next.
    package var run: Int64

    package let items: [Item]
    package var entries: [Entry]
    /// What essays seem to say to the judge; no decision looks at it.
    package var suspects: [SuspectPassage] = []

    package init(
        id: String, state: State, reason: Reason? = nil, failure: String? = nil, revision: Int64, decisions: Int64,
        results: Int64,
        judge: AssessmentPlan.Judge, stopping: AssessmentPlan.Stopping, pairing: AssessmentPlan.Pairing,
        grading: AssessmentPlan.Grading,
        seed: UInt64, maximumInFlight: Int, promptVersion: String, isSimulated: Bool, estimatedCost: Int64?,
        callCostAtMost: Int64?, consecutiveFailures: Int, permanentFailure: String? = nil, budgetRefusal: String? = nil,
        providerCalls: Int, cost: Int64,
        cacheSavings: Int64, reliability: Double? = nil, expectedComparisons: Int, elapsedMilliseconds: Int64,
        isOverdue: Bool = false, run: Int64 = 1, items: [Item],
        entries: [Entry]
    ) {
        self.id = id
        self.state = state
        self.reason = reason
        self.failure = failure
        self.revision = revision
        self.decisions = decisions
        self.results = results
        self.judge = judge
        self.stopping = stopping
        self.pairing = pairing
        self.grading = grading
        self.seed = seed
        self.maximumInFlight = maximumInFlight
        self.promptVersion = promptVersion
        self.isSimulated = isSimulated
        self.estimatedCost = estimatedCost
        self.callCostAtMost = callCostAtMost
        self.consecutiveFailures = consecutiveFailures
        self.permanentFailure = permanentFailure
        self.budgetRefusal = budgetRefusal
        self.providerCalls = providerCalls
        self.cost = cost
        self.cacheSavings = cacheSavings
        self.reliability = reliability
        self.expectedComparisons = expectedComparisons
        self.elapsedMilliseconds = elapsedMilliseconds
        self.isOverdue = isOverdue
        self.run = run
        self.items = items
        self.entries = entries
    }
}

extension AssessmentSnapshot {
    package var grades: [String] { grading.grades }
    package var itemIDs: [CJCore.Item.ID] { items.map(\.id) }
    package var judgements: [Judgement] { entries.compactMap(\.judgement) }
    package var inFlight: [Comparison] { entries.filter { $0.state == .inFlight }.map(\.comparison) }

    package var counts: [Entry.State: Int] { entries.reduce(into: [:]) { $0[$1.state, default: 0] += 1 } }

    package func count(_ state: Entry.State) -> Int { entries.count { $0.state == state } }
}

extension AssessmentSnapshot {
    /// How it stands once a decision that starts nothing has been written.
    func applying(_ decision: AssessmentMachine.Decision) -> AssessmentSnapshot {
        var applied = self
        applied.revision += 1
        applied.decisions += 1
        applied.reason = decision.stop ?? reason
        applied.failure = decision.failure ?? failure
        applied.state = decision.finish ?? state
        applied.reliability = decision.figures?.posteriorReliability ?? reliability
        applied.expectedComparisons = decision.expectedComparisons ?? expectedComparisons
        return applied
    }
}
