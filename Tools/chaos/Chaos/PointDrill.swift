import Contracts
import Foundation
import Glibc
public import Logging
import Postgres
import Synchronization

/// Kills each service at every named point between its round trips to the database, one after the other.
public struct PointDrill: Sendable {
    public struct Report: Sendable, Codable {
        /// Service and point, as in `cj-assessment consume-events.after-commit`.
        public let points: [String]
        /// How often a service died at its point.
        public let deaths: Int
        /// Points with the passage that no run came to, as in `cj-assessment unattended.before:2`. A service comes to some of its points
        /// once in its life, so that there is no second passage.
        public let missed: [String]
        /// Deaths at which it was on record that nothing is to be sent for a while, and nothing was.
        public let frozen: [String]
    }

    private static let essays = 4
    private static let comparisons = 6
    /// After this long without its end an assessment is taken to hang; claims of a dead process are free after half a minute.
    private static let patience: Duration = .seconds(120)

    /// Some points are passed only now and then, as when two requests come at once; so many assessments are run until one does.
    private static let assessmentsForEachDeath = 8
    /// How long a service may take to its last point once its assessment has ended.
    private static let aftermath: Duration = .seconds(1)
    /// Sessions that a deployment may have: two services of eight and a listener each, those of killed ones that the server has not
    /// missed yet, and the drill's own.
    private static let sessionsPerLane = 48

    /// A point of one service.
    private struct Point: Sendable, CustomStringConvertible {
        let service: Deployment.Service
        let name: String

        var description: String { "\(service.rawValue) \(name)" }
    }

    private struct Death: Sendable, CustomStringConvertible {
        let point: Point
        let passage: Int

        var description: String { "\(point):\(passage)" }
    }

    /// The deaths to come, for whichever lane is free.
    private final class Deaths: Sendable {
        private let left: Mutex<[Death]>

        init(_ deaths: [Death]) {
            left = Mutex(deaths.reversed())
        }

        func next() -> Death? { left.withLock { $0.popLast() } }
    }

    private let deployment: Deployment

