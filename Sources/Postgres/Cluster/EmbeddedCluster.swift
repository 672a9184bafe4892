private import Glibc
public import Logging

/// A PostgreSQL server of our own: made on first use, listening on a socket file only, and stopped with us.
///
/// The server is a child of this process. When this process is killed the kernel tells the server to shut down; a server that was
/// left running all the same is stopped at the next start. A server that dies is started again.
///
/// Anyone who may enter the socket's folder may do everything in the database: the folder is closed to all but the server's account
/// (and root), and there are no passwords.
///
/// As root the server runs as the owner of the data, else as the account `postgres` when that can reach the data folder, else in
/// a user namespace.
public struct EmbeddedCluster: Sendable {
    /// What a cluster may be made with.
    public struct Options: Sendable {
        /// False gives up the data's safety against a power failure for speed: for tests only.
        public var isDurable = true
        /// Sessions the server takes at once. Takes effect at each start.
        public var maxConnections = 60
        /// How long the server may take to answer after its start, recovery from a crash included.
        public var startTimeout: Duration = .seconds(60)
        /// Deaths of the server within a minute after which it is not started again.
        public var maxRestarts = 10
        /// Variables looked at: `PG_BIN` and `XDG_RUNTIME_DIR`.
        public var environment: [String: String]

        public init() {
            environment = Environment.current
        }
    }

    /// Name of the database's only user, who may do everything.
    public static let user = "huleedu"

    /// The absolute data folder.
    public var dataDirectory: String { folder.path }
    /// Folder that holds the socket.
    public var runtimeDirectory: String { folder.socketFolder }
    /// The server's log.
    public var logFile: String { folder.log }
    /// Number of the server's main process; nil while it is down.
    public var processNumber: Int32? { server.processNumber }

    private let folder: ClusterFolder
    private let server: ServerProcess

    /// Starts the server on a data folder, which is made and filled first if need be.
    ///
    /// - Parameters:
    ///   - dataDirectory: created when absent. As root, it and all folders above it should be enterable by the account `postgres`.
    ///   - runtimeDirectory: where the socket goes; nil for a folder under `XDG_RUNTIME_DIR` or `/tmp`.
    /// - Throws: ``PostgresError``: `.serverNotInstalled`, `.clusterLocked`, `.clusterVersionMismatch`, `.socketPathTooLong`,
    ///   `.folderNotUsable`, `.noUnprivilegedAccount`, `.diskFull`, `.initializationFailed`, `.startFailed`.
    public static func start(
        dataDirectory: String, runtimeDirectory: String? = nil, options: Options = Options(), logger: Logger
    ) async throws -> EmbeddedCluster {
        let prepared = await DetachedThread.run {
            Result { () throws(PostgresError) in
                try ClusterPreparation.prepare(
                    dataDirectory: dataDirectory, runtimeDirectory: runtimeDirectory, options: options, logger: logger)
            }
        }
        guard let prepared else {
            throw PostgresError(.startFailed, "too many blocking calls are under way", outcome: .notSent)
        }
        let preparation = try prepared.get()
        let cluster = EmbeddedCluster(
            folder: preparation.folder,
            server: ServerProcess(
                command: preparation.command, folder: preparation.folder, lock: preparation.lock,
                maxRestarts: options.maxRestarts,
                logger: logger))
        do {
            try await cluster.awaitReadiness(timeout: options.startTimeout, retrying: preparation)
        } catch {
            await cluster.stop()
            throw error
        }
        preparation.syncInBackground()
        return cluster
    }

    /// Where the cluster's database is found.
    public var connectionString: String { connectionString(database: "postgres") }

    /// Where another database of the cluster is found.
    public func connectionString(database: String) -> String {
        "host=\(Self.quoted(folder.socketFolder)) port=\(ClusterFolder.port) user=\(Self.user) dbname=\(Self.quoted(database))"
    }

    /// Stops the server: sessions are ended, data written; after ten seconds it is made to stop without. Safe to call twice.
    public func stop() async {
        for (signal, patience) in [(SIGINT, Duration.seconds(10)), (SIGQUIT, .seconds(3)), (SIGKILL, .seconds(3))] {
            server.signal(signal)
            if await hasEnded(within: patience) { return server.releaseFolder() }
        }
    }

    // MARK: Private

    /// Asks until the server answers. A start that failed only because processes of a killed server were still going away is repeated.
    private func awaitReadiness(timeout: Duration, retrying preparation: ClusterPreparation) async throws(PostgresError) {
        let deadline = ContinuousClock.now + timeout
        var logStart = Files.size(folder.log)
        server.start()
        let settings = try PoolConfiguration(connectionString: connectionString, size: 1).connectionSettings()
        while true {
            if Task.isCancelled {
                throw PostgresError(.cancelled, "the task was cancelled", outcome: .notSent, cause: CancellationError())
            }
            do throws(PostgresError) {
                try await Connection.connect(number: 0, settings: settings).close()
                return server.markServing()
            } catch {
                // A server that runs and will not have us was not set up by us.
                guard error.code != .connectionRefused else {
                    throw PostgresError(
                        .folderNotUsable, "\(folder.data) holds another program's data: \(error.message)", outcome: .notSent,
                        cause: error)
                }
                guard ContinuousClock.now < deadline else {
                    throw PostgresError(
                        .startFailed, "the server did not answer within \(timeout): \(error.message)", outcome: .notSent,
                        cause: error)
                }
            }
            if server.hasEnded {
                if let failure = server.launchFailure { throw failure }
                let failure = ServerLog.failure(Files.readEnd(folder.log, from: logStart) ?? "", log: folder.log)
                guard failure.isPassing else { throw failure.error }
                logStart = Files.size(folder.log)
                server.start()
            }
            await EventLoop.shared.pause(.milliseconds(5))
        }
    }

    private func hasEnded(within patience: Duration) async -> Bool {
        let deadline = ContinuousClock.now + patience
        while !server.hasEnded {
            guard ContinuousClock.now < deadline else { return false }
            await EventLoop.shared.pause(.milliseconds(2))
        }
        return true
    }

    /// In the quotes of a connection string.
    private static func quoted(_ text: String) -> String {
        var quoted = "'"
        for scalar in text.unicodeScalars {
            if scalar == "'" || scalar == "\\" { quoted += "\\" }
            quoted.unicodeScalars.append(scalar)
        }
        return quoted + "'"
    }
}
