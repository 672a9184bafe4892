import NIOCore
import NIOPosix
import Synchronization

/// A TCP proxy between clients and one server, which spoils their connections as it is told.
///
/// It passes bytes on as they come until it is given another ``Fault``. All of its work is done on one thread.
public final class ChaosProxy: Sendable {
    /// Where the server is.
    public enum Server: Sendable, Hashable {
        case address(host: String, port: Int)
        /// A socket file.
        case file(String)
    }

    private struct State {
        var fault = Fault.none
        var listener: (any Channel)?
        var relays: [Int: Relay.Reference] = [:]
        var statistics = ProxyStatistics()
        var waiters: [CheckedContinuation<Void, Never>] = []
        var isStopped = false
    }

    /// Where clients find it.
    public let host: String
    public let port: Int
    let server: Server
    let preparation: Preparation
    private let rules: [CutRule]
    private let tell: @Sendable (ProxyEvent) -> Void
    /// Sees what passes on each connection, which are counted from one.
    let tap: (@Sendable (Int, Passage) -> Void)?
    private let began: ContinuousClock.Instant
    private let state: Mutex<State>
    private let eventLoop = MultiThreadedEventLoopGroup.singleton.next()

    /// Begins to listen.
    ///
    /// - Parameters:
    ///   - port: zero takes any that is free; it stays the same however often the proxy refuses connections in between.
    ///   - preparation: done to each connection on its event loop.
    ///   - rules: for cutting connections at what is seen on them.
    ///   - tell: called for everything that the proxy does; it must return at once.
    ///   - tap: called for everything that passes, in its order, with the number of its connection; it must return at once.
    public static func start(
        host: String = "127.0.0.1", port: Int = 0, to server: Server, fault: Fault = .none,
        preparation: Preparation = Preparation(), rules: [CutRule] = [],
        tell: @escaping @Sendable (ProxyEvent) -> Void = { _ in },
        tap: (@Sendable (Int, Passage) -> Void)? = nil
    ) async throws -> ChaosProxy {
        // Bound once without taking anybody, for its number.
        let probe = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1).bind(host: host, port: port).get()
        let number = probe.localAddress?.port ?? port
        try await probe.close()
        let proxy = ChaosProxy(
            host: host, port: number, server: server, preparation: preparation, rules: rules, tap: tap, tell: tell)
        try await proxy.apply(fault)
        return proxy
    }

    private init(
        host: String, port: Int, server: Server, preparation: Preparation, rules: [CutRule],
        tap: (@Sendable (Int, Passage) -> Void)?, tell: @escaping @Sendable (ProxyEvent) -> Void
    ) {
        self.host = host
        self.port = port
        self.server = server
        self.preparation = preparation
        self.rules = rules
        self.tap = tap
        self.tell = tell
        began = .now
        state = Mutex(State())
    }

    // MARK: - Faults

    public var fault: Fault { state.withLock { $0.fault } }

    /// Does something else from now on; when this returns it is done.
    ///
    /// - Throws: when it is to listen again and cannot.
    public func apply(_ fault: Fault) async throws {
        let (listener, relays) = state.withLock { state in
            state.fault = fault
            defer { if fault == .refuse { state.listener = nil } }
            return (state.listener, Array(state.relays.values))
        }
        note(.fault, detail: fault.description)
        if fault == .refuse {
            try await listener?.close()
        } else if listener == nil {
            try await listen()
        }
        try await eventLoop.submit { for relay in relays { relay.value.faultChanged() } }.get()
    }

    /// Closes everything and ends.
    public func stop() async {
        let (listener, relays) = state.withLock { state in
            state.isStopped = true
            return (state.listener, Array(state.relays.values))
        }
        // What is closed already says so with an error, which is what was wanted.
        try? await listener?.close()
        try? await eventLoop.submit { for relay in relays { relay.value.abort() } }.get()
    }

    // MARK: - Watching

    public var statistics: ProxyStatistics { state.withLock { $0.statistics } }

    /// Waits until the counters are as wanted, or the task is cancelled.
    public func wait(until condition: @Sendable (ProxyStatistics) -> Bool) async {
        await withTaskCancellationHandler {
            while !Task.isCancelled, !condition(statistics) {
                await withCheckedContinuation { continuation in
                    let isDue = state.withLock { state in
                        guard !Task.isCancelled, !condition(state.statistics) else { return true }
                        state.waiters.append(continuation)
                        return false
                    }
                    if isDue { continuation.resume() }
                }
            }
        } onCancel: {
            count { _ in }
        }
    }

    func count(_ body: (inout ProxyStatistics) -> Void) {
        let waiters = state.withLock { state in
            body(&state.statistics)
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    func note(
        _ kind: ProxyEvent.Kind, connection: Int? = nil, detail: String? = nil, upstreamBytes: Int? = nil,
        downstreamBytes: Int? = nil
    ) {
        tell(
            ProxyEvent(
                milliseconds: Int(began.duration(to: .now) / .milliseconds(1)), kind: kind, connection: connection,
                detail: detail, upstreamBytes: upstreamBytes, downstreamBytes: downstreamBytes))
    }

    // MARK: - Connections

    private func listen() async throws {
        let listener = try await ServerBootstrap(group: eventLoop)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in channel.eventLoop.makeCompletedFuture { try self.accept(channel) } }
            .bind(host: host, port: port).get()
        let isUnwanted = state.withLock { state in
            guard !state.isStopped, state.fault != .refuse else { return true }
            state.listener = listener
            return false
        }
        guard !isUnwanted else { return try await listener.close() }
        note(.listening, detail: "\(host):\(port)")
    }

    private func accept(_ channel: any Channel) throws {
        try preparation.client?(channel)
        let number = state.withLock { state in
            state.statistics.accepted += 1
            return state.statistics.accepted
        }
        let relay = Relay(number: number, client: channel, proxy: self, rules: rules)
        state.withLock { $0.relays[number] = Relay.Reference(relay, eventLoop: channel.eventLoop) }
        count { $0.open += 1 }
        note(.opened, connection: number)
        try relay.listen()
    }

    func ended(_ relay: Relay) {
        state.withLock { state in _ = state.relays.removeValue(forKey: relay.number) }
        count { $0.open -= 1 }
    }
}