    /// Runs the drill on a database server of its own.
    ///
    /// - Parameters:
    ///   - passages: each point is died at when it is passed for the first time, the second, and so on up to this number.
    ///   - lanes: deployments that die side by side, each with a database of its own. They mostly wait for leases to run out.
    ///   - faults: of the fake provider, as its `--fault` takes them.
    ///   - beginnings: of the points to die at, as in `llm-provider retry.`; with none, all that an assessment comes to.
    ///   - folder: empty; the databases and the ledgers go there.
    ///   - tell: called with a line about how far the drill is.
    public static func run(
        passages: Int, lanes: Int, faults: [String] = [], beginnings: [String] = [], folder: String, logger: Logger,
        tell: @escaping @Sendable (String) -> Void
    ) async throws -> Report {
        var options = EmbeddedCluster.Options()
        // The first lane, and the others beside it.
        options.maxConnections = (lanes + 1) * sessionsPerLane
        let server = try await EmbeddedCluster.start(dataDirectory: folder + "/database", options: options, logger: logger)
        do {
            let first = try await Lane.start(0, on: server, faults: faults, folder: folder, logger: logger)
            let points = try await first.use { try await PointDrill(deployment: $0).points(beginnings) }
            tell("\(points.count) points")
            let deaths = Deaths(points.flatMap { point in (1...passages).map { Death(point: point, passage: $0) } })
            let ends = try await withThrowingTaskGroup(of: [(Death, End)].self) { group in
                for number in 1...lanes {
                    group.addTask {
                        try await Lane.start(number, on: server, faults: faults, folder: folder, logger: logger).use {
                            deployment in
                            try await PointDrill(deployment: deployment).run(deaths)
                        }
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            await server.stop()
            func names(_ end: End) -> [String] { ends.filter { $0.1 == end }.map(\.0.description) }
            let missed = names(.missed)
            return Report(
                points: points.map(\.description), deaths: points.count * passages - missed.count, missed: missed,
                frozen: names(.died(isFrozen: true)))
        } catch {
            await server.stop()
            throw error
        }
    }

    /// What became of a death that was to come.
    private enum End: Equatable {
        /// No assessment came to it.
        case missed
        case died(isFrozen: Bool)
    }

    /// Dies at one point after the other.
    private func run(_ deaths: Deaths) async throws -> [(Death, End)] {
        var ends: [(Death, End)] = []
        while let death = deaths.next() { ends.append((death, try await end(of: death))) }
        let violations = try await Invariants.violations(in: deployment.pool, isAtRest: true)
        guard violations.isEmpty else {
            throw DrillError(description: violations.map(\.description).joined(separator: "\n"))
        }
        return ends
    }

    /// The points with one of some beginnings that the services pass, or all of them where there are no beginnings.
    private func points(_ beginnings: [String]) async throws -> [Point] {
        var points: [Point] = []
        for service in Deployment.Service.allCases {
            let own = beginnings.filter { $0.hasPrefix("\(service.rawValue) ") }
            guard beginnings.isEmpty || !own.isEmpty else { continue }
            points += try await self.points(of: service, own)
        }
        return points
    }

    /// The points that a service passes from its start in one assessment, or in as many as it takes to come to one of each beginning.
    private func points(of service: Deployment.Service, _ beginnings: [String]) async throws -> [Point] {
        try await restart(service, crashAt: "list")
        let mark = "crash point "
        var points: [Point] = []
        for number in 1...Self.assessmentsForEachDeath {
            try await assess(id: "points-\(service.rawValue)-\(number)")
            points = deployment.output(of: service).split(separator: "\n").filter { $0.hasPrefix(mark) }.map {
                Point(service: service, name: String($0.dropFirst(mark.count)))
            }
            guard !beginnings.isEmpty else { return points }
            points.removeAll { point in !beginnings.contains { point.description.hasPrefix($0) } }
            if beginnings.allSatisfy({ beginning in points.contains { $0.description.hasPrefix(beginning) } }) { break }
        }
        return points
    }

    /// Runs assessments with a service that dies at a point and is started again, until it has died.
    private func end(of death: Death) async throws -> End {
        let (service, point) = (death.point.service, death.point.name)
        try await restart(service, crashAt: "\(point):\(death.passage)")
        for number in 1...Self.assessmentsForEachDeath {
            let end = try await end(of: death, in: "\(service.rawValue)-\(point)-\(death.passage)-\(number)")
            if end != .missed { return end }
        }
        return .missed
    }

    /// Runs one assessment with a service that is to die, and is started again if it does.
    private func end(of death: Death, in id: String) async throws -> End {
        let service = death.point.service
        let end = try await withThrowingTaskGroup(of: DeathEvent.self) { group in
            group.addTask {
                try await self.assess(id: id)
                return .ended
            }
            group.addTask { try await self.restartAfterDeath(of: service) }
            group.addTask { try await self.watch(besides: service) }
            // The assessment ends, with a death on its way or without.
            var (end, freeze) = (End.missed, Int64(0)..<0)
            while let event = try await group.next() {
                switch event {
                case .ended: group.cancelAll()
                case .died(let frozen): (end, freeze) = (.died(isFrozen: !frozen.isEmpty), frozen)
                case .calledOff: break
                }
            }
            try check(freeze, after: death)
            return end
        }
        let violations = try await Invariants.violations(in: deployment.pool, isAtRest: false)
        guard violations.isEmpty else {
            throw DrillError(
                description: "after a death at \(death):\n"
                    + violations.map(\.description).joined(separator: "\n"))
        }
        return end
    }

    /// - Parameter freeze: when nothing was to be sent, in nanoseconds since 1970.
    private func check(_ freeze: Range<Int64>, after death: Death) throws {
        let calls = try deployment.ledger.entries.compactMap(\.receivedNanoseconds).filter(freeze.contains)
        guard let first = calls.first else { return }
        throw DrillError(
            description:
                "after a death at \(death): \(calls.count) calls while nothing was to be sent, the first "
                + "\((freeze.upperBound - first) / 1_000_000) ms too early")
    }

    /// What happens while an assessment runs to its end.
    private enum DeathEvent {
        case ended, calledOff
        /// And when nothing is to be sent, in nanoseconds since 1970.
        case died(Range<Int64>)
    }

    private func restartAfterDeath(of service: Deployment.Service) async throws -> DeathEvent {
        let deployment = deployment
        while deployment.isRunning(service) {
            guard await !pause() else { continue }
            // The assessment has ended; what its service passes last comes after that, and this is not called off with the rest.
            guard await Task(operation: { await self.ends(service, within: Self.aftermath) }).value else { return .calledOff }
        }
        let freeze = try await service == .llmProvider ? freeze() : 0..<0
        // Begun, it is not called off: it would be killed.
        guard try await Task(operation: { try await deployment.start(service) }).value else {
            throw DrillError(description: "\(service.rawValue) did not start again: \(deployment.output(of: service))")
        }
        return .died(freeze)
    }

    /// When nothing is to be sent by what is on record now, but for what may still be on its way.
    private func freeze() async throws -> Range<Int64> {
        let rows = try await deployment.pool.query(
            """
            SELECT (extract(epoch FROM clock_timestamp() + interval '100 milliseconds') * 1000000000)::bigint,
                (extract(epoch FROM frozen_until) * 1000000000)::bigint
            FROM llm_provider.lane WHERE frozen_until > clock_timestamp() + interval '100 milliseconds'
            """)
        guard let (from, until) = try rows.first?.decode(Int64.self, Int64.self) else { return 0..<0 }
        return from..<until
    }

    private func ends(_ service: Deployment.Service, within limit: Duration) async -> Bool {
        let end = ContinuousClock.now + limit
        while deployment.isRunning(service) {
            guard ContinuousClock.now < end, await pause() else { return false }
        }
        return true
    }

    /// Sees to it that nobody else ends, and that the assessment does.
    private func watch(besides service: Deployment.Service) async throws -> DeathEvent {
        let end = ContinuousClock.now + Self.patience
        while await pause() {
            for other in Deployment.Service.allCases where other != service && !deployment.isRunning(other) {
                let status = await deployment.end(of: other) ?? -1
                throw DrillError(
                    description: "\(other.rawValue) ended by itself with status \(status): \(deployment.output(of: other))")
            }
            guard ContinuousClock.now < end else {
                let outputs = Deployment.Service.allCases.map { "\($0.rawValue): \(deployment.output(of: $0))" }
                throw DrillError(
                    description: "the assessment did not end for \(Self.patience)\n" + outputs.joined(separator: "\n"))
            }
        }
        return .calledOff
    }

    /// A pause between two looks; false when it was called off.
    private func pause() async -> Bool {
        do {
            try await Task.sleep(for: .milliseconds(2))
            return true
        } catch {
            return false
        }
    }

    private func restart(_ service: Deployment.Service, crashAt: String) async throws {
        deployment.signal(service, SIGKILL)
        _ = await deployment.end(of: service)
        // A point on the way to serving: its death is seen by whoever waits for the service.
        try await deployment.start(service, crashAt: crashAt)
    }

    private func assess(id: String) async throws {
        let assessment = DrillAssessment(id: id, essays: Self.essays, comparisons: Self.comparisons, seed: 7)
        try await deployment.begin(assessment)
        let progress = try await deployment.waitForEnd(of: id)
        guard progress.state == .completed, progress.judged == Self.comparisons else {
            throw DrillError(
                description:
                    "assessment \(id) ended as \(progress.state) with \(progress.judged) of \(Self.comparisons) judgements")
        }
    }
}

/// A deployment on a database of its own.
private struct Lane {
    let deployment: Deployment

    static func start(
        _ number: Int, on server: EmbeddedCluster, faults: [String], folder: String, logger: Logger
    ) async throws -> Lane {
        let name = "lane\(number)"
        let pool = Pool(PoolConfiguration(connectionString: server.connectionString, size: 1), logger: logger)
        try await pool.execute("CREATE DATABASE \(unescaped: name)")
        await pool.close()
        let own = folder + "/" + name
        try FileManager.default.createDirectory(atPath: own, withIntermediateDirectories: true)
        return Lane(
            deployment: try await Deployment.start(
                connectionString: server.connectionString(database: name), folder: own, latencyMilliseconds: 2...10,
                faults: faults, logger: logger))
    }

    /// Stops the deployment when the body is done.
    func use<Value>(_ body: (Deployment) async throws -> Value) async throws -> Value {
        do {
            let value = try await body(deployment)
            await deployment.stop()
            return value
        } catch {
            await deployment.stop()
            throw error
        }
    }
}
