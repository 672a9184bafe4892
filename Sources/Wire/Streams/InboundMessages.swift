/// The messages of a call that its other side sends, in order.
///
/// It ends when the other side has said that nothing more comes, and throws ``RPCError`` when the call has failed. One task at a time
/// takes the messages. Who lets go of it before its end has abandoned the call.
public struct InboundMessages: AsyncSequence, Sendable {
    /// Abandons what it holds when nobody holds it any more.
    fileprivate final class Hold: Sendable {
        let buffer: MessageBuffer

        init(_ buffer: MessageBuffer) {
            self.buffer = buffer
        }

        deinit { buffer.abandon() }
    }

    private let hold: Hold

    public init(_ buffer: MessageBuffer) {
        hold = Hold(buffer)
    }

    public struct AsyncIterator: AsyncIteratorProtocol {
        private let hold: Hold

        fileprivate init(_ hold: Hold) {
            self.hold = hold
        }

        public mutating func next() async throws -> [UInt8]? {
            try await hold.buffer.next()
        }
    }

    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(hold) }
}
