public import Logging
import NIOCore
import NIOPosix
import Synchronization
public import Wire

/// Calls a server over one TCP connection, which it makes when it is first needed and makes again when it is lost.
///
/// Calls that find no connection wait for one, within their deadlines. While a server is away, attempts to connect are spaced by a pause
/// that grows, and half of which is chance, so that many clients do not come back at once.
public final class WireClient: ClientTransport {
    struct Link {
        let number: UInt64
        let channel: any Channel
        let handler: NIOLoopBound<(ClientHandler, ChannelHandlerContext)>
        /// What callers have taken of the messages of all its streams.
        let credit: CreditMeter
        /// Comes when it takes no more calls.
        let retired: EventLoopFuture<Void>
    }

    private struct State {
        var link: Link?
        /// The connection, and earlier ones that take no more calls while some still run there; by their numbers.
        var open: [UInt64: any Channel] = [:]
        var connecting: EventLoopFuture<Link>?
        var pace: ReconnectPace
        var lastLink: UInt64 = 0
        var nextCall: ClientConnection.CallID = 0
        var isClosed = false
    }

    private let host: String
    private let port: Int
    private let name: String
    let configuration: ClientConfiguration
    private let security: (any ConnectionSecurity)?
    private let token: (@Sendable () -> String)?
    private let logger: Logger
    private let state: Mutex<State>

    /// - Parameters:
    ///   - name: which the server's certificate has to have; nil where that is the host.
    ///   - security: of its connection; without it that is plain TCP.
    ///   - token: the bearer token to send with each call, as it is then.
    public init(
        host: String, port: Int, name: String? = nil, configuration: ClientConfiguration,
        security: (any ConnectionSecurity)? = nil, token: (@Sendable () -> String)? = nil, logger: Logger
    ) {
        self.host = host
        self.port = port
        self.name = name ?? host
        self.configuration = configuration
        self.security = security
        self.token = token
        self.logger = logger
        state = Mutex(State(pace: ReconnectPace(configuration, now: .now)))
    }

    public var defaultTimeout: Duration { configuration.defaultTimeout }

    public func call(_ method: MethodDescriptor, payload: [UInt8], options: CallOptions) async throws -> [UInt8] {
        let deadline = options.deadline ?? .after(configuration.defaultTimeout)
        try configuration.check(payload)
        while true {
            let link = try await connected(by: deadline)
            do {
                return try await call(method, payload: payload, metadata: options.metadata, by: deadline, over: link)
            } catch is ClientHandler.Unseen {
                // Nobody has seen the request, and it may have time for another connection.
                abandon(link)
            }
        }
    }

    /// Closes the connection; calls that run end as `UNAVAILABLE`, and so do all later ones.
    public func close() async {
        let channels = state.withLock { state in
            state.isClosed = true
            state.link = nil
            return Array(state.open.values)
        }
        // A channel that is closed already says so with an error, which is what was wanted.
        for channel in channels { try? await channel.close().get() }
    }

    // MARK: - One call

    /// Makes a call over one connection.
    ///
    /// - Throws: ``ClientHandler/Unseen`` where it takes no more calls: nobody has seen the request then.
    func call(
        _ method: MethodDescriptor, payload: [UInt8], metadata: Metadata, by deadline: Deadline, over link: Link
    ) async throws -> [UInt8] {
        guard deadline.remaining > .zero else { throw Self.late(isRefused: true) }
        let request = RequestEnvelope(
            method: method, payload: payload, timeoutNanoseconds: max(1, deadline.remaining.clampedNanoseconds),
            metadata: withToken(metadata))
        return try await exchange(request, as: nextCall(), over: link, deadline: deadline)
    }

    func withToken(_ metadata: Metadata) -> Metadata {
        guard let token else { return metadata }
        var metadata = metadata.withoutToken
        metadata.append("Bearer \(token())", for: ConnectionAccess.key)
        return metadata
    }

    func nextCall() -> ClientConnection.CallID {
        state.withLock { state in
            state.nextCall += 1
            return state.nextCall
        }
    }

