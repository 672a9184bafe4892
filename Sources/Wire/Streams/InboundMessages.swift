/// The messages of a call that its other side sends, in order.
///
/// It ends when the other side has said that nothing more comes, and throws ``RPCError`` when the call has failed. One task at a time
/// takes the messages. Who lets go of it before its end has abandoned the call.
public struct InboundMessages: AsyncSequence, Sendable {
    /// Abandons what it holds when nobody holds it any more.
    fileprivate final class Hold: Sendable {
        let buffer: MessageBuffer
        let observation: Observation?

        init(_ buffer: MessageBuffer, _ observation: Observation? = nil) {
            self.buffer = buffer
            self.observation = observation
        }

        deinit {
            buffer.abandon()
            observation?.ended(RPCError(.cancelled, "the caller gave up"))
        }

        func next() async throws -> [UInt8]? {
            guard let observation else { return try await buffer.next() }
            do {
                let message = try await observation.hold.next()
                if let message { observation.message(message) } else { observation.ended(nil) }
                return message
            } catch {
                observation.ended(RPCError(ofHandler: error))
                throw error
            }
        }
    }

    /// Who else is told of messages on their way.
    fileprivate struct Observation {
        /// Of the same messages, which are not abandoned while this is held.
        let hold: Hold
        let message: @Sendable ([UInt8]) -> Void
        let ended: @Sendable (RPCError?) -> Void
    }

    private let hold: Hold

    public init(_ buffer: MessageBuffer) {
        hold = Hold(buffer)
    }

    private init(_ hold: Hold) {
        self.hold = hold
    }

    /// The same, with somebody told of each message as it is taken.
    ///
    /// - Parameter ended: told of the end, perhaps more than once; the first counts.
    func observed(
        message: @escaping @Sendable ([UInt8]) -> Void, ended: @escaping @Sendable (RPCError?) -> Void = { _ in }
    ) -> InboundMessages {
        InboundMessages(Hold(hold.buffer, Observation(hold: hold, message: message, ended: ended)))
    }

    public struct AsyncIterator: AsyncIteratorProtocol {
        private let hold: Hold

        fileprivate init(_ hold: Hold) {
            self.hold = hold
        }

        public mutating func next() async throws -> [UInt8]? {
            // Mostly nobody else is told.
            guard hold.observation != nil else { return try await hold.buffer.next() }
            return try await hold.next()
        }
    }

    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(hold) }
}
