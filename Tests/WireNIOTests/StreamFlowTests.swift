import NIOCore
import NIOEmbedded
import Testing
import Watching
import Wire

@testable import WireNIO

@Suite("Streams whose messages nobody takes", .timeLimit(.minutes(2)))
struct StreamFlowTests {
    /// Sends messages of a thousand bytes for ever, and says how many it has got rid of.
    private static func flood(_ sent: Counter) -> TestService {
        TestService.streaming { _, responses, _ in
            while true {
                try await responses.send([UInt8](repeating: 0, count: 1000))
                sent.add()
            }
        }
    }

    @Test("make their handlers wait: what is unwritten never passes the limit, at whose border the last message goes")
    func border() throws {
        for (limit, expected) in [(3030, 3), (3029, 2), (1, 1)] {
            var configuration = ServerConfiguration()
            configuration.maximumUnwrittenStreamBytes = limit
            let load = ServerLoad(configuration)
            let router = Router([TestService.streaming { _, _, _ in try await Task.sleep(for: .seconds(3600)) }]) { _, _ in }
            let handler = ServerHandler(
                router: router, configuration: configuration, load: load, peer: "test", isFromThisMachine: true, logger: silent,
                log: PacedLog(silent))
            let held = HeldWrites()
            let channel = EmbeddedChannel(handlers: [held, handler])
            try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
            let request = RequestEnvelope(method: TestService.stream, payload: [])
            let frame = Frame(stream: StreamID(rawValue: 1), type: .request, flags: .remoteClosed, payload: request.encoded())
            try channel.writeInbound(ByteBuffer(bytes: frame.encoded()))
            let context = try channel.pipeline.syncOperations.context(handler: handler)
            let sends = (0..<4).map { _ in channel.eventLoop.makePromise(of: Void.self) }
            for send in sends {
                handler.send([UInt8](repeating: 0, count: 1000), on: StreamID(rawValue: 1), send, context)
                #expect(handler.window.unwrittenBytes <= max(limit, 1010))
            }
            #expect(held.count == expected && handler.window.waitingCount == 4 - expected)
            // With each that leaves there is room for one more.
            for left in 1...4 {
                held.release()
                #expect(held.total == min(expected + left, 4))
            }
            #expect(handler.window.unwrittenBytes == 0)
            for send in sends { try send.futureResult.wait() }
            _ = try? channel.finish()
        }
    }

    @Test("are held back by a client that does not read, and flow again when it does")
    func slowReader() async throws {
        let sent = Counter()
        var configuration = ServerConfiguration()
        configuration.maximumUnwrittenStreamBytes = 10_000
        try await withServer(Self.flood(sent), configuration: configuration) { address, _ in
            let raw = try await RawConnection.connect(to: address, reads: false)
            try await raw.request(1, TestService.stream, flags: .remoteClosed)
            let stuck = await sent.settled()
            #expect(stuck > 0)
            try await raw.read()
            await sent.reaches(stuck + 1000)
        }
    }

    @Test("end when their client vanishes: the handlers are told to stop")
    func vanishing() async throws {
        let gate = Gate()
        let service = TestService.streaming { _, responses, _ in
            do {
                while true { try await responses.send([UInt8](repeating: 0, count: 1000)) }
            } catch {
                await gate.passStubbornly()
                throw error
            }
        }
        gate.open()
        try await withServer(service) { address, _ in
            for reads in [true, false] {
                let raw = try await RawConnection.connect(to: address, reads: reads)
                try await raw.request(1, TestService.stream, flags: .remoteClosed)
                if reads { _ = await raw.next() }
                await raw.close()
            }
            await gate.departures(2)
        }
    }

