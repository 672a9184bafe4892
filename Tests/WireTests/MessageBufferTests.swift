import Synchronization
import Testing

@testable import Wire

@Suite("A buffer of messages", .timeLimit(.minutes(2)))
struct MessageBufferTests {
    private final class Log: Sendable {
        private let entries = Mutex<[String]>([])
        var all: [String] { entries.withLock { $0 } }

        func add(_ entry: String) {
            entries.withLock { $0.append(entry) }
        }
    }

    private func buffer(messages: Int = 4, bytes: Int = 100, _ log: Log = Log()) -> MessageBuffer {
        MessageBuffer(
            limits: .init(messages: messages, bytes: bytes),
            taken: { bytes, credit in log.add(credit == 0 ? "taken \(bytes)" : "taken \(bytes) for \(credit)") },
            roomMade: { log.add("room") },
            abandoned: { log.add("abandoned") })
    }

    @Test("gives messages in order, then the end, and nothing after that")
    func order() async throws {
        let buffer = buffer()
        buffer.append([1])
        buffer.append([])
        buffer.finish()
        buffer.append([2])
        buffer.finish(RPCError(.aborted, "late"))
        #expect(try await buffer.next() == [1])
        #expect(try await buffer.next() == [])
        #expect(try await buffer.next() == nil)
        #expect(try await buffer.next() == nil)
    }

    @Test("throws once what ended it, after the messages that came before")
    func failure() async throws {
        let buffer = buffer()
        buffer.append([1])
        buffer.finish(RPCError(.aborted, "why"))
        #expect(try await buffer.next() == [1])
        let error = await #expect(throws: RPCError.self) { try await buffer.next() }
        #expect(error?.code == .aborted)
        #expect(try await buffer.next() == nil)
    }

    @Test("is full with its last message or byte, and has room again when half of both are taken")
    func full() async throws {
        let log = Log()
        let byCount = buffer(messages: 4, log)
        #expect([1, 2, 3, 4].map { byCount.append([$0]) } == [false, false, false, true])
        _ = try await byCount.next()
        #expect(!log.all.contains("room"))
        _ = try await byCount.next()
        #expect(log.all == ["taken 1", "taken 1", "room"])
        let byBytes = buffer(bytes: 100)
        #expect(!byBytes.append([UInt8](repeating: 0, count: 99)))
        #expect(byBytes.append([1]))
    }

    @Test("holds a sender up while it is full, and lets it go when there is room, or nobody takes messages")
    func sending() async throws {
        let buffer = buffer(messages: 1)
        try await buffer.send([1])
        let second = Task { try await buffer.send([2]) }
        #expect(try await buffer.next() == [1])
        try await second.value
        let third = Task { try await buffer.send([3]) }
        buffer.abandon()
        await #expect(throws: RPCError.self) { try await third.value }
        let cancelled = self.buffer(messages: 1)
        try await cancelled.send([1])
        let waiting = Task { try await cancelled.send([2]) }
        waiting.cancel()
        await #expect(throws: RPCError.self) { try await waiting.value }
        #expect(try await cancelled.next() == [1])
    }

    @Test("that is let go says so once, gives up what it holds, and keeps nothing more")
    func abandoned() async throws {
        let log = Log()
        let buffer = buffer(log)
        buffer.append([1, 2, 3])
        buffer.abandon()
        buffer.abandon()
        buffer.append([4])
        #expect(log.all == ["taken 3", "abandoned", "taken 1"])
        #expect(try await buffer.next() == nil)
    }

    @Test("says of each message what its sender is to have back, of an empty one too, once it is taken or let go")
    func credit() async throws {
        let log = Log()
        let buffer = buffer(log)
        buffer.append([1, 2], credit: 12)
        buffer.append([], credit: 10)
        buffer.append([3])
        buffer.append([], credit: 10)
        buffer.append([4, 5], credit: 12)
        for _ in 0..<3 { _ = try await buffer.next() }
        #expect(log.all == ["taken 2 for 12", "taken 0 for 10", "taken 1", "room"])
        buffer.abandon()
        buffer.append([], credit: 10)
        #expect(log.all.dropFirst(4) == ["taken 2 for 22", "abandoned", "taken 0 for 10"])
    }

    @Test("gives all credit back when its stream is over, though its messages had ended before, and they are still taken")
    func creditOfTheEnd() async throws {
        let log = Log()
        let buffer = buffer(log)
        buffer.append([1, 2], credit: 12)
        buffer.append([3], credit: 11)
        buffer.finish()
        #expect(log.all.isEmpty)
        buffer.finish(RPCError(.cancelled, "over"), isOver: true)
        buffer.finish(RPCError(.cancelled, "over"), isOver: true)
        #expect(log.all == ["taken 0 for 23"])
        #expect(try await buffer.next() == [1, 2])
        buffer.abandon()
        #expect(log.all == ["taken 0 for 23", "taken 2", "taken 1"])
    }

    @Test("is let go when those who could take its messages are gone, unless it has ended")
    func dropped() async throws {
        let log = Log()
        do {
            let messages = InboundMessages(buffer(log))
            let iterator = messages.makeAsyncIterator()
            #expect(log.all.isEmpty)
            withExtendedLifetime(iterator) {}
        }
        #expect(log.all == ["abandoned"])
        let ended = Log()
        do {
            let buffer = buffer(ended)
            buffer.finish()
            _ = InboundMessages(buffer)
        }
        #expect(ended.all.isEmpty)
    }

    @Test("is let go by a task that is cancelled while it waits")
    func cancelled() async {
        let log = Log()
        let buffer = buffer(log)
        let taker = Task { try await buffer.next() }
        taker.cancel()
        let error = await #expect(throws: RPCError.self) { try await taker.value }
        #expect(error?.code == .cancelled && log.all == ["abandoned"])
    }
}
