import Testing
import Wire
import WireNIO

@Suite("Streams within windows", .timeLimit(.minutes(2)))
struct WindowFlowTests {
    /// Room for 64 messages of a thousand bytes, of which each costs ten more, and not for 65.
    private static let windows = StreamWindows(stream: 64 << 10, connection: 1 << 20)
    private static let room = 64
    private static let message = [UInt8](repeating: 7, count: 1000)

    private static var client: ClientConfiguration {
        var configuration = ClientConfiguration()
        configuration.windows = windows
        return configuration
    }

    private static var server: ServerConfiguration {
        var configuration = ServerConfiguration()
        configuration.windows = windows
        return configuration
    }

    @Test(
        "a stream that its caller does not read is written as far as its window goes, while a thousand other calls are answered")
    func slowCaller() async throws {
        let sent = Counter()
        let service = TestService.streaming { _, responses, _ in
            for _ in 0..<1000 {
                try await responses.send(Self.message)
                sent.add()
            }
        }
        try await withServer(service) { address, _ in
            try await withClient(address, configuration: Self.client) { client in
                // The answer to Hello has come before that to a call.
                try await expectEcho(of: [1], by: client)
                let messages = try await client.stream()
                await sent.reaches(Self.room)
                for number in 0..<1000 { try await expectEcho(of: [UInt8(number % 251)], by: client) }
                #expect(sent.value == Self.room)
                let (taken, error) = await collect(messages)
                #expect(taken.count == 1000 && error == nil && taken.allSatisfy { $0 == Self.message })
            }
        }
    }

    @Test("a stream whose handler does not read it is sent as far as its window goes, while a thousand other calls are answered")
    func slowHandler() async throws {
        let gate = Gate()
        let service = TestService.streaming(.bidirectional) { requests, responses, _ in
            try await gate.pass()
            for try await message in requests { try await responses.send([message[0]]) }
        }
        let sent = Counter()
        try await withServer(service, configuration: Self.server) { address, _ in
            try await withClient(address) { client in
                let call = try await client.open(TestService.stream, .bidirectional, payload: nil, options: CallOptions())
                async let sending: Void = {
                    for number in 0..<1000 {
                        try await call.requests.send([UInt8(number % 251)] + Self.message.dropFirst())
                        sent.add()
                    }
                    call.requests.finish()
                }()
                await gate.arrivals(1)
                await sent.reaches(Self.room)
                for number in 0..<1000 { try await expectEcho(of: [UInt8(number % 251)], by: client) }
                #expect(sent.value == Self.room)
                gate.open()
                let (answers, error) = await collect(call.responses)
                try await sending
                #expect(answers == (0..<1000).map { [UInt8($0 % 251)] } && error == nil)
            }
        }
    }

    @Test("a message that is longer than the window passes, with others before and after it")
    func long() async throws {
        let service = TestService.streaming(.bidirectional) { requests, responses, _ in
            for try await message in requests { try await responses.send(message) }
        }
        var (server, client) = (Self.server, Self.client)
        server.windows = StreamWindows(stream: 16 << 10, connection: 16 << 10)
        client.windows = server.windows
        try await withServer(service, configuration: server) { address, _ in
            try await withClient(address, configuration: client) { client in
                let call = try await client.open(TestService.stream, .bidirectional, payload: nil, options: CallOptions())
                let lengths = (0..<40).map { $0 % 4 == 3 ? 100_000 : $0 * 300 }
                async let sending: Void = {
                    for length in lengths { try await call.requests.send([UInt8](repeating: 1, count: length)) }
                    call.requests.finish()
                }()
                let (answers, error) = await collect(call.responses)
                try await sending
                #expect(answers.map(\.count) == lengths && error == nil)
            }
        }
    }

    @Test("streams that are let go with messages untaken give the connection its credit back, however many there are")
    func letGo() async throws {
        let service = TestService.streaming { _, responses, _ in
            while true { try await responses.send(Self.message) }
        }
        var configuration = Self.client
        // Two streams' worth.
        configuration.windows = StreamWindows(stream: 64 << 10, connection: 128 << 10)
        try await withServer(service) { address, _ in
            try await withClient(address, configuration: configuration) { client in
                try await expectEcho(of: [1], by: client)
                for _ in 0..<50 {
                    for try await message in try await client.stream() {
                        #expect(message == Self.message)
                        break
                    }
                }
            }
        }
    }

    @Test("a stream that has ended holds up no other, though its caller has not taken its messages", arguments: [true, false])
    func ended(isWell: Bool) async throws {
        let sent = Counter()
        let service = TestService.streaming { requests, responses, _ in
            let count = try await requests.first { _ in true }?.first.map(Int.init) ?? 0
            for _ in 0..<count {
                try await responses.send(Self.message)
                sent.add()
            }
            guard isWell else { throw RPCError(.aborted, "over") }
        }
        var configuration = Self.client
        // One stream's worth.
        configuration.windows = StreamWindows(stream: 64 << 10, connection: 64 << 10)
        try await withServer(service) { address, _ in
            try await withClient(address, configuration: configuration) { client in
                try await expectEcho(of: [1], by: client)
                let unread = try await client.stream([UInt8(Self.room)])
                await sent.reaches(Self.room)
                let (messages, error) = await collect(try await client.stream([1], options: .timeout(.seconds(20))))
                #expect(messages == [Self.message] && error?.code == (isWell ? nil : .aborted))
                let (rest, end) = await collect(unread)
                #expect(rest.count == Self.room && end?.code == (isWell ? nil : .aborted))
            }
        }
    }