    private func exchange(
        _ request: RequestEnvelope, as call: ClientConnection.CallID, over link: Link, deadline: Deadline
    ) async throws -> [UInt8] {
        let eventLoop = link.channel.eventLoop
        let answer = eventLoop.makePromise(of: [UInt8].self)
        let bound = link.handler
        let isCancelled = Atomic(false)
        return try await withTaskCancellationHandler {
            eventLoop.execute {
                // A cancellation that came first found nothing to abandon.
                guard !isCancelled.load(ordering: .acquiring) else { return answer.fail(Self.cancelled()) }
                let (handler, context) = bound.value
                handler.send(request, as: call, answer: answer, context: context)
                let expiry = eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(deadline.remaining)) {
                    handler.abandon(call, because: Self.late(), context: context)
                }
                answer.futureResult.whenComplete { _ in expiry.cancel() }
            }
            return try await answer.futureResult.get()
        } onCancel: {
            isCancelled.store(true, ordering: .releasing)
            eventLoop.execute {
                let (handler, context) = bound.value
                handler.abandon(call, because: Self.cancelled(), context: context)
            }
        }
    }

    static func cancelled() -> RPCError {
        RPCError(.cancelled, "the caller gave up")
    }

    static func late(isRefused: Bool = false) -> RPCError {
        RPCError(.deadlineExceeded, "no answer came in time", isRefused: isRefused)
    }

    // MARK: - The connection

    /// The connection, once there is one; attempts go on until the deadline.
    func connected(by deadline: Deadline) async throws -> Link {
        var lastFailure: (any Error)?
        while true {
            let pause = try state.withLock { state in
                guard !state.isClosed else { throw RPCError(.unavailable, "the client is closed", isRefused: true) }
                return state.link == nil && state.connecting == nil
                    ? ContinuousClock.now.duration(to: state.pace.earliestAttempt) : .zero
            }
            if pause > .zero {
                guard pause < deadline.remaining else { throw unreachable(lastFailure) }
                do {
                    try await Task.sleep(for: pause)
                } catch {
                    throw Self.cancelled()
                }
                continue
            }
            guard !Task.isCancelled else { throw Self.cancelled() }
            guard !deadline.hasPassed else { throw lastFailure.map(unreachable) ?? Self.late(isRefused: true) }
            do {
                return try await link(by: deadline)
            } catch let error as RPCError {
                throw error
            } catch let error as ConnectionSecurityError where !error.isPassing {
                // Another attempt would meet the same certificates.
                throw RPCError(.unavailable, "\(host):\(port): \(error.reason)", isRefused: true, cause: error)
            } catch {
                lastFailure = error
            }
        }
    }

    /// The connection, or an error once the deadline has passed or the caller has given up; the attempt itself goes on for others.
    private func link(by deadline: Deadline) async throws -> Link {
        let attempt = link()
        let eventLoop = attempt.eventLoop
        let result = eventLoop.makePromise(of: Link.self)
        // A promise keeps the first of its results.
        attempt.cascade(to: result)
        let expiry = eventLoop.scheduleTask(in: TimeAmount(deadline.remaining)) { result.fail(Self.late(isRefused: true)) }
        defer { expiry.cancel() }
        return try await withTaskCancellationHandler {
            try await result.futureResult.get()
        } onCancel: {
            result.fail(Self.cancelled())
        }
    }

    private func link() -> EventLoopFuture<Link> {
        state.withLock { state in
            if let link = state.link { return link.channel.eventLoop.makeSucceededFuture(link) }
            if let connecting = state.connecting { return connecting }
            state.lastLink += 1
            let connecting = connect(as: state.lastLink)
            state.connecting = connecting
            connecting.whenComplete { result in self.connected(result) }
            return connecting
        }
    }

    private func connect(as number: UInt64) -> EventLoopFuture<Link> {
        let configuration = configuration
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(TimeAmount(configuration.connectTimeout))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
        return configuration.keepalive.socketOptions.reduce(bootstrap) { $0.channelOption($1.name, value: $1.value) }
            .connect(host: host, port: port)
            .flatMap { channel in self.secured(channel) }
            .flatMap { channel in
                channel.eventLoop.makeCompletedFuture {
                    let retired = channel.eventLoop.makePromise(of: Void.self)
                    channel.closeFuture.whenComplete { _ in retired.succeed() }
                    let handler = ClientHandler(configuration) { [weak self] in
                        self?.retire(channel)
                        retired.succeed()
                    }
                    try channel.pipeline.syncOperations.addHandler(handler)
                    let context = try channel.pipeline.syncOperations.context(handler: handler)
                    let watch = SilenceWatch(
                        silence: configuration.silence, patience: configuration.silencePatience,
                        isWaiting: { handler.isWaiting },
                        ask: { [weak self] in self?.ask(handler, context) ?? false })
                    try channel.pipeline.syncOperations.addHandler(watch, position: .first)
                    handler.begin(context)
                    return Link(
                        number: number, channel: channel,
                        handler: NIOLoopBound((handler, context), eventLoop: channel.eventLoop), credit: handler.credit,
                        retired: retired.futureResult)
                }
            }
    }

    /// The connection once it is as secure as it is to be.
    private func secured(_ channel: any Channel) -> EventLoopFuture<any Channel> {
        guard let security else { return channel.eventLoop.makeSucceededFuture(channel) }
        let secured = channel.eventLoop.makePromise(of: Void.self)
        do {
            try security.secure(channel, server: name)
            try channel.pipeline.syncOperations.addHandler(SecuredWatch(secured))
        } catch {
            secured.fail(ConnectionSecurityError("the connection cannot be made secure", cause: error))
        }
        return secured.futureResult.map { channel }.flatMapErrorThrowing { error in
            channel.close(promise: nil)
            throw error
        }
    }

    /// Asks a plain peer for a method that need not exist: any answers, if only that it does not know it.
    ///
    /// - Returns: whether it was asked; a connection that takes no more calls takes no such question either.
    private func ask(_ handler: ClientHandler, _ context: ChannelHandlerContext) -> Bool {
        guard !handler.ping(context) else { return true }
        guard handler.isUsable(context) else { return false }
        let question = RequestEnvelope(
            method: MethodDescriptor(service: "huleedu.wire.v1.Control", method: "Ping"), payload: [],
            timeoutNanoseconds: max(1, configuration.silencePatience.clampedNanoseconds))
        let call = state.withLock { state in
            state.nextCall += 1
            return state.nextCall
        }
        handler.send(question, as: call, answer: context.eventLoop.makePromise(), context: context)
        return true
    }

    private func connected(_ result: Result<Link, any Error>) {
        let isUnwanted = state.withLock { state in
            state.connecting = nil
            switch result {
            case .success(let link):
                state.pace.connected()
                guard !state.isClosed, link.channel.isActive else { return true }
                state.link = link
                state.open[link.number] = link.channel
            case .failure:
                state.pace.failed(at: .now, chance: .random(in: 0...1))
            }
            return false
        }
        if case .success(let link) = result {
            if isUnwanted { link.channel.close(promise: nil) }
            link.channel.closeFuture.whenComplete { [weak self] _ in
                self?.state.withLock { state in _ = state.open.removeValue(forKey: link.number) }
            }
        }
        if case .failure(let error) = result {
            logger.debug("not connected", metadata: ["server": "\(host):\(port)", "reason": "\(error)"])
        }
    }

    /// Takes a connection that had gone before it was of use as a failed attempt to connect, so that the next one waits a little.
    /// Where there is another one already, or soon, nobody need wait.
    func abandon(_ link: Link) {
        state.withLock { state in
            if state.link?.number == link.number { state.link = nil }
            guard state.link == nil, state.connecting == nil else { return }
            state.pace.lost(link.number, at: .now, chance: .random(in: 0...1))
        }
    }

    private func retire(_ channel: any Channel) {
        state.withLock { state in
            if let link = state.link, link.channel === channel { state.link = nil }
        }
    }

    private func unreachable(_ cause: (any Error)?) -> RPCError {
        let reason = (cause as? ConnectionSecurityError).map { ": \($0.reason)" } ?? ""
        return RPCError(.unavailable, "\(host):\(port) can't be reached\(reason)", isRefused: true, cause: cause)
    }
}
