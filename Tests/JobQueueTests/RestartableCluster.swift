import Glibc
import Logging
import Postgres
import PostgresTestSupport

/// A server of a test's own, which comes back by itself when it is killed.
struct RestartableCluster: Sendable {
    private let cluster: EmbeddedCluster

    static func start() async throws -> RestartableCluster {
        var options = EmbeddedCluster.Options()
        options.maxConnections = 40
        let folder = TestCluster.temporaryFolder("queue")
        return RestartableCluster(
            cluster: try await EmbeddedCluster.start(
                dataDirectory: folder, runtimeDirectory: folder + "/run", options: options, logger: .silent))
    }

    var connectionString: String { cluster.connectionString }

    /// Makes the server stop at once without putting anything in order, and waits until another runs.
    func crash() async throws {
        let process = cluster.processNumber
        guard let process else { throw ConditionTimedOut() }
        kill(process, SIGQUIT)
        try await eventually { cluster.processNumber.map { $0 != process } ?? false }
    }

    func stop() async { await cluster.stop() }
}

extension Logger {
    static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}
