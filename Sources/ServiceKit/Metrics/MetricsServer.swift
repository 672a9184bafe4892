public import Logging
private import NIOCore
private import NIOHTTP1
private import NIOPosix
public import ServiceLifecycle
import Synchronization
public import WireNIO

/// Answers `GET /metrics` over HTTP with what a process counts, for Prometheus.
///
/// It asks for no password: what it tells are counts under names of providers and models. It belongs where only its reader reaches it.
public final class MetricsServer: Service {
    /// Connections at once; one more is closed.
    public static let maximumConnections = 16
    /// A connection without a request for so long is closed.
    private static let idleSeconds: Int64 = 60

    private let metrics: Metrics
    private let place: BoundAddress
    private let logger: Logger
    private let open = Mutex(Connections())

    private struct Connections {
        var listener: (any Channel)?
        var accepted: [ObjectIdentifier: any Channel] = [:]
    }

    /// - Parameter place: where to listen; port 0 takes a free one.
    public init(_ metrics: Metrics, at place: BoundAddress, logger: Logger) {
        self.metrics = metrics
        self.place = place
        self.logger = logger
    }

    /// Binds the socket and begins to answer.
    ///
    /// - Throws: ``WireNIO/ServerError`` when the address is taken or can't be had.
    public func start() async throws -> BoundAddress {
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in self.accept(channel) }
        do {
            let listener = try await bootstrap.bind(host: place.host, port: place.port).get()
            open.withLock { $0.listener = listener }
            let bound = BoundAddress(
                host: listener.localAddress?.ipAddress ?? place.host, port: listener.localAddress?.port ?? place.port)
            logger.info("metrics at /metrics", metadata: ["address": "\(bound)"])
            return bound
        } catch {
            throw ServerError(binding: place, failedWith: error)
        }
    }

    /// Answers until a graceful shutdown begins or the task is cancelled; nothing is left open.
    public func run() async throws {
        do {
            try await gracefulShutdown()
        } catch is CancellationError {
            // The other end that there is.
        }
        let channels = open.withLock { [$0.listener].compactMap(\.self) + $0.accepted.values }
        for channel in channels { try await channel.close().recover { _ in }.get() }
    }

    private func accept(_ channel: any Channel) -> EventLoopFuture<Void> {
        let key = ObjectIdentifier(channel)
        let hasRoom = open.withLock { open in
            guard open.accepted.count < Self.maximumConnections else { return false }
            open.accepted[key] = channel
            return true
        }
        guard hasRoom else { return channel.close() }
        channel.closeFuture.whenComplete { _ in self.open.withLock { $0.accepted[key] = nil } }
        return channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(IdleStateHandler(allTimeout: .seconds(Self.idleSeconds)))
            try pipeline.configureHTTPServerPipeline(withErrorHandling: true)
            try pipeline.addHandler(MetricsHandler(metrics: self.metrics))
        }
    }
}

/// Answers the requests of one connection. It belongs to the connection's event loop.
private final class MetricsHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let metrics: Metrics
    private var head: HTTPRequestHead?

    init(metrics: Metrics) {
        self.metrics = metrics
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): self.head = head
        case .body: break
        case .end:
            guard let head else { return }
            self.head = nil
            answer(head, context)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is IdleStateHandler.IdleStateEvent { context.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func answer(_ request: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let isKnown = request.uri.prefix { $0 != "?" } == "/metrics"
        let isRead = request.method == .GET || request.method == .HEAD
        let status: HTTPResponseStatus = !isKnown ? .notFound : isRead ? .ok : .methodNotAllowed
        let text = status == .ok ? metrics.text : "Read GET /metrics.\n"
        var head = HTTPResponseHead(version: .http1_1, status: status)
        head.headers.add(name: "content-type", value: status == .ok ? Metrics.mediaType : "text/plain; charset=utf-8")
        head.headers.add(name: "content-length", value: "\(text.utf8.count)")
        if status == .methodNotAllowed { head.headers.add(name: "allow", value: "GET, HEAD") }
        if !request.isKeepAlive { head.headers.add(name: "connection", value: "close") }
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if request.method != .HEAD {
            context.write(wrapOutboundOut(.body(.byteBuffer(context.channel.allocator.buffer(string: text)))), promise: nil)
        }
        let end = context.eventLoop.makePromise(of: Void.self)
        let channel = context.channel
        if !request.isKeepAlive { end.futureResult.whenComplete { _ in channel.close(promise: nil) } }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: end)
    }
}
