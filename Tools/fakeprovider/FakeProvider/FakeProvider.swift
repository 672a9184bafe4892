public import Logging
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import Synchronization

/// An HTTP server that behaves like a model provider without being one.
///
/// It speaks the Messages API (`POST /v1/messages`, `POST /v1/messages/count_tokens`, `/v1/messages/batches`, `GET /v1/models`) and an
/// OpenAI-compatible `POST /v1/chat/completions`. Every answer carries the header `x-huleedu-simulated: true`. Its verdicts are those of a
/// ``JudgeSettings`` judge and depend on the seed and the prompt alone.
///
/// For tests it also answers `GET /_fake/ledger`, `GET /_fake/statistics` and `POST /_fake/reset`.
public final class FakeProvider: Sendable {
    private struct Running {
        let group: MultiThreadedEventLoopGroup
        var server: (any Channel)?
        var connections: [ObjectIdentifier: any Channel] = [:]
    }

    private let core: ProviderCore
    private let logger: Logger
    private let running: Mutex<Running?> = Mutex(nil)

    /// Prepares a provider. Throws ``LedgerFileError`` when the ledger file can't be opened.
    public init(
        configuration: FakeProviderConfiguration, logger: Logger = Logger(label: "fakeprovider") { _ in SwiftLogNoOpLogHandler() }
    ) throws {
        core = try ProviderCore(configuration)
        self.logger = logger
    }

    /// Starts to listen, and returns where.
    public func start() async throws -> (host: String, port: Int) {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        let isFirst = running.withLock { running in
            guard running == nil else { return false }
            running = Running(group: group)
            return true
        }
        precondition(isFirst, "a fake provider is started once")
        let configuration = core.configuration
        do {
            let server = try await ServerBootstrap(group: group)
                .serverChannelOption(.backlog, value: 1024)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                .childChannelInitializer { channel in
                    guard self.register(channel) else { return channel.close() }
                    return channel.eventLoop.makeCompletedFuture {
                        // NIO's own help with pipelining stops to read while an answer is outstanding, and would then not see a
                        // client give up.
                        try channel.pipeline.syncOperations.configureHTTPServerPipeline(
                            withPipeliningAssistance: false, withErrorHandling: true)
                        try channel.pipeline.syncOperations.addHandler(ConnectionHandler(core: self.core, logger: self.logger))
                    }
                }
                .bind(host: configuration.host, port: configuration.port).get()
            running.withLock { $0?.server = server }
            return (configuration.host, server.localAddress?.port ?? configuration.port)
        } catch {
            running.withLock { $0 = nil }
            try await group.shutdownGracefully()
            throw error
        }
    }

    /// Closes every connection, answered or not, and stops to listen.
    public func stop() async {
        let stopped = running.withLock { running in
            defer { running = nil }
            return running
        }
        guard let stopped else { return }
        // Closing what is closed already fails, and that is just as well.
        try? await stopped.server?.close()
        for connection in stopped.connections.values { try? await connection.close() }
        try? await stopped.group.shutdownGracefully()
        core.close()
    }

    /// The calls received, oldest first, without those forgotten beyond the configured number.
    public var ledger: [LedgerEntry] {
        core.state.withLock { $0.ledger.entries }
    }

    /// What has been done since the start or the last ``reset()``.
    public var statistics: FakeProviderStatistics {
        core.state.withLock { $0.statistics }
    }

    /// Forgets ledger, statistics, cache, limits and how far the script had come.
    public func reset() {
        core.state.withLock { $0.reset() }
    }

    /// Reads essays' qualities from a table with a header row: `file` names a file in `folder`, `column` holds its quality.
    ///
    /// The result has each essay twice, by the SHA-256 of its bytes as they are and of its text without white space at the ends,
    /// so that it is found whichever a client sends. Throws ``QualitiesError``.
    public static func qualities(
        fromCSV csv: String, column: String = "overall", folder: String
    ) throws(QualitiesError) -> [String: Double] {
        try EssayQualities.read(csv: csv, column: column, folder: folder)
    }

    /// Remembers a new connection, unless there are too many or the provider has stopped.
    private func register(_ channel: any Channel) -> Bool {
        let key = ObjectIdentifier(channel)
        let isRegistered = running.withLock { running in
            guard let count = running?.connections.count, count < core.configuration.maxConnections else { return false }
            running?.connections[key] = channel
            return true
        }
        if isRegistered {
            channel.closeFuture.whenComplete { _ in self.running.withLock { $0?.connections[key] = nil } }
        }
        return isRegistered
    }
}
