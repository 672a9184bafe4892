import Synchronization

/// Messages of a stream on their way from the side where they arrive to the one task that takes them, within bounds.
///
/// What was appended before the end is taken before the end is learnt.
public final class MessageBuffer: Sendable {
    /// When a buffer is full: with whichever of the two it reaches first, so that it holds less than `bytes` and one message.
    public struct Limits: Sendable, Hashable {
        public var messages: Int
        public var bytes: Int

        public init(messages: Int = 64, bytes: Int = 1 << 20) {
            precondition(messages > 0 && bytes > 0, "a buffer holds a message")
            self.messages = messages
            self.bytes = bytes
        }
    }

    private struct State {
        var messages = FirstInFirstOut<(bytes: [UInt8], credit: Int)>()
        var bytes = 0
        var credit = 0
        var isFull = false
        var end: Result<Void, RPCError>?
        var isAbandoned = false
        var taker: CheckedContinuation<Void, Never>?
        var senders: [CheckedContinuation<Void, Never>] = []

        /// - Returns: the credit of all messages, which have none from here on.
        mutating func forgive() -> Int {
            messages.changeAll { $0.credit = 0 }
            defer { credit = 0 }
            return credit
        }
    }

    private let limits: Limits
    private let taken: @Sendable (_ bytes: Int, _ credit: Int) -> Void
    private let roomMade: @Sendable () -> Void
    private let abandoned: @Sendable () -> Void
    private let state = Mutex(State())

    /// - Parameters:
    ///   - taken: told the size of each message that is taken or let go, and what its sender is to have back for it.
    ///   - roomMade: told when a buffer that was full has become half empty.
    ///   - abandoned: told, once, when nobody takes the messages any more before their end.
    public init(
        limits: Limits, taken: @escaping @Sendable (_ bytes: Int, _ credit: Int) -> Void = { _, _ in },
        roomMade: @escaping @Sendable () -> Void = {}, abandoned: @escaping @Sendable () -> Void = {}
    ) {
        self.limits = limits
        self.taken = taken
        self.roomMade = roomMade
        self.abandoned = abandoned
    }

    // MARK: - The side where messages arrive

    /// Adds a message, whether or not there is room for it; one that comes after the end, or for nobody, is dropped.
    ///
    /// - Parameter credit: what its sender is to have back once it is taken or let go.
    /// - Returns: whether the buffer is full, so that the next message should wait.
    @discardableResult
    public func append(_ message: [UInt8], credit: Int = 0) -> Bool {
        let (isFull, isKept, taker) = state.withLock { state in
            guard state.end == nil, !state.isAbandoned else { return (false, false, nil as CheckedContinuation<Void, Never>?) }
            state.messages.append((message, credit))
            state.bytes += message.count
            state.credit += credit
            if state.messages.count >= limits.messages || state.bytes >= limits.bytes { state.isFull = true }
            return (state.isFull, true, state.taker.take())
        }
        if !isKept { taken(message.count, credit) }
        taker?.resume()
        return isFull
    }

    /// Adds a message once there is room for it.
    ///
    /// - Throws: `CANCELLED` when nobody takes messages any more, or the task is cancelled.
    public func send(_ message: [UInt8]) async throws {
        while true {
            guard !Task.isCancelled, state.withLock({ !$0.isAbandoned && $0.end == nil }) else {
                throw RPCError(.cancelled, "nobody takes the stream's messages")
            }
            guard state.withLock({ $0.isFull }) else { return _ = append(message) }
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    let isDue = state.withLock { state in
                        guard state.isFull, !state.isAbandoned, state.end == nil, !Task.isCancelled else { return true }
                        state.senders.append(continuation)
                        return false
                    }
                    if isDue { continuation.resume() }
                }
            } onCancel: {
                wakeSenders()
            }
        }
    }

    /// Says that no more messages come; nil is the end of a stream that went well. The first end counts.
    ///
    /// - Parameter isOver: whether the whole stream is over, whenever its messages ended: then their sender has the credit of those that wait
    ///   back at once, because other streams may need it, and those are taken for nothing.
    public func finish(_ error: RPCError? = nil, isOver: Bool = false) {
        let (credit, taker) = state.withLock { state in
            let credit = isOver ? state.forgive() : 0
            guard state.end == nil else { return (credit, nil as CheckedContinuation<Void, Never>?) }
            state.end = error.map(Result.failure) ?? .success(())
            return (credit, state.taker.take())
        }
        if credit > 0 { taken(0, credit) }
        taker?.resume()
        wakeSenders()
    }

    // MARK: - The side where they are taken

    /// The next message, or nil at the end; an end that went wrong is thrown once.
    ///
    /// One task at a time may wait. One that is cancelled abandons the stream.
    public func next() async throws -> [UInt8]? {
        while true {
            guard !Task.isCancelled else {
                abandon()
                throw RPCError(.cancelled, "the caller gave up")
            }
            if let result = take() { return try result.get() }
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    let isDue = state.withLock { state in
                        guard state.messages.isEmpty, state.end == nil, !state.isAbandoned, !Task.isCancelled else { return true }
                        precondition(state.taker == nil, "one task at a time takes a stream's messages")
                        state.taker = continuation
                        return false
                    }
                    if isDue { continuation.resume() }
                }
            } onCancel: {
                state.withLock { $0.taker.take() }?.resume()
            }
        }
    }

    /// Lets go of all messages that have come and will come.
    public func abandon() {
        let (bytes, credit, isFirst, taker) = state.withLock { state in
            guard !state.isAbandoned else { return (0, 0, false, nil as CheckedContinuation<Void, Never>?) }
            state.isAbandoned = true
            defer {
                state.messages.removeAll()
                state.bytes = 0
                state.credit = 0
            }
            return (state.bytes, state.credit, state.end == nil, state.taker.take())
        }
        if bytes > 0 || credit > 0 { taken(bytes, credit) }
        if isFirst { abandoned() }
        taker?.resume()
        wakeSenders()
    }

    /// The next message or the end, where there is either.
    private func take() -> Result<[UInt8]?, RPCError>? {
        let (result, bytes, credit, hasRoom) = state.withLock { state -> (Result<[UInt8]?, RPCError>?, Int, Int, Bool) in
            guard let (message, credit) = state.messages.removeFirst() else {
                guard !state.isAbandoned else { return (.success(nil), 0, 0, false) }
                guard let end = state.end else { return (nil, 0, 0, false) }
                state.end = .success(())
                return (end.map { nil }, 0, 0, false)
            }
            state.bytes -= message.count
            state.credit -= credit
            let hasRoom = state.isFull && state.messages.count <= limits.messages / 2 && state.bytes <= limits.bytes / 2
            if hasRoom { state.isFull = false }
            return (.success(message), message.count, credit, hasRoom)
        }
        if bytes > 0 || credit > 0 { taken(bytes, credit) }
        if hasRoom {
            roomMade()
            wakeSenders()
        }
        return result
    }

    private func wakeSenders() {
        let senders = state.withLock { state in
            defer { state.senders = [] }
            return state.senders
        }
        for sender in senders { sender.resume() }
    }
}
