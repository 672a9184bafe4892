package import CJCore
package import Contracts

/// What the workflow needs of the place where assessments are kept: transactions, and a few operations within them.
///
/// ``AssessmentStore`` keeps them in PostgreSQL. The simulator keeps them in memory, with the same promises: a unit of work takes effect
/// as a whole or not at all, who locks an assessment has it to himself until the unit ends, and who waited for a lock sees what was
/// committed meanwhile.
package protocol WorkflowStore: Sendable {
    /// One transaction.
    associatedtype Unit

    /// Runs `body` as one transaction. It may be run again, so it has no effect but through its unit.
    ///
    /// - Parameter isSnapshot: whether all that is read is read as of one moment.
    func unit<R>(_ name: String, isSnapshot: Bool, _ body: (Unit) async throws -> R) async throws -> R

    // MARK: Looking

    /// Whether there is something to decide about an assessment.
    func isUndecided(_ id: String) async throws -> Bool
    /// Running assessments with something to decide that nobody may be about to.
    func unattended() async throws -> [(id: String, isStopping: Bool)]
    func snapshot(of id: String, in unit: Unit) async throws -> AssessmentSnapshot?
    /// An assessment without its comparisons, which are counted only.
    func standing(
        of id: String, in unit: Unit
    ) async throws -> (snapshot: AssessmentSnapshot, counts: [AssessmentSnapshot.Entry.State: Int])?

    // MARK: Deciding

    /// Locks an assessment; false when there is none.
    func lock(_ id: String, in unit: Unit) async throws -> Bool
    /// Locks an assessment for a decision made from `snapshot`; false when something else has been decided since.
    func lock(_ snapshot: AssessmentSnapshot, in unit: Unit) async throws -> Bool
    /// The money of assessments that the caller has locked.
    func purses(of assessments: Set<String>, in unit: Unit) async throws -> [String: Purse]
    /// Writes what was decided about an assessment that the caller has locked, with its conclusion if it ended.
    func apply(
        _ decision: AssessmentMachine.Decision, conclusion: Conclusion?, to snapshot: AssessmentSnapshot, in unit: Unit
    ) async throws
    /// Sets an assessment that the caller has locked going again under other limits.
    func takeUp(
        _ snapshot: AssessmentSnapshot, stopping: AssessmentPlan.Stopping, maximumInFlight: Int, in unit: Unit
    ) async throws

    // MARK: Handing over

    /// Claims requests that nobody has handed over, or whose claims are older than a lifetime; none of tenants that have to wait.
    func claimRequests(limit: Int, claimLifetimeSeconds: Int64, besides tenants: Set<String>) async throws -> [RequestToSubmit]
    /// Marks a request that the provider service has stored.
    func markSubmitted(_ request: RequestToSubmit) async throws
    /// Gives a claimed request back, or withdraws it where its assessment starts nothing more; nothing where it was claimed again since.
    func releaseClaim(of request: RequestToSubmit, wasRefused: Bool) async throws
    /// Records that the provider service will never take a request on; nothing where it was claimed again since.
    func recordRefusal(of request: RequestToSubmit, effect: ResultIntake.Effect) async throws

    /// Requests that were handed over and have waited for their results, or since somebody last asked after them, for so long. They count as
    /// asked after.
    func overdueRequests(patienceSeconds: Int64) async throws -> [String]
    /// Lets a request that the provider service does not know be handed over again.
    func forgetHandOver(of request: String) async throws

    // MARK: Recording

    /// Those of the requests that are still waited for, with their assessments locked in a fixed order.
    func openRequests(_ ids: [String], in unit: Unit) async throws -> [String: OpenRequest]
    /// Writes finished requests and everything that follows from them.
    func record(_ finished: [FinishedRequest], in unit: Unit) async throws
}

extension WorkflowStore {
    package func unit<R>(_ name: String, _ body: (Unit) async throws -> R) async throws -> R {
        try await unit(name, isSnapshot: false, body)
    }
}

/// A request of ours that is still waited for.
package struct OpenRequest: Sendable, Hashable {
    package let assessment: String
    package let comparison: Int64
    package let attempt: Int64
    /// How often it has been claimed.
    package let claim: Int64
    /// Its assessment starts nothing more.
    package let isStopping: Bool
    /// How finely the judge was asked to answer.
    package let levels: VerdictLevels

    package init(
        assessment: String, comparison: Int64, attempt: Int64, claim: Int64, isStopping: Bool, levels: VerdictLevels
    ) {
        self.assessment = assessment
        self.comparison = comparison
        self.attempt = attempt
        self.claim = claim
        self.isStopping = isStopping
        self.levels = levels
    }
}

/// What has become of a request that was handed over.
package enum RequestStanding: Sendable {
    /// It was never taken on, or is forgotten.
    case unknown
    case underWay
    case ended(LLMV1.Result)
}

/// Where requests to the judge are handed over: the provider service, over the wire or simulated.
package protocol RequestTaker: Sendable {
    /// Hands a request over; who takes it on has stored it.
    ///
    /// - Throws: `RPCError`; only one that says so (``RPCError/isRefused``) is proof that the request was not taken on.
    func submit(_ request: RequestToSubmit) async throws
    /// What has become of a request.
    func standing(of request: String) async throws -> RequestStanding
    /// Asks for everything of an assessment back that has not been sent to the judge yet.
    func withdraw(assessment: String) async throws
}
