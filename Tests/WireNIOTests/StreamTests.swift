import Synchronization
import Testing
import Wire
import WireNIO

@Suite("Streams of answers over TCP", .timeLimit(.minutes(2)))
struct StreamTests {
    /// Sends the numbers from one up to the request's, a byte each.
    private static let counting = TestService.streaming { requests, responses, _ in
        for try await request in requests {
            for number in 1...(request.first ?? 1) { try await responses.send([number]) }
        }
    }

    @Test("bring every message in order, empty ones too, and end")
    func order() async throws {
        let service = TestService.streaming { requests, responses, _ in
            for try await request in requests { #expect(request == [7]) }
            for number in 0..<10_000 { try await responses.send([UInt8](repeating: 1, count: number % 7)) }
        }
        try await withServer(service) { address, _ in
            try await withClient(address) { client in
                let (messages, error) = await collect(try await client.stream([7]))
                #expect(error == nil && messages.map(\.count) == (0..<10_000).map { $0 % 7 })
            }
        }
    }

    @Test("end with the handler's error after the messages that came before it, also where none came")
    func failure() async throws {
        let service = TestService.streaming { requests, responses, _ in
            for try await request in requests where !request.isEmpty { try await responses.send(request) }
            throw RPCError(.dataLoss, "for a reason")
        }
        try await withServer(service) { address, _ in
            try await withClient(address) { client in
                for payload in [[5], []] as [[UInt8]] {
                    let (messages, error) = await collect(try await client.stream(payload))
                    #expect(messages == (payload.isEmpty ? [] : [payload]))
                    #expect(error?.code == .dataLoss && error?.message == "for a reason")
                }
            }
        }
    }

    @Test("of which there are many share a connection, each with its own messages, and unary calls go between")
    func many() async throws {
        var configuration = ServerConfiguration()
        configuration.maximumConnections = 1
        try await withServer(Self.counting, configuration: configuration) { address, _ in
            try await withClient(address) { client in
                try await withThrowingTaskGroup(of: Bool.self) { group in
                    for number in 1...100 as ClosedRange<UInt8> {
                        group.addTask {
                            let (messages, error) = await collect(try await client.stream([number]))
                            return error == nil && messages == (1...number).map { [$0] }
                        }
                        group.addTask {
                            try await client.call(TestService.echo, payload: [number], options: CallOptions()) == [number]
                        }
                    }
                    for try await isOwn in group { #expect(isOwn) }
                }
            }
        }
    }

    @Test("that send as fast as they can do not hold up a unary call beside them")
    func unaryBeside() async throws {
        let service = TestService.streaming { _, responses, _ in
            while true { try await responses.send([UInt8](repeating: 0, count: 10_000)) }
        }
        try await withServer(service) { address, _ in
            try await withClient(address) { client in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<20 {
                        let messages = try await client.stream()
                        group.addTask { for try await _ in messages {} }
                    }
                    for number in 0..<100 as Range<UInt8> { try await expectEcho(of: [number], by: client) }
                    group.cancelAll()
                    // Each ends as cancelled, which is what was wanted.
                    while let result = await group.nextResult() { #expect(throws: RPCError.self) { try result.get() } }
                }
            }
        }
    }

    @Test("end at the caller's deadline, at the server as at the client")
    func deadline() async throws {
        let gate = Gate()
        let service = TestService.streaming { _, responses, _ in
            try await responses.send([1])
            try await gate.pass()
        }
        try await withServer(service) { address, _ in
            let raw = try await RawConnection.connect(to: address)
            try await raw.request(1, TestService.stream, timeout: 300_000_000, flags: .remoteClosed)
            #expect(await raw.next()?.payload == [1])
            #expect(try await raw.nextAnswer()?.code == .deadlineExceeded)
            await gate.departures(1)
            try await withClient(address) { client in
                // On a busy machine the time may be over before the stream has begun.
                let error = await #expect(throws: RPCError.self) {
                    for try await _ in try await client.stream(options: .timeout(.milliseconds(300))) {}
                }
                #expect(error?.code == .deadlineExceeded)
                try await expectEcho(of: [1], by: client)
            }
        }
    }

    @Test("without a deadline have the server's, and one that says nothing for too long is ended before")
    func limits() async throws {
        let gate = Gate()
        let service = TestService.streaming { _, _, _ in try await gate.pass() }
        let limits: [(inout ServerConfiguration) -> Void] = [
            { $0.defaultStreamTimeout = .milliseconds(50) }, { $0.streamIdleTimeout = .milliseconds(50) },
            { $0.maximumStreamTimeout = .milliseconds(50) },
        ]
        for (index, limit) in limits.enumerated() {
            var configuration = ServerConfiguration()
            limit(&configuration)
            try await withServer(service, configuration: configuration) { address, _ in
                let raw = try await RawConnection.connect(to: address)
                try await raw.request(1, TestService.stream, timeout: index == 2 ? .max : 0, flags: .remoteClosed)
                #expect(try await raw.nextAnswer()?.code == .deadlineExceeded)
                await gate.departures(index + 1)
            }
        }
    }

    @Test("that go on saying something are not idle")
    func busy() async throws {
        let service = TestService.streaming { _, responses, _ in
            for number in 0..<20 as Range<UInt8> {
                try await responses.send([number])
                // The stream lasts longer than it may be silent.
                try await Task.sleep(for: .milliseconds(50))
            }
        }
        var configuration = ServerConfiguration()
        configuration.streamIdleTimeout = .milliseconds(500)
        try await withServer(service, configuration: configuration) { address, _ in
            try await withClient(address) { client in
                let (messages, error) = await collect(try await client.stream(options: CallOptions(silence: .milliseconds(500))))
                #expect(messages.count == 20 && error == nil)
            }
        }
    }

    @Test("whose server is silent for too long end at the client, which goes on with other calls")
    func silence() async throws {
        let service = TestService.streaming { _, responses, _ in
            try await responses.send([1])
            try await Task.sleep(for: .seconds(3600))
        }
        try await withServer(service) { address, _ in
            try await withClient(address) { client in
                let (messages, error) = await collect(try await client.stream(options: CallOptions(silence: .milliseconds(200))))
                #expect(messages.count <= 1 && error?.code == .unavailable)
                try await expectEcho(of: [1], by: client)
            }
        }
    }

    @Test("are refused where the request says that its call is unary, and the other way round a unary method is served")
    func wrongFlags() async throws {
        try await withServer(Self.counting) { address, _ in
            let raw = try await RawConnection.connect(to: address)
            try await raw.request(1, TestService.stream)
            let answer = try #require(try await raw.nextAnswer())
            #expect(answer.code == .invalidArgument && answer.isRefused)
            for (stream, flags) in [(3, .remoteClosed), (5, .remoteOpen)] as [(UInt32, FrameFlags)] {
                try await raw.request(stream, TestService.echo, payload: [1], flags: flags)
                #expect(try await raw.nextAnswer()?.code == .ok)
            }
            try await raw.request(7, TestService.method("Nothing"), flags: .remoteClosed)
            #expect(try await raw.nextAnswer()?.code == .unimplemented)
        }
    }

    @Test("that are too long for a message say so to their handler, and go on; at the limit they travel")
    func longMessage() async throws {
        var configuration = ServerConfiguration()
        configuration.maximumMessageBytes = 1000
        let service = TestService.streaming { _, responses, _ in
            try await responses.send([UInt8](repeating: 0, count: 1000))
            let error = await #expect(throws: RPCError.self) { try await responses.send([UInt8](repeating: 0, count: 1001)) }
            #expect(error?.code == .resourceExhausted)
            try await responses.send([1])
        }
        try await withServer(service, configuration: configuration) { address, _ in
            try await withClient(address) { client in
                let (messages, error) = await collect(try await client.stream())
                #expect(messages.map(\.count) == [1000, 1] && error == nil)
            }
            var small = ClientConfiguration()
            small.maximumMessageBytes = 999
            try await withClient(address, configuration: small) { client in
                let (messages, error) = await collect(try await client.stream())
                #expect(messages.isEmpty && error?.code == .resourceExhausted)
                try await expectEcho(of: [1], by: client)
            }
        }
    }
}
