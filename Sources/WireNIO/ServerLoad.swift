import Synchronization

/// What a server does and holds for all of its connections together, within its limits.
final class ServerLoad: Sendable {
    private struct State {
        var handlers = 0
        var bytes = 0
    }

    private let maximumHandlers: Int
    private let maximumBytes: Int
    private let state = Mutex(State())

    init(_ configuration: ServerConfiguration) {
        maximumHandlers = configuration.maximumHandlers
        maximumBytes = configuration.maximumRequestBytes
    }

    /// Handlers that have not ended.
    var handlerCount: Int { state.withLock { $0.handlers } }
    /// Bytes of requests that are being received or handled.
    var byteCount: Int { state.withLock { $0.bytes } }

    /// Makes room for a handler and its request; ``handlerEnded(_:)`` gives it back.
    func beginHandler(_ bytes: Int) -> Bool {
        state.withLock { state in
            guard state.handlers < maximumHandlers, bytes <= maximumBytes - state.bytes else { return false }
            state.handlers += 1
            state.bytes += bytes
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
    func hold(_ bytes: Int) -> Bool {
        state.withLock { state in
            guard bytes <= maximumBytes - state.bytes else { return false }
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
}
