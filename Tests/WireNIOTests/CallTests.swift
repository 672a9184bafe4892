import NIOPosix
import Synchronization
import Testing
import Wire
import WireNIO

@Suite("Calls over TCP", .timeLimit(.minutes(2)))
struct CallTests {
    @Test("bring the handler's answer back")
    func answers() async throws {
        try await withServer { address, _ in
            try await withClient(address) { client in
                try await expectEcho(of: [1, 2, 3], by: client)
                try await expectEcho(of: [], by: client)
            }
        }
    }

    @Test("share one connection, a thousand at a time, and each gets its own answer")
    func concurrency() async throws {
        var configuration = ServerConfiguration()
        configuration.connection.handlers = 1000
        configuration.maximumConnections = 1
        let gate = Gate()
        try await withServer(TestService.standard(gate), configuration: configuration) { address, _ in
            try await withClient(address) { client in
                try await withThrowingTaskGroup(of: Bool.self) { group in
                    for number in 0..<1000 {
                        let payload = [UInt8(number & 0xFF), UInt8(number >> 8)]
                        group.addTask {
                            try await client.call(TestService.wait, payload: payload, options: .timeout(.seconds(100))) == payload
                        }
                    }
                    await gate.arrivals(1000)
                    gate.open()
                    for try await isOwn in group { #expect(isOwn) }
                }
            }
        }
    }

    @Test("carry metadata, the peer's address and a deadline to the handler")
    func context() async throws {
        let seen = Mutex<ServerContext?>(nil)
        let service = TestService(handlers: [
            "Echo": { payload, context in
                seen.withLock { $0 = context }
                return payload
            }
        ])
        try await withServer(service) { address, _ in
            try await withClient(address) { client in
                let metadata = Metadata([("Key", "one"), ("key", "two"), ("other", "å")])
                let options = CallOptions(deadline: .after(.seconds(100)), metadata: metadata)
                _ = try await client.call(TestService.echo, payload: [], options: options)
            }
        }
        let context = try #require(seen.withLock { $0 })
        #expect(context.metadata.entries.map { "\($0.key)=\($0.value)" } == ["key=one", "key=two", "other=å"])
        #expect(context.method == TestService.echo)
        #expect(context.peer.contains("127.0.0.1"))
        #expect(context.deadline.remaining > .zero && context.deadline.remaining <= .seconds(100))
    }

    @Test("end with every code there is, its message and the mark of a refusal", arguments: StatusCode.allCases)
    func codes(code: StatusCode) async throws {
        let service = TestService(handlers: [
            "Fail": { _, _ in
                guard code != .ok else { return [] }
                throw RPCError(code, "for a reason", isRefused: code == .unavailable)
            }
        ])
        try await withServer(service) { address, _ in
            try await withClient(address) { client in
                let error = await failure {
                    try await client.call(TestService.method("Fail"), payload: [], options: CallOptions())
                }
                #expect((error?.code ?? .ok) == code)
                guard let error else { return }
                #expect(error.message == "for a reason" && error.isRefused == (code == .unavailable))
            }
        }
    }

    @Test("tell nothing of an error that the handler did not choose")
    func internalError() async throws {
        struct Secret: Error {}
        let service = TestService(handlers: ["Fail": { _, _ in throw Secret() }])
        try await withServer(service) { address, _ in
            try await withClient(address) { client in
                let error = await failure {
                    try await client.call(TestService.method("Fail"), payload: [], options: CallOptions())
                }
                #expect(error?.code == .internal && error?.message.contains("Secret") == false)
            }
        }
    }

    @Test("to what is not there are UNIMPLEMENTED, and nothing has run")
    func unimplemented() async throws {
        try await withServer { address, _ in
            try await withClient(address) { client in
                for method in [TestService.method("Nothing"), MethodDescriptor(service: "no.Service", method: "Echo")] {
                    let error = await failure { try await client.call(method, payload: [], options: CallOptions()) }
                    #expect(error?.code == .unimplemented && error?.isRefused == true)
                }
            }
        }
    }

    @Test("end at the caller's deadline even when no answer ever comes, and the handler is told to stop")
    func clientDeadline() async throws {
        let gate = Gate()
        try await withServer(TestService.standard(gate)) { address, _ in
            try await withClient(address) { client in
                try await expectEcho(of: [1], by: client)
                // On a busy machine the time may be over before the request is written.
                while gate.arrivalCount == 0 {
                    let error = await failure {
                        try await client.call(TestService.wait, payload: [], options: .timeout(.milliseconds(20)))
                    }
                    #expect(error?.code == .deadlineExceeded)
                }
                await gate.departures(1)
                try await expectEcho(of: [2], by: client)
            }
        }
    }

    @Test("are answered for by the server at the deadline, though the handler goes on and counts until it ends")
    func serverDeadline() async throws {
        let gate = Gate()
        let service = TestService(handlers: [
            "Stubborn": { _, _ in
                await gate.passStubbornly()
                return [1]
            },
            "Echo": { payload, _ in payload },
        ])
        var configuration = ServerConfiguration()
        configuration.connection.handlers = 1
        try await withServer(service, configuration: configuration) { address, _ in
            let raw = try await RawConnection.connect(to: address)
            try await raw.request(1, TestService.method("Stubborn"), timeout: 1_000_000)
            let first = try #require(try await raw.nextAnswer())
            #expect(first == (1, .deadlineExceeded, false))
            try await raw.request(3, TestService.echo)
            let second = try #require(try await raw.nextAnswer())
            #expect(second == (3, .resourceExhausted, true))
            gate.open()
            await gate.departures(1)
            // The handler's own answer is dropped, and its place is free a moment after it has ended.
            var stream: UInt32 = 5
            while true {
                try await raw.request(stream, TestService.echo)
                let answer = try #require(try await raw.nextAnswer())
                #expect(answer.stream == stream)
                if answer.code == .ok { break }
                stream += 2
            }
        }
    }

    @Test("of a connection end each at their own deadline, whatever order they came in")
    func deadlinesInAnyOrder() async throws {
        try await withServer { address, _ in
            let raw = try await RawConnection.connect(to: address)
            for (stream, milliseconds) in [(1, 60_000), (3, 30), (5, 10), (7, 20)] as [(UInt32, Int64)] {
                try await raw.request(stream, TestService.wait, timeout: milliseconds * 1_000_000)
            }
            var ended: Set<UInt32> = []
            for _ in 0..<3 {
                let answer = try #require(try await raw.nextAnswer())
                #expect(answer.code == .deadlineExceeded)
                ended.insert(answer.stream)
            }
            #expect(ended == [3, 5, 7])
            try await raw.request(9, TestService.echo)
            let answer = try #require(try await raw.nextAnswer())
            #expect(answer == (9, .ok, false))
        }
    }

    @Test("are due though the call for whose deadline the clock was set has ended")
    func laterDeadline() async throws {
        try await withServer { address, _ in
            let raw = try await RawConnection.connect(to: address)
            try await raw.request(1, TestService.echo, timeout: 200_000_000)
            let first = try #require(try await raw.nextAnswer())
            #expect(first == (1, .ok, false))
            try await raw.request(3, TestService.wait, timeout: 300_000_000)
            let second = try #require(try await raw.nextAnswer())
            #expect(second == (3, .deadlineExceeded, false))
        }
    }

    @Test("begin on their connection's thread where the request is short, and on another where it is long")
    func threads() async throws {
        let service = TestService(handlers: [
            "Echo": { _, _ in [MultiThreadedEventLoopGroup.currentEventLoop == nil ? 0 : 1] }
        ])
        try await withServer(service) { address, _ in
            let raw = try await RawConnection.connect(to: address)
            for (stream, count, isShort) in [(UInt32(1), 0, true), (3, 16 << 10, true), (5, 16 << 10 + 1, false)] {
                try await raw.request(stream, TestService.echo, payload: [UInt8](repeating: 1, count: count))
                let frame = try #require(await raw.next())
                guard case .success(let payload) = try ResponseEnvelope(decoding: frame.payload) else {
                    return #expect(Bool(false), "no answer to \(count) bytes")
                }
                #expect(payload == [isShort ? 1 : 0], "\(count) bytes")
            }
            await raw.close()
        }
    }

    @Test("count their time from their arrival, not from when their handler first waits")
    func deadlineFromArrival() async throws {
        let gate = Gate()
        let service = TestService(handlers: [
            "Slow": { _, _ in
                // It holds up the connection's thread, on which the other request is to wait for it.
                let end = ContinuousClock.now + .milliseconds(500)
                while .now < end {}
                try await gate.pass()
                return []
            },
            "Wait": { _, _ in
                try await gate.pass()
                return []
            },
        ])
        try await withServer(service) { address, _ in
            let raw = try await RawConnection.connect(to: address)
            func request(_ stream: UInt32, _ method: MethodDescriptor, milliseconds: Int64) -> [UInt8] {
                let request = RequestEnvelope(method: method, payload: [], timeoutNanoseconds: milliseconds * 1_000_000)
                return Frame(stream: StreamID(rawValue: stream), type: .request, payload: request.encoded()).encoded()
            }
            // The other is taken up when the first one's handler waits at last, and is due later; were that counted from there, it would be
            // due before.
            try await raw.send(
                request(1, TestService.method("Slow"), milliseconds: 600) + request(3, TestService.wait, milliseconds: 350))
            for stream: UInt32 in [1, 3] {
                let answer = try #require(try await raw.nextAnswer())
                #expect(answer == (stream, .deadlineExceeded, false))
            }
        }
    }

    @Test("without a timeout get the server's default one, and with a long one the server's longest")
    func serverTimeouts() async throws {
        for timeout in [0, Int64.max] {
            var configuration = ServerConfiguration()
            configuration.defaultTimeout = .milliseconds(5)
            configuration.maximumTimeout = .milliseconds(5)
            try await withServer(configuration: configuration) { address, _ in
                let raw = try await RawConnection.connect(to: address)
                try await raw.request(1, TestService.wait, timeout: timeout)
                let answer = try #require(try await raw.nextAnswer())
                #expect(answer == (1, .deadlineExceeded, false))
                try await raw.request(3, TestService.echo, timeout: -1)
                let over = try #require(try await raw.nextAnswer())
                #expect(over == (3, .deadlineExceeded, false))
            }
        }
    }

    @Test("whose caller gives up end as CANCELLED, before they are written too, and leave the connection usable")
    func cancellation() async throws {
        let gate = Gate()
        try await withServer(TestService.standard(gate)) { address, _ in
            try await withClient(address) { client in
                let call = Task {
                    await failure { try await client.call(TestService.wait, payload: [], options: .timeout(.seconds(100))) }
                }
                await gate.arrivals(1)
                call.cancel()
                #expect(await call.value?.code == .cancelled)
                let early = Task {
                    withUnsafeCurrentTask { $0?.cancel() }
                    return await failure {
                        try await client.call(TestService.wait, payload: [], options: .timeout(.seconds(100)))
                    }
                }
                #expect(await early.value?.code == .cancelled)
                #expect(gate.arrivalCount == 1)
                try await expectEcho(of: [1], by: client)
            }
        }
    }
}
