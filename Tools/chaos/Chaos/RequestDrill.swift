import ChaosProxy
import Contracts
import Foundation
import Glibc
public import Logging
import Postgres
import WireNIO

/// Takes requests on and lets everything go wrong that can before they are answered: the provider refuses, is overloaded, talks nonsense
/// and does not answer, the database is gone for a while, and the service is killed again and again.
public enum RequestDrill {
    public struct Options: Sendable {
        public var requests = 1000
        /// How often the service is killed, evenly over the requests.
        public var kills = 20
        /// How long the database is gone, when half of the kills are over.
        public var awaySeconds = 60
        /// What the provider asks for when it refuses, 5 of 100 calls.
        public var retryAfterSeconds = 7
        /// How long the service waits for an answer; one call of a hundred has none for longer.
        public var callSeconds = 120
        /// How long the service keeps what it has claimed; nil for its default.
        public var leaseSeconds: Int?

        public init() {}
    }

    public struct Report: Sendable, Codable, Hashable {
        public let requests: Int
        /// Requests that ended with an answer; the others' model declined, or all their attempts failed.
        public let replies: Int
        public let kills: Int
        /// Requests that the service held when it was killed, of all kills together.
        public let heldAtKills: Int
        /// Calls that the provider got.
        public let calls: Int
        /// Calls by what went wrong with them on purpose.
        public let faults: [String: Int]
        /// Calls whose answer nobody waited for: it took too long, or the service was killed.
        public let abandoned: Int
        /// Calls beyond one that ended its request, all because of kills.
        public let repeated: Int
        /// Calls while the provider had asked to be left alone, by a process that was killed and begun anew after it was asked.
        public let earlyAfterKills: Int
        public let seconds: Double

        enum CodingKeys: String, CodingKey {
            case requests, replies, kills, calls, faults, abandoned, repeated, seconds
            case heldAtKills = "held_at_kills"
            case earlyAfterKills = "early_after_kills"
        }
    }

    /// The limits bind nothing here; that they are known makes processes go on with what others have found out.
    private static let requestsPerMinute = 6000

    /// Runs the drill on a database of its own.
    ///
    /// - Parameters:
    ///   - folder: empty; the database and the ledger go there.
    ///   - tell: called with a line about how far the drill is.
    /// - Throws: ``DrillError`` where a request has not exactly one end, where a call is made again that ended its request and no kill is
    ///   to blame, and where a call comes while the provider had asked its caller to be left alone.
    public static func run(
        _ options: Options, folder: String, logger: Logger, tell: @escaping @Sendable (String) -> Void
    ) async throws -> Report {
        try await Stage.run(
            folder: folder, logger: logger, options: { deployment(options, on: $0) }
        ) { deployment, _ in
            let start = ContinuousClock.now
            let client = WireClient(
                host: "127.0.0.1", port: deployment.port(of: .llmProvider), configuration: .init(), logger: logger)
            do {
                try await LimitDrill.submit(options.requests, to: LLMV1.LLMProviderClient(client))
                await client.close()
            } catch {
                await client.close()
                throw error
            }
            tell("\(options.requests) requests taken on")
            let kills = try await disturb(options, deployment, tell: tell)
            try await deployment.waitForEnds(options.requests, patience: patience(options))
            // No assessment has asked for them, so none gets their results.
            try await deployment.checkInvariants(isAtRest: false)
            return try await report(options, deployment, kills: kills, seconds: start.duration(to: .now) / .seconds(1))
        }
    }

    private static func deployment(_ options: Options, on server: EmbeddedCluster) -> Deployment.Options {
        // Longer than the service waits for an answer.
        let silence = "slow:\((options.callSeconds + 10) * 1000)"
        var settings = CommitDrill.options(server)
        settings.faults = [
            "429:\(options.retryAfterSeconds)=0.05", "529=0.02", "garbage=0.01", "\(silence)=0.01", "refusal=0.01",
        ]
        settings.leaseSeconds = options.leaseSeconds
        settings.environment[.llmProvider] = [
            "HULEEDU_SIMULATED_REQUESTS_PER_MINUTE": "\(requestsPerMinute)", "HULEEDU_CALL_SECONDS": "\(options.callSeconds)",
        ]
        return settings
    }

