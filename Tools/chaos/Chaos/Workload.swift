import Logging
import Postgres
import Synchronization

/// Assessments that run one after the other, several at once, for as long as a drill lasts.
final class Workload: Sendable {
    private let deployment: Deployment
    private let atOnce: Int
    private let make: @Sendable (Int) -> DrillAssessment
    /// Set once no further assessment is to be begun, and how many were.
    private let state = Mutex((isOver: false, begun: 0))

    /// - Parameter make: the assessment with a number, from one.
    init(_ deployment: Deployment, atOnce: Int = 6, make: @escaping @Sendable (Int) -> DrillAssessment) {
        self.deployment = deployment
        self.atOnce = atOnce
        self.make = make
    }

    var begun: Int { state.withLock { $0.begun } }

    /// Runs assessments beside a body, and waits for those under way when it is done.
    func run(beside body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<atOnce { group.addTask { try await self.assess() } }
            try await body()
            state.withLock { $0.isOver = true }
            try await group.waitForAll()
        }
    }

    private func assess() async throws {
        while let number = next() {
            let assessment = make(number)
            try await deployment.begin(assessment)
            _ = try await deployment.waitForEnd(of: assessment.id)
        }
    }

    private func next() -> Int? {
        state.withLock { state in
            guard !state.isOver else { return nil }
            state.begun += 1
            return state.begun
        }
    }
}

/// A deployment on a database server of its own, for one drill.
enum Stage {
    static func run<Report>(
        folder: String, logger: Logger, sessions: Int = 60, options: (EmbeddedCluster) -> Deployment.Options,
        _ body: (Deployment, EmbeddedCluster) async throws -> Report
    ) async throws -> Report {
        var settings = EmbeddedCluster.Options()
        settings.maxConnections = sessions
        // However often it is killed.
        settings.maxRestarts = .max
        let server = try await EmbeddedCluster.start(
            dataDirectory: folder + "/database", options: settings, logger: logger)
        do {
            let deployment = try await Deployment.start(
                connectionString: server.connectionString, folder: folder, options: options(server), logger: logger)
            do {
                let report = try await body(deployment, server)
                await deployment.stop()
                await server.stop()
                return report
            } catch {
                await deployment.stop()
                throw error
            }
        } catch {
            await server.stop()
            throw error
        }
    }
}
