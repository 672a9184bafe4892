import Contracts
import SampleContracts
import Testing
import Wire

/// Generated clients and servers, over the transport in process.
@Suite("Generated services")
struct ServiceTests {
    private struct Health: WireV1.HealthService {
        func check(
            _ request: WireV1.HealthCheckRequest, context: ServerContext
        ) async throws -> WireV1.HealthCheckResponse {
            guard request.service != "broken" else { return WireV1.HealthCheckResponse(reason: "a\0b") }
            guard request.service.isEmpty else { throw RPCError(.notFound, "no \(request.service)") }
            return WireV1.HealthCheckResponse(status: .serving, reason: context.metadata["key"] ?? "")
        }

        func watch(
            _ request: WireV1.HealthCheckRequest, to responses: MessageSender<WireV1.HealthCheckResponse>,
            context: ServerContext
        ) async throws {
            try await responses.send(check(request, context: context))
        }
    }

    private let transport = InProcessTransport([WireV1.HealthServer(Health())])

    private func code(_ call: () async throws -> Void) async -> RPCError? {
        do {
            try await call()
            return nil
        } catch {
            return error as? RPCError
        }
    }

    @Test("are registered under the names of the contract")
    func names() {
        let server = WireV1.HealthServer(Health())
        #expect(server.name == "huleedu.wire.v1.Health" && server.methods == ["Check"])
        #expect(server.streams == ["Watch": .serverStreaming])
        #expect(WireV1.HealthServer.check == MethodDescriptor(service: "huleedu.wire.v1.Health", method: "Check"))
    }

    @Test("say of a method that it may be called again where the contract says so")
    func idempotency() {
        #expect(LLMV1.LLMProviderServer.submit.isIdempotent && LLMV1.LLMProviderServer.get.isIdempotent)
        #expect(!SampleV1.SamplesServer.get.isIdempotent)
    }

    @Test("take a value from a client to an implementation and its answer back, with metadata")
    func call() async throws {
        let client = WireV1.HealthClient(transport)
        let options = CallOptions(metadata: Metadata([("key", "value")]))
        let answer = try await client.check(WireV1.HealthCheckRequest(), options: options)
        #expect(answer == WireV1.HealthCheckResponse(status: .serving, reason: "value"))
    }

    @Test("let an implementation choose the error that its caller sees")
    func chosenError() async {
        let error = await code { _ = try await WireV1.HealthClient(transport).check(.init(service: "x")) }
        #expect(error?.code == .notFound && error?.message == "no x")
    }

    @Test("answer bytes that are no request with INVALID_ARGUMENT, the message's name and the field's path")
    func badRequest() async {
        let error = await code { _ = try await transport.call(WireV1.HealthServer.check, payload: [8, 1], options: .init()) }
        #expect(error?.code == .invalidArgument)
        #expect(error?.message.hasPrefix("huleedu.wire.v1.HealthCheckRequest: service: ") == true)
    }

    @Test("refuse to send what cannot be written, and say where")
    func unwritableRequest() async {
        let error = await code { _ = try await WireV1.HealthClient(transport).check(.init(service: "a\0b")) }
        #expect(error?.code == .invalidArgument && error?.message.contains("service") == true)
    }

    @Test("say INTERNAL for an answer that cannot be written or read")
    func badAnswers() async {
        let unwritable = await code { _ = try await WireV1.HealthClient(transport).check(.init(service: "broken")) }
        #expect(unwritable?.code == .internal)
        struct Garbage: RPCService {
            let name = "huleedu.wire.v1.Health"
            let methods = ["Check"]
            func handle(method: String, payload: [UInt8], context: ServerContext) async throws -> [UInt8] { [0xFF] }
        }
        let unreadable = await code { _ = try await WireV1.HealthClient(InProcessTransport([Garbage()])).check(.init()) }
        #expect(unreadable?.code == .internal)
    }

    @Test("do not know methods that the contract has not")
    func unknownMethod() async {
        let context = ServerContext(
            method: MethodDescriptor(service: "", method: ""), metadata: Metadata(), deadline: .after(.seconds(1)), peer: "test")
        let error = await code {
            _ = try await WireV1.HealthServer(Health()).handle(method: "Guess", payload: [], context: context)
        }
        #expect(error?.code == .unimplemented)
    }
}
