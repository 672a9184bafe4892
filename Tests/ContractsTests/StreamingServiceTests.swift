import SampleContracts
import Synchronization
import Testing
import Wire

/// Generated clients and servers of every kind of stream, over the transport in process.
@Suite("Generated services that stream", .timeLimit(.minutes(2)))
struct StreamingServiceTests {
    private typealias Sample = SampleV1.Sample

    private struct Samples: SampleV1.SamplesService {
        func get(_ request: Sample, context: ServerContext) async throws -> Sample { request }

        func list(_ request: Sample, to responses: MessageSender<Sample>, context: ServerContext) async throws {
            guard request.plainInt32 >= 0 else { throw RPCError(.outOfRange, "fewer than none") }
            for number in 0..<request.plainInt32 { try await responses.send(Sample(plainInt32: number)) }
            if request.flag { try await responses.send(Sample(text: "a\0b")) }
        }

        func collect(_ requests: MessageStream<Sample>, context: ServerContext) async throws -> Sample {
            var sum: Int32 = 0
            for try await request in requests { sum += request.plainInt32 }
            return Sample(plainInt32: sum)
        }

        func discuss(
            _ requests: MessageStream<Sample>, to responses: MessageSender<Sample>, context: ServerContext
        ) async throws {
            for try await request in requests { try await responses.send(Sample(plainInt32: -request.plainInt32)) }
        }
    }

    private let transport = InProcessTransport([SampleV1.SamplesServer(Samples())])
    private var client: SampleV1.SamplesClient { SampleV1.SamplesClient(transport) }

    private func numbers(_ messages: MessageStream<Sample>) async throws -> [Int32] {
        var numbers: [Int32] = []
        for try await message in messages { numbers.append(message.plainInt32) }
        return numbers
    }

    @Test("say which of their methods stream, and how")
    func kinds() {
        let server = SampleV1.SamplesServer(Samples())
        #expect(server.methods == ["Get"])
        #expect(server.streams == ["List": .serverStreaming, "Collect": .clientStreaming, "Discuss": .bidirectional])
    }

    @Test("bring values one way, the other, and both, more of them than a buffer holds")
    func values() async throws {
        #expect(try await client.get(Sample(plainInt32: 7)).plainInt32 == 7)
        for count in [0, 1, 1000] as [Int32] {
            #expect(try await numbers(client.list(Sample(plainInt32: count))) == Array(0..<count))
            let upload = try await client.collect()
            for number in 0..<count { try await upload.requests.send(Sample(plainInt32: number)) }
            #expect(try await upload.response().plainInt32 == count * (count - 1) / 2)
        }
        let talk = try await client.discuss()
        var answers = talk.responses.makeAsyncIterator()
        for number in 1...200 as ClosedRange<Int32> {
            try await talk.requests.send(Sample(plainInt32: number))
            #expect(try await answers.next()?.plainInt32 == -number)
        }
        talk.requests.finish()
        #expect(try await answers.next() == nil)
    }

    @Test("end with the error that the implementation chose")
    func chosenError() async throws {
        let error = await #expect(throws: RPCError.self) { try await numbers(client.list(Sample(plainInt32: -1))) }
        #expect(error?.code == .outOfRange)
    }

    @Test("refuse to send what cannot be written, and say INTERNAL where the server does")
    func unwritable() async throws {
        let refused = await #expect(throws: RPCError.self) { try await client.list(Sample(text: "a\0b")) }
        #expect(refused?.code == .invalidArgument)
        let upload = try await client.collect()
        let message = await #expect(throws: RPCError.self) { try await upload.requests.send(Sample(text: "a\0b")) }
        #expect(message?.code == .invalidArgument)
        let failed = await #expect(throws: RPCError.self) { try await numbers(client.list(Sample(plainInt32: 1, flag: true))) }
        #expect(failed?.code == .internal)
    }

    @Test("answer bytes that are no message with INVALID_ARGUMENT, and take none from a server")
    func unreadable() async throws {
        for (method, kind) in [
            (SampleV1.SamplesServer.list, .serverStreaming), (SampleV1.SamplesServer.collect, .clientStreaming),
            (SampleV1.SamplesServer.discuss, .bidirectional),
        ] as [(MethodDescriptor, StreamKind)] {
            let payload: [UInt8]? = kind == .serverStreaming ? [0xFF] : nil
            let call = try await transport.open(method, kind, payload: payload, options: CallOptions())
            if kind != .serverStreaming { try await call.requests.send([0xFF]) }
            let error = await #expect(throws: RPCError.self) { for try await _ in call.responses {} }
            #expect(error?.code == .invalidArgument && error?.message.hasPrefix("huleedu.sample.v1.Sample") == true)
        }
        struct Garbage: RPCService {
            let name = "huleedu.sample.v1.Samples"
            let methods: [String] = []
            let streams: [String: StreamKind] = ["List": .serverStreaming]
            func handle(method: String, payload: [UInt8], context: ServerContext) async throws -> [UInt8] { [] }
            func serve(
                method: String, requests: InboundMessages, responses: OutboundMessages, context: ServerContext
            ) async throws {
                try await responses.send([0xFF])
            }
        }
        let garbage = SampleV1.SamplesClient(InProcessTransport([Garbage()]))
        let error = await #expect(throws: RPCError.self) { try await numbers(garbage.list(Sample())) }
        #expect(error?.code == .internal)
        let missing = await #expect(throws: RPCError.self) { try await garbage.collect().response() }
        #expect(missing?.code == .unimplemented && missing?.isRefused == true)
    }

    @Test("end at the deadline, and before they begin where it has passed")
    func deadline() async throws {
        let talk = try await client.discuss(options: .timeout(.milliseconds(50)))
        let late = await #expect(throws: RPCError.self) { try await numbers(talk.responses) }
        #expect(late?.code == .deadlineExceeded)
        let passed = await #expect(throws: RPCError.self) { try await client.discuss(options: .timeout(.zero)) }
        #expect(passed?.code == .deadlineExceeded)
    }
}