    @Test(
        "end at the client as RESOURCE_EXHAUSTED once it has waited long enough, where no windows are agreed, and other calls go on"
    )
    func slowCaller() async throws {
        var configuration = ClientConfiguration()
        configuration.features.remove(.window)
        configuration.streamPatience = .milliseconds(100)
        configuration.streamBuffer = .init(messages: 4, bytes: 1 << 20)
        let sent = Counter()
        try await withServer(Self.flood(sent)) { address, _ in
            try await withClient(address, configuration: configuration) { client in
                let messages = try await client.stream()
                // One more than the buffer holds are on their way before the echo.
                await sent.reaches(5)
                // Waits behind the stream that is full, and no longer than the patience.
                try await expectEcho(of: [1], by: client)
                let (taken, error) = await collect(messages)
                #expect(taken.count == 4 && error?.code == .resourceExhausted)
            }
        }
    }

    @Test("whose caller takes them slowly lose nothing")
    func patientCaller() async throws {
        let service = TestService.streaming { _, responses, _ in
            for number in 0..<2000 { try await responses.send([UInt8(number % 251)] + [UInt8](repeating: 0, count: 2000)) }
        }
        var configuration = ClientConfiguration()
        configuration.features.remove(.window)
        configuration.streamPatience = .seconds(60)
        configuration.streamBuffer = .init(messages: 2, bytes: 1 << 20)
        try await withServer(service) { address, _ in
            try await withClient(address, configuration: configuration) { client in
                var numbers: [UInt8] = []
                for try await message in try await client.stream() {
                    numbers.append(message[0])
                    // The caller is slow: that is what is tested.
                    if numbers.count % 100 == 0 { try await Task.sleep(for: .milliseconds(1)) }
                }
                #expect(numbers == (0..<2000).map { UInt8($0 % 251) })
            }
        }
    }

    @Test("that were let go leave nothing behind: after sixteen their connection goes, and the handlers with it")
    func abandoned() async throws {
        let gate = Gate()
        let service = TestService.streaming { _, responses, _ in
            try await responses.send([1])
            try await gate.pass()
        }
        try await withServer(service) { address, _ in
            try await withClient(address) { client in
                for round in 1...3 {
                    for _ in 0..<16 {
                        for try await message in try await client.stream() {
                            #expect(message == [1])
                            break
                        }
                    }
                    await gate.departures(16 * round)
                }
                try await expectEcho(of: [1], by: client)
            }
        }
    }

    @Test("that run on a connection which takes no more calls end when their client is closed")
    func closedAfterRetiring() async throws {
        let service = TestService.streaming { _, responses, _ in
            try await responses.send([1])
            try await Gate().pass()
        }
        try await withServer(service) { address, _ in
            try await withClient(address) { client in
                var held = try await client.stream().makeAsyncIterator()
                let first = try await held.next()
                #expect(first == [1])
                for _ in 0..<16 {
                    for try await _ in try await client.stream() { break }
                }
                try await expectEcho(of: [1], by: client)
                await client.close()
                do {
                    let next = try await held.next()
                    Issue.record("the stream goes on with \(String(describing: next))")
                } catch {
                    #expect((error as? RPCError)?.code == .unavailable)
                }
            }
        }
    }
}

/// Counts, and lets a test wait for a count.
final class Counter: Sendable {
    private let count = Watched(0)

    var value: Int { count.withValue { $0 } }

    func add() {
        count.change { $0 += 1 }
    }

    func reaches(_ count: Int) async {
        await self.count.wait { $0 >= count }
    }

    /// The count once it has not changed for a while.
    func settled() async -> Int {
        var last = -1
        while last != value {
            last = value
            // Longer than a message takes that is not held up; a count that rises later is found out by what the test does next.
            try? await Task.sleep(for: .milliseconds(300))
        }
        return last
    }
}

/// Keeps what is written until it is told to let go.
final class HeldWrites: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer

    private var held: [EventLoopPromise<Void>?] = []
    private(set) var total = 0

    var count: Int { held.count }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        held.append(promise)
        total += 1
    }

    func release() {
        if !held.isEmpty { held.removeFirst()?.succeed() }
    }
}
