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
        /// How long the database is gone, when half of the requests have ended.
        public var awaySeconds = 60

        public init() {}
    }

    public struct Report: Sendable, Codable {
        public let requests: Int
        /// Events that tell a request's end; none has two.
        public let ends: Int
        public let replies: Int
        public let kills: Int
        /// Calls that the provider got.
        public let calls: Int
        /// Good answers to requests that had one already.
        public let repeated: Int
        /// Requests that the service held when it was killed, of all kills together.
        public let heldAtKills: Int
        /// Calls by what went wrong with them.
        public let faults: [String: Int]
        /// Calls while the provider had asked to be left alone.
        public let early: Int
        public let seconds: Double

        enum CodingKeys: String, CodingKey {
            case requests, ends, replies, kills, calls, repeated, faults, early, seconds
            case heldAtKills = "held_at_kills"
        }
    }

    /// What the provider asks for in seconds when it refuses.
    private static let retryAfter = 7
    /// Longer than the service waits for an answer.
    private static let silence = "slow:130000"
    private static let faults = ["429:\(retryAfter)=0.05", "529=0.02", "garbage=0.01", "\(silence)=0.01", "refusal=0.01"]
    /// The limits bind nothing here; that they are known makes processes go on with what others have found out.
    private static let requestsPerMinute = 6000

    /// Runs the drill on a database of its own.
    ///
    /// - Parameters:
    ///   - folder: empty; the database and the ledger go there.
    ///   - tell: called with a line about how far the drill is.
    public static func run(
        _ options: Options, folder: String, logger: Logger, tell: @escaping @Sendable (String) -> Void
    ) async throws -> Report {
        try await Stage.run(
            folder: folder, logger: logger,
            options: { server in
                var settings = CommitDrill.options(server)
                settings.faults = faults
                settings.environment[.llmProvider] = ["HULEEDU_SIMULATED_REQUESTS_PER_MINUTE": "\(requestsPerMinute)"]
                return settings
            }
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
            let held = try await disturb(options, deployment, tell: tell)
            try await wait(for: options.requests, of: options.requests, deployment)
            try await deployment.checkInvariants(isAtRest: false)
            return try await report(options, deployment, held: held, seconds: start.duration(to: .now) / .seconds(1))
        }
    }

    // MARK: - What goes wrong

    /// - Returns: how many requests the service held when it was killed, in all.
    private static func disturb(
        _ options: Options, _ deployment: Deployment, tell: @Sendable (String) -> Void
    ) async throws -> Int {
        var held = 0
        for number in 0..<options.kills {
            // The last requests are left to those that nobody kills any more.
            try await wait(for: number * options.requests / (options.kills + 1), of: options.requests, deployment)
            if number == options.kills / 2 { try await takeDatabaseAway(for: options.awaySeconds, deployment, tell: tell) }
            held += try await deployment.pool.query("SELECT count(*) FROM llm_provider.job_lease")[0].decode(Int.self)
            try await deployment.killAndRestart(.llmProvider)
            tell("killed \(number + 1) of \(options.kills) times")
        }
        return held
    }

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

    private static func ends(_ deployment: Deployment) async throws -> Int {
        try await deployment.pool.query("SELECT count(*) FROM llm_provider.result")[0].decode(Int.self)
    }

    /// Waits until so many requests have ended; the longest that one may be silent is the service's patience with a call.
    private static func wait(for count: Int, of all: Int, _ deployment: Deployment) async throws {
        var known = try await ends(deployment)
        var moved = ContinuousClock.now
        while known < count {
            try await Task.sleep(for: .milliseconds(50))
            let now = try await ends(deployment)
            if now > known { moved = .now }
            known = now
            guard moved.duration(to: .now) < .seconds(300) else {
                throw DrillError(
                    description: "\(known) of \(all) requests ended, and for 300 s no more\n"
                        + deployment.output(of: .llmProvider).suffix(4000))
            }
        }
    }

    // MARK: - Reporting

    private static func report(
        _ options: Options, _ deployment: Deployment, held: Int, seconds: Double
    ) async throws -> Report {
        let (ends, distinct) = try await deployment.pool.query(
            """
            SELECT count(*), count(DISTINCT aggregate_id) FROM (
                SELECT aggregate_id FROM llm_provider.event_log UNION ALL SELECT aggregate_id FROM llm_provider.event_pending) AS event
            """)[0].decode(Int.self, Int.self)
        guard ends == options.requests, distinct == ends else {
            throw DrillError(description: "\(options.requests) requests, \(ends) events of \(distinct) of them")
        }
        let replies = try await deployment.pool.query("SELECT count(*) FROM llm_provider.result WHERE state = 'succeeded'")[0]
            .decode(Int.self)
        let calls = try deployment.ledger.entries.filter { $0.received != nil }.sorted { $0.sequence < $1.sequence }
        let repeated = try repeatedCalls(calls)
        guard repeated <= held else {
            throw DrillError(description: "\(repeated) calls were answered twice, with \(held) under way at kills")
        }
        return Report(
            requests: options.requests, ends: ends, replies: replies, kills: options.kills, calls: try deployment.ledger.calls,
            repeated: repeated, heldAtKills: held,
            faults: calls.reduce(into: [:]) { $0[$1.fault ?? "none", default: 0] += 1 },
            early: earlyCalls(calls), seconds: (seconds * 10).rounded() / 10)
    }

    /// Good answers beyond the first to each prompt.
    ///
    /// - Throws: ``DrillError`` where a prompt was asked again although the model had declined to answer it.
    private static func repeatedCalls(_ calls: [Ledger.Entry]) throws -> Int {
        var repeated = 0
        for (prompt, calls) in Dictionary(grouping: calls, by: \.promptSha256) {
            repeated += max(0, calls.count { $0.status == 200 && $0.fault == nil } - 1)
            guard let declined = calls.firstIndex(where: { $0.fault == "refusal" }) else { continue }
            // Its answer may have been lost with a process that was killed.
            repeated += calls.count - declined - 1
            if calls.count > declined + 2 {
                throw DrillError(
                    description: "prompt \(prompt ?? "") was asked \(calls.count - declined - 1) times after a refusal")
            }
        }
        return repeated
    }

    /// Calls within what the provider had asked for, as far as seconds tell; those of the first two may have been under way.
    private static func earlyCalls(_ calls: [Ledger.Entry]) -> Int {
        let refusals = calls.filter { $0.status == 429 }.compactMap(\.received)
        return calls.count { call in
            refusals.contains { refusal in
                let seconds = call.received.map { $0.timeIntervalSince(refusal) } ?? 0
                return seconds >= 2 && seconds < Double(retryAfter) - 1
            }
        }
    }
}
