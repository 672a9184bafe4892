internal import Glibc
internal import Logging
internal import NIOCore
internal import NIOHTTP1

/// Collects the requests of one connection and delivers their answers. It belongs to the connection's event loop.
final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let core: ProviderCore
    private let logger: Logger
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []
    private var discarded = 0
    /// The answer that is being delivered, until ``ProviderCore/didSend(_:isComplete:)`` has been told of it.
    private var current: OutgoingReply?
    /// Whether the first byte of it has been written.
    private var isDelivering = false
    /// Requests that came before the one before them was answered.
    private var waiting: [(head: HTTPRequestHead, request: IncomingRequest)] = []
    /// The most of them that a client may send ahead.
    private static let maxWaiting = 16

    init(core: ProviderCore, logger: Logger) {
        self.core = core
        self.logger = logger
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): receive(head, context)
        case .body(let part): receive(part, context)
        case .end: enqueue(context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if let current, !isDelivering { core.willAbandon(current) }
        finish(isComplete: false)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        logger.debug("connection failed", metadata: ["error": "\(error)"])
        context.close(promise: nil)
    }

    // MARK: Request

    private func receive(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        self.head = head
        body = []
        discarded = 0
        if core.resetsEarly(method: head.method.rawValue, path: Self.path(head.uri)) {
            self.head = nil
            reset(context)
        } else if head.headers.first(name: "expect")?.lowercased() == "100-continue" {
            context.writeAndFlush(wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .continue))), promise: nil)
        }
    }

    private func receive(_ part: ByteBuffer, _ context: ChannelHandlerContext) {
        let limit = core.maxBytes(path: Self.path(head?.uri ?? ""))
        guard discarded == 0, part.readableBytes <= limit - body.count else {
            // Reading on lets the client finish and read the answer; but only so far.
            discarded += part.readableBytes
            body = []
            if discarded > limit * 4 { context.close(promise: nil) }
            return
        }
        body.append(contentsOf: part.readableBytesView)
    }

    private static func path(_ uri: String) -> String {
        String(uri.prefix { $0 != "?" })
    }

    // MARK: Answer

    private func enqueue(_ context: ChannelHandlerContext) {
        guard let head else { return }
        self.head = nil
        let request = IncomingRequest(
            method: head.method.rawValue, path: Self.path(head.uri),
            query: String(head.uri.drop { $0 != "?" }.dropFirst()),
            headers: Dictionary(head.headers.map { ($0.name.lowercased(), $0.value) }) { first, _ in first },
            body: body, isTooLarge: discarded > 0)
        body = []
        guard waiting.count < Self.maxWaiting else { return context.close(promise: nil) }
        waiting.append((head, request))
        answerNext(context)
    }

    private func answerNext(_ context: ChannelHandlerContext) {
        guard current == nil, !waiting.isEmpty else { return }
        let (head, request) = waiting.removeFirst()
        let reply = core.reply(to: request)
        current = reply
        isDelivering = false
        guard reply.delay > .zero else { return deliver(reply, head, context) }
        context.eventLoop.assumeIsolated().scheduleTask(in: .nanoseconds(reply.delay.nanoseconds)) {
            self.deliver(reply, head, context)
        }
    }

    private func deliver(_ reply: OutgoingReply, _ request: HTTPRequestHead, _ context: ChannelHandlerContext) {
        guard current != nil, context.channel.isActive else { return }
        guard reply.delivery != .reset else {
            finish(isComplete: false)
            return reset(context)
        }
        do {
            try core.willSend(reply)
        } catch {
            logger.error("ledger can't be written; the call is not answered", metadata: ["error": "\(error)"])
            finish(isComplete: false)
            return reset(context)
        }
        isDelivering = true
        var headers = HTTPHeaders(reply.headers)
        if !reply.isStream { headers.add(name: "content-length", value: String(reply.body.count)) }
        if !request.isKeepAlive { headers.add(name: "connection", value: "close") }
        let status = HTTPResponseStatus(statusCode: reply.status)
        context.write(
            wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers))), promise: nil)
        switch reply.delivery {
        case .whole, .reset:
            for piece in reply.pieces {
                write(piece[...], context)
                context.flush()
            }
            end(request, context)
        case .truncated:
            write(reply.body.prefix(reply.body.count / 2), context)
            finish(isComplete: false)
            context.flush()
            context.close(promise: nil)
        case .drip(let bytes, let interval):
            drip(reply.body[...], bytes: bytes, interval: interval, request, context)
        }
    }

    private func write(_ bytes: ArraySlice<UInt8>, _ context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: bytes)))), promise: nil)
    }

    private func drip(
        _ rest: ArraySlice<UInt8>, bytes: Int, interval: Duration, _ request: HTTPRequestHead, _ context: ChannelHandlerContext
    ) {
        guard current != nil, context.channel.isActive else { return }
        guard !rest.isEmpty else { return end(request, context) }
        write(rest.prefix(bytes), context)
        context.flush()
        context.eventLoop.assumeIsolated().scheduleTask(in: .nanoseconds(interval.nanoseconds)) {
            self.drip(rest.dropFirst(bytes), bytes: bytes, interval: interval, request, context)
        }
    }

    private func end(_ request: HTTPRequestHead, _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(.end(nil))).assumeIsolated().whenComplete { result in
            switch result {
            case .success: self.finish(isComplete: true)
            case .failure: self.finish(isComplete: false)
            }
            guard request.isKeepAlive else { return context.close(promise: nil) }
            self.answerNext(context)
        }
    }

    private func finish(isComplete: Bool) {
        guard let reply = current else { return }
        current = nil
        core.didSend(reply, isComplete: isComplete)
    }

    /// Ends the connection so that the peer sees a reset, not an orderly end.
    private func reset(_ context: ChannelHandlerContext) {
        guard let options = context.channel as? any SocketOptionProvider else { return context.close(promise: nil) }
        options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).assumeIsolated().whenComplete { _ in context.close(promise: nil) }
    }
}
