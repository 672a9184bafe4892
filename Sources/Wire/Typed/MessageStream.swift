/// The messages of a call that its other side sends, in order.
///
/// It ends when the other side has said that nothing more comes, and throws ``RPCError`` when the call has failed or a message cannot be
/// read. One task at a time takes the messages. Who lets go of it before its end has abandoned the call.
public struct MessageStream<Message: WireMessage>: AsyncSequence, Sendable {
    private let messages: InboundMessages
    private let read: @Sendable ([UInt8]) throws(RPCError) -> Message

    init(_ messages: InboundMessages, _ read: @escaping @Sendable ([UInt8]) throws(RPCError) -> Message) {
        self.messages = messages
        self.read = read
    }

    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var messages: InboundMessages.AsyncIterator
        fileprivate let read: @Sendable ([UInt8]) throws(RPCError) -> Message

        public mutating func next() async throws -> Message? {
            guard let bytes = try await messages.next() else { return nil }
            return try read(bytes)
        }
    }

    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(messages: messages.makeAsyncIterator(), read: read)
    }
}
