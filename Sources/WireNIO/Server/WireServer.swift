public import Logging
import NIOCore
import NIOPosix
import Synchronization
public import Wire

/// Serves RPC services over TCP in the ttrpc format.
public final class WireServer: Sendable {
    private struct State {
        var listener: (any Channel)?
        var connections: [ObjectIdentifier: any Channel] = [:]
        var perAddress: [String: Int] = [:]
        var isDraining = false
        var drained: CheckedContinuation<Void, Never>?
    }

    private let router: Router
    private let configuration: ServerConfiguration
    private let security: (any ConnectionSecurity)?
    private let access: (any AccessControl)?
    private let load: ServerLoad
    private let logger: Logger
    private let log: PacedLog
    private let state = Mutex(State())
    private let (endings, ending) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    /// - Parameters:
    ///   - services: each with a name of its own.
    ///   - interceptors: which calls pass in this order before their handlers.
    ///   - security: of its connections; without it they are plain TCP.
    ///   - access: who may call what. Without it whoever can reach the server may call everything, and so it serves on loopback only, unless
    ///     the configuration says that it is ``ServerConfiguration/isOpenToAll``.
    ///   - load: of this server, where somebody else wants to look at it too.
    public init(
        services: [any RPCService], interceptors: [any ServerInterceptor] = [], configuration: ServerConfiguration,
        security: (any ConnectionSecurity)? = nil, access: (any AccessControl)? = nil, load: ServerLoad? = nil, logger: Logger
    ) {
        router = Router(services, interceptors: interceptors) { error, context in
            logger.error(
                "handler failed",
                metadata: ["method": "\(context.method)", "peer": "\(context.peer)", "reason": "\(error)"])
        }
        self.configuration = configuration
        self.security = security
        self.access = access
        self.load = load ?? ServerLoad(configuration)
        self.logger = logger
        log = PacedLog(logger)
    }

    /// Binds the socket and begins to accept.
    ///
    /// - Throws: ``ServerError`` when the address is taken, can't be had, or is open to others who would be asked nothing.
    public func start() async throws -> BoundAddress {
        let plain = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in self.accept(channel) }
        let bootstrap = configuration.keepalive.socketOptions.reduce(plain) { $0.childChannelOption($1.name, value: $1.value) }
        let listener: any Channel
        do {
            listener = try await bootstrap.bind(host: configuration.host, port: configuration.port).get()
        } catch {
            throw ServerError(binding: BoundAddress(host: configuration.host, port: configuration.port), failedWith: error)
        }
        guard mayServe(at: listener.localAddress) else {
            try await listener.close().get()
            throw ServerError(unprotected: BoundAddress(host: configuration.host, port: configuration.port))
        }
        state.withLock { $0.listener = listener }
        let address = BoundAddress(
            host: listener.localAddress?.ipAddress ?? configuration.host, port: listener.localAddress?.port ?? configuration.port)
        return address
    }

    /// Serves until a graceful shutdown is over or the task is cancelled; nothing is left open.
    public func serve() async throws {
        for await _ in endings { break }
        if !Task.isCancelled { await drain() }
        let (listener, connections) = state.withLock { state in
            state.isDraining = true
            return (state.listener, Array(state.connections.values))
        }
        try await listener?.close().recover { _ in }.get()
        // All at once: each may wait for its peer.
        let closings = connections.map { $0.close().recover { _ in } }
        for closing in closings { try await closing.get() }
    }

    /// Stops accepting, refuses new calls, and lets the calls that run end within the grace period.
    public func beginGracefulShutdown() {
        let (listener, connections) = state.withLock { state in
            state.isDraining = true
            return (state.listener, Array(state.connections.values))
        }
        listener?.close(promise: nil)
        for connection in connections {
            connection.pipeline.fireUserInboundEventTriggered(ServerHandler.BeginDraining())
        }
        ending.yield()
        ending.finish()
    }

    // MARK: - Connections

    /// Whether nobody from another machine can come who is asked nothing.
    private func mayServe(at address: SocketAddress?) -> Bool {
        access != nil || configuration.isOpenToAll || address?.isLoopback == true
    }

    private func accept(_ channel: any Channel) -> EventLoopFuture<Void> {
        // Between binding and looking at what was bound somebody may already have come.
        guard mayServe(at: channel.localAddress) else { return channel.close() }
        let address = channel.remoteAddress?.ipAddress ?? "unknown"
        let isAccepted = state.withLock { state in
            guard !state.isDraining, state.connections.count < configuration.maximumConnections,
                state.perAddress[address, default: 0] < configuration.maximumConnectionsPerAddress
            else { return false }
            state.connections[ObjectIdentifier(channel)] = channel
            state.perAddress[address, default: 0] += 1
            return true
        }
        guard isAccepted else {
            load.connectionRefused()
            log.notice("connection refused: too many, or shutting down", ["address": "\(address)"])
            return channel.close()
        }
        load.connectionOpened()
        channel.closeFuture.whenComplete { _ in self.forget(channel, address: address) }
        do {
            try security?.secure(channel, server: nil)
        } catch {
            log.notice("connection closed: not secure", ["peer": "\(address)", "reason": "\(error)"])
            return channel.close()
        }
        return channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(
                ServerHandler(
                    router: self.router, configuration: self.configuration,
                    access: self.access.map { ConnectionAccess($0) }, load: self.load,
                    peer: channel.remoteAddress?.description ?? "unknown",
                    isFromThisMachine: channel.remoteAddress?.isLoopback == true, logger: self.logger, log: self.log))
        }
    }

    private func forget(_ channel: any Channel, address: String) {
        load.connectionClosed()
        let drained = state.withLock { state in
            state.connections[ObjectIdentifier(channel)] = nil
            let left = state.perAddress[address, default: 1] - 1
            state.perAddress[address] = left > 0 ? left : nil
            guard state.connections.isEmpty else { return nil as CheckedContinuation<Void, Never>? }
            return state.drained.take()
        }
        drained?.resume()
    }

    /// Returns when no connection is left, or at the end of the grace period.
    private func drain() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.allClosed() }
            group.addTask {
                // Cancelled once every connection has closed, which is what it waits for.
                try? await Task.sleep(for: self.configuration.gracePeriod)
            }
            await group.next()
            group.cancelAll()
            state.withLock { $0.drained.take() }?.resume()
        }
    }

    private func allClosed() async {
        await withCheckedContinuation { continuation in
            let isDone = state.withLock { state in
                guard !state.connections.isEmpty else { return true }
                state.drained = continuation
                return false
            }
            if isDone { continuation.resume() }
        }
    }
}

extension SocketAddress {
    /// Whether only processes of the same machine can have it.
    fileprivate var isLoopback: Bool {
        guard let address = ipAddress else { return false }
        return address.hasPrefix("127.") || address == "::1" || address.hasPrefix("::ffff:127.")
    }
}