    @Test("a handler that has been told to stop holds up no other stream of its client, though it goes on and takes no message")
    func stopped() async throws {
        let gate = Gate()
        let service = TestService.streaming(.bidirectional) { requests, responses, context in
            if context.metadata["stubborn"] != nil { return await gate.passStubbornly() }
            for try await message in requests { try await responses.send([message[0]]) }
        }
        var configuration = Self.server
        configuration.windows = StreamWindows(stream: 64 << 10, connection: 64 << 10)
        try await withServer(service, configuration: configuration) { address, _ in
            try await withClient(address) { client in
                try await expectEcho(of: [1], by: client)
                let options = CallOptions(deadline: .after(.seconds(1)), metadata: Metadata([("stubborn", "yes")]))
                let full = try await client.open(TestService.stream, .bidirectional, payload: nil, options: options)
                for _ in 0..<Self.room { try await full.requests.send(Self.message) }
                full.requests.finish()
                let (_, late) = await collect(full.responses)
                #expect(late?.code == .deadlineExceeded)
                let call = try await client.open(
                    TestService.stream, .bidirectional, payload: nil, options: .timeout(.seconds(20)))
                try await call.requests.send(Self.message)
                call.requests.finish()
                let (answers, error) = await collect(call.responses)
                #expect(answers == [[7]] && error == nil)
                gate.open()
            }
        }
    }

    @Test("a handler whose client gives no credit ends with the client's cancel, its deadline, or the time without a message")
    func noCredit() async throws {
        let ends = Gate()
        ends.open()
        let sent = Counter()
        let service = TestService.streaming { _, responses, _ in
            do {
                while true {
                    try await responses.send([UInt8](repeating: 1, count: 100_000))
                    sent.add()
                }
            } catch {
                await ends.passStubbornly()
                throw error
            }
        }
        var configuration = ServerConfiguration()
        configuration.streamIdleTimeout = .milliseconds(300)
        try await withServer(service, configuration: configuration) { address, _ in
            let raw = try await RawConnection.connect(to: address)
            let features = try await raw.hello()
            #expect(features == .all)
            try await raw.request(3, TestService.stream, flags: .remoteClosed)
            try await raw.request(5, TestService.stream, timeout: 100_000_000, flags: .remoteClosed)
            try await raw.request(7, TestService.stream, flags: .remoteClosed)
            // Of 256 KiB two of them, and a third one not, for half of the window is not left.
            await sent.reaches(6)
            try await raw.send(ControlFrame.cancel(StreamID(rawValue: 7), .cancelled).frame)
            await ends.departures(3)
            #expect(sent.value == 6)
            var answers: [UInt32: StatusCode] = [:]
            while answers.count < 2, let frame = await raw.next() {
                guard frame.type == .response else { continue }
                if case .failure(let error) = try ResponseEnvelope(decoding: frame.payload) {
                    answers[frame.stream.rawValue] = error.code
                }
            }
            #expect(answers == [3: .deadlineExceeded, 5: .deadlineExceeded])
        }
    }

    @Test("a client whose server gives no credit waits until the call's deadline, and no longer")
    func noCreditAtClient() async throws {
        let server = try await ScriptedServer.start { _, _, _ in ScriptedServer.Reply(frames: []) }
        let client = WireClient(
            host: "127.0.0.1", port: server.port, configuration: ClientConfiguration(), logger: silent)
        let call = try await client.open(
            TestService.stream, .bidirectional, payload: nil, options: .timeout(.milliseconds(500)))
        var sent = 0
        do {
            while true {
                try await call.requests.send([UInt8](repeating: 1, count: 100_000))
                sent += 1
            }
        } catch {
            #expect((error as? RPCError)?.code == .cancelled)
        }
        #expect(sent == 2)
        let (_, error) = await collect(call.responses)
        #expect(error?.code == .deadlineExceeded)
        await client.close()
        try await server.stop()
    }

    @Test(
        "a client that sends beyond its window, or gives credit for nothing, is left, and others are served",
        arguments: [true, false])
    func hostile(sends: Bool) async throws {
        let gate = Gate()
        let service = TestService.streaming(.bidirectional) { _, _, _ in try await gate.pass() }
        try await withServer(service, configuration: Self.server) { address, _ in
            let raw = try await RawConnection.connect(to: address)
            _ = try await raw.hello()
            try await raw.request(3, TestService.stream, flags: .remoteOpen)
            await gate.arrivals(1)
            if sends {
                for _ in 0...Self.room { try await raw.data(3, Self.message) }
            } else {
                try await raw.send(ControlFrame.window(StreamID(rawValue: 3), 1).frame)
            }
            guard let frame = await raw.next(), case .goAway(let goAway) = try ControlFrame(frame) else {
                return #expect(Bool(false), "it goes on")
            }
            #expect(goAway.code == (sends ? .resourceExhausted : .invalidArgument) && goAway.lastAccepted.rawValue == 3)
            await raw.closed()
            await gate.departures(1)
            try await withClient(address) { try await expectEcho(of: [1], by: $0) }
        }
    }
}