    /// After this long without a request's end the service is taken to hang: all those left may be silent once, and then once more.
    private static func patience(_ options: Options) -> Duration {
        .seconds(60 + 2 * options.callSeconds)
    }

    // MARK: - What goes wrong

    private static func disturb(
        _ options: Options, _ deployment: Deployment, tell: @Sendable (String) -> Void
    ) async throws -> [CallAudit.Kill] {
        var kills: [CallAudit.Kill] = []
        for number in 0..<options.kills {
            // The last requests are left to those that nobody kills any more.
            try await deployment.waitForEnds(number * options.requests / (options.kills + 1), patience: patience(options))
            if number == options.kills / 2 { try await takeDatabaseAway(for: options.awaySeconds, deployment, tell: tell) }
            kills.append(try await kill(deployment))
            tell("killed \(number + 1) of \(options.kills) times")
        }
        return kills
    }

    private static func kill(_ deployment: Deployment) async throws -> CallAudit.Kill {
        let from = now
        deployment.signal(.llmProvider, SIGKILL)
        _ = await deployment.end(of: .llmProvider)
        let held = try await deployment.pool.query(
            """
            SELECT traceparent FROM llm_provider.job_lease JOIN llm_provider.request ON request.id = job_lease.subject
            """
        ).map { try $0.decode(String.self).split(separator: "-")[1] }
        guard try await deployment.start(.llmProvider) else {
            throw DrillError(description: "the service did not start again: \(deployment.output(of: .llmProvider))")
        }
        return CallAudit.Kill(from: from, until: now, held: Set(held.map(String.init)))
    }

    private static var now: Int64 { Int64(Date().timeIntervalSince1970 * 1e9) }

    private static func takeDatabaseAway(
        for seconds: Int, _ deployment: Deployment, tell: @Sendable (String) -> Void
    ) async throws {
        guard let proxy = deployment.proxies?.database[.llmProvider] else {
            preconditionFailure("the drill's deployment has proxies")
        }
        try await proxy.apply(.reset)
        try await proxy.apply(.refuse)
        tell("the database is gone for \(seconds) s")
        try await Task.sleep(for: .seconds(seconds))
        try await proxy.apply(.none)
    }

    // MARK: - Reporting

    private static func report(
        _ options: Options, _ deployment: Deployment, kills: [CallAudit.Kill], seconds: Double
    ) async throws -> Report {
        let (ends, distinct) = try await deployment.pool.query(
            """
            SELECT count(*), count(DISTINCT aggregate_id) FROM (
                SELECT aggregate_id FROM llm_provider.event_log UNION ALL SELECT aggregate_id FROM llm_provider.event_pending) AS event
            """)[0].decode(Int.self, Int.self)
        guard ends == options.requests, distinct == ends else {
            throw DrillError(description: "\(options.requests) requests, \(ends) events of \(distinct) of them")
        }
        let calls = try deployment.ledger.entries.compactMap(CallAudit.Call.init)
        let total = try deployment.ledger.calls
        guard calls.count == total else { throw DrillError(description: "of \(total) calls the ledger tells of \(calls.count)") }
        let audit = CallAudit(
            calls, kills: kills, retryAfter: Int64(options.retryAfterSeconds) * 1_000_000_000, underWay: 1_000_000_000)
        if let call = audit.inexcusable.first {
            throw DrillError(
                description: "\(audit.inexcusable.count) calls were made again that nothing excuses, first in trace \(call.trace)"
            )
        }
        if let call = audit.early.first {
            throw DrillError(
                description:
                    "\(audit.early.count) calls came while the provider was to be left alone, first in trace \(call.trace)")
        }
        return Report(
            requests: options.requests,
            replies: try await deployment.pool.query("SELECT count(*) FROM llm_provider.result WHERE state = 'succeeded'")[0]
                .decode(Int.self),
            kills: kills.count, heldAtKills: kills.reduce(0) { $0 + $1.held.count }, calls: total,
            faults: calls.reduce(into: [:]) { $0[$1.fault ?? "none", default: 0] += 1 },
            abandoned: calls.count { $0.status == 0 }, repeated: audit.repeated, earlyAfterKills: audit.earlyAfterKills,
            seconds: (seconds * 10).rounded() / 10)
    }
}
