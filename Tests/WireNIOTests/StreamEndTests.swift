import Synchronization
import Testing
import Wire
import WireNIO

@Suite("The end of streams over TCP", .timeLimit(.minutes(2)))
struct StreamEndTests {
    /// Sends one message, then waits for the server to shut down, and sends another.
    private static let heedful = TestService.streaming { _, responses, context in
        let (drains, drain) = AsyncStream.makeStream(of: Void.self)
        context.drain.onBegin { drain.finish() }
        try await responses.send([1])
        for await _ in drains {}
        try Task.checkCancellation()
        try await responses.send([2])
    }

    @Test("comes, well, when the server shuts down and the handler heeds it; new streams are refused meanwhile")
    func drain() async throws {
        let gate = Gate()
        var service = Self.heedful
        service.streamHandlers["Long"] = (
            .serverStreaming,
            { _, responses, _ in
                try await responses.send([1])
                try await gate.pass()
            }
        )
        // A client that is told which was the last makes new ones elsewhere.
        var plain = ClientConfiguration()
        plain.features = []
        try await withServer(service) { address, server in
            try await withClient(address, configuration: plain) { client in
                let messages = try await client.stream()
                let long = try await client.open(
                    TestService.method("Long"), .serverStreaming, payload: [], options: CallOptions()
                ).responses
                var iterator = messages.makeAsyncIterator()
                #expect(try await iterator.next() == [1])
                await gate.arrivals(1)
                server.beginGracefulShutdown()
                #expect(try await iterator.next() == [2])
                #expect(try await iterator.next() == nil)
                let refused = await collect(try await client.stream()).error
                #expect(refused?.code == .unavailable && refused?.isRefused == true)
                gate.open()
                let (rest, error) = await collect(long)
                #expect(rest == [[1]] && error == nil)
            }
        }
    }

    @Test("comes as UNAVAILABLE when the connection is lost, after the messages that had come")
    func lost() async throws {
        let service = TestService.streaming { _, responses, _ in
            try await responses.send([1])
            try await Task.sleep(for: .seconds(3600))
        }
        let server = WireServer(services: [service], configuration: ServerConfiguration(), logger: silent)
        let address = try await server.start()
        let serving = Task { try await server.serve() }
        try await withClient(address) { client in
            var iterator = try await client.stream().makeAsyncIterator()
            #expect(try await iterator.next() == [1])
            serving.cancel()
            try await serving.value
            let error = await #expect(throws: RPCError.self) { try await iterator.next() }
            #expect(error?.code == .unavailable && error?.isRefused == false)
        }
    }

    @Test("comes as CANCELLED when the caller's task is cancelled, and leaves the connection in use")
    func cancelled() async throws {
        try await withServer(Self.heedful) { address, _ in
            try await withClient(address) { client in
                let messages = try await client.stream()
                let reader = Task { await collect(messages) }
                reader.cancel()
                #expect(await reader.value.error?.code == .cancelled)
                try await expectEcho(of: [1], by: client)
            }
        }
    }

    @Test("is told to a handler that sends after it")
    func afterEnd() async throws {
        let errors = Mutex<[StatusCode?]>([])
        let gate = Gate()
        let service = TestService.streaming { _, responses, _ in
            try? await Task.sleep(for: .seconds(3600))
            do {
                try await responses.send([1])
            } catch {
                errors.withLock { $0.append((error as? RPCError)?.code) }
            }
            await gate.passStubbornly()
        }
        gate.open()
        try await withServer(service) { address, _ in
            let raw = try await RawConnection.connect(to: address)
            try await raw.request(1, TestService.stream, timeout: 1_000_000, flags: .remoteClosed)
            #expect(try await raw.nextAnswer()?.code == .deadlineExceeded)
            await gate.departures(1)
            #expect(errors.withLock { $0 } == [.cancelled])
            try await raw.request(3, TestService.echo)
            #expect(try await raw.nextAnswer()?.stream == 3)
        }
    }
}
