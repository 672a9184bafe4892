import Synchronization
import Testing
import Watching
import Wire
import WireNIO

@Suite("A call made while another is served", .timeLimit(.minutes(2)))
struct DeadlinePropagationTests {
    private static let relay = MethodDescriptor(service: "test.Relay", method: "Relay")
    private static let relayStream = MethodDescriptor(service: "test.Relay", method: "RelayStream")

    /// Calls another service for its callers, by the options given.
    private struct Relay: RPCService {
        let name = "test.Relay"
        let methods = ["Relay"]
        let streams: [String: StreamKind] = ["RelayStream": .serverStreaming]
        let further: any ClientTransport
        let method: MethodDescriptor
        let options: @Sendable () -> CallOptions

        func handle(method: String, payload: [UInt8], context: ServerContext) async throws -> [UInt8] {
            try await further.call(self.method, payload: payload, options: options())
        }

        func serve(
            method: String, requests: InboundMessages, responses: OutboundMessages, context: ServerContext
        ) async throws {
            for try await message in try await further.stream(options: options()) { try await responses.send(message) }
        }
    }

    /// Runs a server that calls a second one, and calls it.
    private func withRelay(
        to service: TestService, _ method: MethodDescriptor = TestService.echo,
        options: @escaping @Sendable () -> CallOptions = { CallOptions() }, _ body: (WireClient) async throws -> Void
    ) async throws {
        try await withServer(service) { address, _ in
            try await withClient(address) { further in
                let relay = Relay(
                    further: further.intercepted(by: [DeadlinePropagation()]), method: method, options: options)
                let server = try await PoolServer.start([relay], interceptors: [DeadlinePropagation()])
                try await withClient(server.address, body)
                await server.kill()
            }
        }
    }

    /// Notes how much time its callers leave it.
    private static func noting(_ seen: Watched<[Duration]>) -> TestService {
        var service = TestService(handlers: [
            "Echo": { payload, context in
                seen.change { $0.append(context.deadline.remaining) }
                return payload
            }
        ])
        service.streamHandlers["Stream"] = (
            .serverStreaming,
            { _, _, context in seen.change { $0.append(context.deadline.remaining) } }
        )
        return service
    }

    @Test(
        "has at most the rest of its time, whatever it asks for",
        arguments: [
            (asked: nil, served: 20, least: 10, most: 20), (asked: 300, served: 20, least: 10, most: 20),
            (asked: 10, served: 100, least: 5, most: 10),
            // The client's own default, 30 s, still holds.
            (asked: nil, served: 500, least: 20, most: 30),
        ] as [(asked: Int?, served: Int, least: Int, most: Int)])
    func unary(asked: Int?, served: Int, least: Int, most: Int) async throws {
        let seen = Watched<[Duration]>([])
        let options: @Sendable () -> CallOptions = { asked.map { .timeout(.seconds($0)) } ?? CallOptions() }
        try await withRelay(to: Self.noting(seen), options: options) { client in
            let answer = try await client.call(Self.relay, payload: [5], options: .timeout(.seconds(served)))
            #expect(answer == [5])
        }
        let left = try #require(seen.withValue { $0 }.first)
        #expect(left > .seconds(least) && left <= .seconds(most))
    }

    @Test("has at most the rest of its time where it streams")
    func stream() async throws {
        let seen = Watched<[Duration]>([])
        try await withRelay(to: Self.noting(seen)) { client in
            let call = try await client.open(
                Self.relayStream, .serverStreaming, payload: [], options: .timeout(.seconds(20)))
            for try await _ in call.responses {}
        }
        let left = try #require(seen.withValue { $0 }.first)
        #expect(left > .seconds(10) && left <= .seconds(20))
    }

    @Test("has its own time where no call is served")
    func outside() async throws {
        let seen = Watched<[Duration]>([])
        try await withServer(Self.noting(seen)) { address, _ in
            try await withClient(address) { client in
                let transport = client.intercepted(by: [DeadlinePropagation()])
                _ = try await transport.call(TestService.echo, payload: [], options: .timeout(.seconds(200)))
            }
        }
        let left = try #require(seen.withValue { $0 }.first)
        #expect(left > .seconds(100))
    }

    @Test("ends with it when its caller gives up")
    func cancelled() async throws {
        let gate = Gate()
        try await withRelay(to: .standard(gate), TestService.wait) { client in
            let call = Task { try await client.call(Self.relay, payload: [], options: .timeout(.seconds(500))) }
            await gate.arrivals(1)
            call.cancel()
            // The handler at the far end has been told to stop: nobody opens the gate.
            await gate.departures(1)
            let error = await failure { try await call.value }
            #expect(error?.code == .cancelled)
        }
    }

    @Test("ends with its deadline, and its own caller learns DEADLINE_EXCEEDED")
    func late() async throws {
        let gate = Gate()
        try await withRelay(to: .standard(gate), TestService.wait) { client in
            let error = await failure {
                try await client.call(Self.relay, payload: [], options: .timeout(.milliseconds(300)))
            }
            #expect(error?.code == .deadlineExceeded)
            await gate.departures(1)
        }
    }
}
