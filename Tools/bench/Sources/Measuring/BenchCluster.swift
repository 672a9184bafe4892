import Foundation
public import Logging
public import Postgres

/// A durable cluster of its own for a bench, and a pool on it.
public struct BenchCluster: Sendable {
    public let pool: Pool
    public let logger: Logger
    let cluster: EmbeddedCluster
    let folder: URL

    /// - Parameter size: connections that the pool may hold.
    public static func start(size: Int = 20) async throws -> BenchCluster {
        let folder = URL(fileURLWithPath: "/tmp/huleedu-bench-\(ProcessInfo.processInfo.processIdentifier)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let logger = Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }
        let cluster = try await EmbeddedCluster.start(
            dataDirectory: folder.path, runtimeDirectory: folder.path + "/run", logger: logger)
        var configuration = PoolConfiguration(connectionString: cluster.connectionString, size: size)
        configuration.statementTimeout = .seconds(120)
        configuration.idleInTransactionTimeout = .zero
        return BenchCluster(
            pool: Pool(configuration, logger: logger), logger: logger, cluster: cluster, folder: folder)
    }

    public func stop() async {
        await pool.close()
        await cluster.stop()
        do { try FileManager.default.removeItem(at: folder) } catch { tell("left behind: \(folder.path)") }
    }
}

public struct BenchError: Error, CustomStringConvertible {
    public let description: String
    public init(_ description: String) { self.description = description }
}
