import Contracts
public import Logging
import Postgres

/// Lets a provider go wrong in every way that providers do, by chance and the same each time, and balances the books afterwards.
public enum ProviderDrill {
    public struct Report: Sendable, Codable {
        public let assessments: Int
        public let requests: Int
        /// Calls that the provider got.
        public let calls: Int
        /// Most calls that one request took, those that were told to wait among them.
        public let mostCalls: Int
        public let judged: Int
        public let failed: Int
        /// Assessments with a budget of money that ended because of it.
        public let outOfMoney: Int
        /// How often all results were told once more.
        public let replays: Int

        enum CodingKeys: String, CodingKey {
            case assessments, requests, calls, judged, failed, replays
            case mostCalls = "most_calls"
            case outOfMoney = "out_of_money"
        }
    }

    /// What goes wrong, with its probability.
    private static let faults = [
        "429:1=0.03", "529=0.03", "500=0.04", "502=0.02", "503=0.02", "504=0.01", "garbage=0.03", "wrong-shape=0.02",
        "truncated=0.02", "reset=0.03", "slow:1500=0.05", "drip:64:20=0.03", "refusal=0.12", "max-tokens=0.08",
        "invalid-verdict=0.08", "prose=0.06",
    ]
    private static let comparisons = 20
    /// Every third assessment may spend this, in nano-dollars: less than it wants.
    private static let budget: UInt64 = 10_000_000

    /// Runs the drill on a database of its own.
    ///
    /// - Parameters:
    ///   - replays: how often, while assessments run, everything that the provider service has told is told again.
    ///   - folder: empty; the database and the ledger go there.
    ///   - tell: called with a line about how far the drill is.
    public static func run(
        assessments: Int, replays: Int, folder: String, logger: Logger, tell: @escaping @Sendable (String) -> Void
    ) async throws -> Report {
        var options = Deployment.Options()
        options.latencyMilliseconds = 5...50
        options.faults = faults
        return try await Stage.run(folder: folder, logger: logger, options: { [options] _ in options }) { deployment, _ in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for lane in 0..<min(8, assessments) {
                    group.addTask {
                        for number in stride(from: lane + 1, through: assessments, by: 8) {
                            try await assess(number, deployment)
                            if number.isMultiple(of: 20) { tell("\(number) of \(assessments) assessed") }
                        }
                    }
                }
                try await replay(replays, of: assessments * comparisons, deployment)
                try await group.waitForAll()
            }
            try await deployment.checkInvariants(isAtRest: true)
            return try await balance(deployment, assessments: assessments, replays: replays)
        }
    }

    private static func assess(_ number: Int, _ deployment: Deployment) async throws {
        var assessment = DrillAssessment(
            id: "provider-\(number)", essays: 8, comparisons: comparisons, seed: UInt64(number),
            // So many failures in a row end an assessment, which is not what is drilled here.
            atOnce: 16)
        if number.isMultiple(of: 3) { assessment.maximumCost = budget }
        try await deployment.begin(assessment)
        let progress = try await deployment.waitForEnd(of: assessment.id)
        let cost = progress.costNanodollars ?? 0
        guard cost <= assessment.maximumCost ?? .max else {
            throw DrillError(description: "\(assessment.id) cost \(cost), more than its budget")
        }
        guard assessment.maximumCost != nil || progress.judged + progress.failed == UInt32(comparisons) else {
            throw DrillError(
                description:
                    "\(assessment.id) ended as \(progress.state), \(progress.judged) judged and \(progress.failed) failed")
        }
    }

    /// Lets the results be told once more from the first, in equal parts of the drill.
    private static func replay(_ replays: Int, of comparisons: Int, _ deployment: Deployment) async throws {
        for number in 0..<replays {
            try await deployment.wait(for: "too few judgements for a replay") {
                try await deployment.judgements() >= comparisons * (number + 1) / (2 * (replays + 1))
            }
            try await deployment.pool.execute("UPDATE cj.event_cursor SET position = 0, epoch = epoch + 1")
        }
    }

    /// Every call that the provider got is one that a request accounts for, and whatever failed is reported.
    private static func balance(_ deployment: Deployment, assessments: Int, replays: Int) async throws -> Report {
        let row = try await deployment.pool.query(
            """
            SELECT (SELECT count(*) FROM llm_provider.result), (SELECT sum(attempts)::bigint FROM llm_provider.result),
                (SELECT max(attempts) FROM llm_provider.result), (SELECT max(attempt) FROM cj.request),
                (SELECT count(*) FROM cj.comparison WHERE state = 'judged'),
                (SELECT count(*) FROM cj.comparison WHERE state = 'failed'),
                (SELECT count(*) FROM cj.assessment WHERE stop_reason = 'money_budget'),
                (SELECT sum(provider_calls)::bigint FROM cj.assessment),
                (SELECT count(*) FROM cj.comparison WHERE state = 'failed' AND failure IS NULL)
            """)[0]
        let (requests, attempts, most, asked, judged, failed, outOfMoney, reported, unexplained) = try row.decode(
            Int.self, Int.self, Int.self, Int.self, Int.self, Int.self, Int.self, Int.self, Int.self)
        let calls = try deployment.ledger.calls
        guard calls == attempts, calls == reported else {
            throw DrillError(
                description: "the provider got \(calls) calls, requests account for \(attempts), assessments for \(reported)")
        }
        guard asked <= 3, most <= 105 else {
            throw DrillError(description: "a comparison took \(asked) requests, a request \(most) calls")
        }
        guard unexplained == 0 else { throw DrillError(description: "\(unexplained) comparisons failed without a reason") }
        return Report(
            assessments: assessments, requests: requests, calls: calls, mostCalls: most, judged: judged, failed: failed,
            outOfMoney: outOfMoney, replays: replays)
    }
}
