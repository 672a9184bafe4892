import Glibc
import Logging
import PostgresTestSupport

@testable import Postgres

/// A data folder of its own for a test that kills servers, and clusters on it.
struct ClusterFixture {
    let folder: String

    init(folder: String = TestCluster.temporaryFolder("cluster")) {
        self.folder = folder
    }

    var data: String { folder + "/postgres" }

    func start(
        runtimeDirectory: String? = nil, _ change: (inout EmbeddedCluster.Options) -> Void = { _ in }
    ) async throws -> EmbeddedCluster {
        var options = EmbeddedCluster.Options()
        options.isDurable = false
        options.maxConnections = 20
        change(&options)
        return try await EmbeddedCluster.start(
            dataDirectory: folder, runtimeDirectory: runtimeDirectory ?? folder + "/run", options: options,
            logger: Logger(label: "test"))
    }

    /// How a start that must fail ended.
    func startError(
        runtimeDirectory: String? = nil, _ change: (inout EmbeddedCluster.Options) -> Void = { _ in }
    ) async throws -> PostgresError? {
        do {
            let cluster = try await start(runtimeDirectory: runtimeDirectory, change)
            await cluster.stop()
            return nil
        } catch let error as PostgresError {
            return error
        }
    }

    func write(_ text: String, to name: String) {
        let descriptor = open("\(folder)/\(name)", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        precondition(descriptor >= 0 && Glibc.write(descriptor, text, text.utf8.count) == text.utf8.count)
        close(descriptor)
    }

    func makeFolder(_ name: String) {
        precondition(mkdir("\(folder)/\(name)", 0o755) == 0)
    }

    var names: [String] { Files.names(in: folder).sorted() }
}

extension EmbeddedCluster {
    /// A pool that outlasts a restart of the server on a busy machine.
    func pool(size: Int = 2) -> Pool {
        var configuration = PoolConfiguration(connectionString: connectionString, size: size)
        configuration.acquireTimeout = .seconds(60)
        return Pool(configuration, logger: Logger(label: "test"))
    }
}
