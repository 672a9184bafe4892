import Synchronization
import Wire

/// What a server does and holds for all of its connections together, within its limits, and what it has done.
public final class ServerLoad: Sendable {
    private struct State {
        var handlers = 0
        var bytes = 0
    }

    private let maximumHandlers: Int
    private let maximumBytes: Int
    private let state = Mutex(State())
    private let connections = Mutex(ServerStatistics())
    private let methods = Mutex<[MethodDescriptor: MethodCounts]>([:])
    private let start = ContinuousClock.now

    /// The load of one server.
    public init(_ configuration: ServerConfiguration) {
        maximumHandlers = configuration.maximumHandlers
        maximumBytes = configuration.maximumRequestBytes
    }

    /// Handlers that have not ended.
    var handlerCount: Int { state.withLock { $0.handlers } }
    /// Bytes of requests that are being received or handled.
    var byteCount: Int { state.withLock { $0.bytes } }

    /// Makes room for a handler and its request; ``handlerEnded(_:)`` gives it back.
    ///
    /// - Parameters:
    ///   - bytes: of the request.
    ///   - messageBytes: of what waits for the handler as its first message, which ``release(_:)`` gives back: with no room for that nothing
    ///     begins.
    ///   - isFromUnknown: whether the server asks who calls, and this peer has not told. Half of everything is for those who have.
    func beginHandler(_ bytes: Int, messageBytes: Int, isFromUnknown: Bool) -> Bool {
        state.withLock { state in
            guard state.handlers < (isFromUnknown ? maximumHandlers / 2 : maximumHandlers),
                bytes + messageBytes <= (isFromUnknown ? maximumBytes / 2 : maximumBytes) - state.bytes
            else { return false }
            state.handlers += 1
            state.bytes += bytes + messageBytes
            return true
        }
    }

    func handlerEnded(_ bytes: Int) {
        state.withLock { state in
            precondition(state.handlers >= 1 && state.bytes >= bytes, "what ends has begun")
            state.handlers -= 1
            state.bytes -= bytes
        }
    }

    /// Makes room for bytes of a request that is on its way; ``release(_:)`` gives it back.
    ///
    /// - Parameter isFromUnknown: as for a handler.
    func hold(_ bytes: Int, isFromUnknown: Bool) -> Bool {
        state.withLock { state in
            guard bytes <= (isFromUnknown ? maximumBytes / 2 : maximumBytes) - state.bytes else { return false }
            state.bytes += bytes
            return true
        }
    }

    func release(_ bytes: Int) {
        state.withLock { state in
            precondition(state.bytes >= bytes, "what is released has been held")
            state.bytes -= bytes
        }
    }

    // MARK: - Counts

    /// At this moment.
    public var statistics: ServerStatistics {
        var statistics = connections.withLock { $0 }
        statistics.methods = methods.withLock { $0.mapValues(\.current) }
        (statistics.runningHandlers, statistics.heldRequestBytes) = state.withLock { ($0.handlers, $0.bytes) }
        statistics.uptime = start.duration(to: .now)
        return statistics
    }

    func connectionOpened() {
        connections.withLock { connections in
            connections.connections += 1
            connections.acceptedConnections += 1
        }
    }

    func connectionClosed() {
        connections.withLock { $0.connections -= 1 }
    }

    func connectionRefused() {
        connections.withLock { $0.refusedConnections += 1 }
    }

    /// Those of a method that is served.
    func counts(of method: MethodDescriptor) -> MethodCounts {
        methods.withLock { methods in
            if let counts = methods[method] { return counts }
            let counts = MethodCounts()
            methods[method] = counts
            return counts
        }
    }
}
