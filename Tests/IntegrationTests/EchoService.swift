import Contracts
import Testing
import Wire

/// Tells a client what of it arrived. The peers' servers have the same service.
struct EchoService: RPCService {
    static let serviceName = "huleedu.test.Echo"

    let name = Self.serviceName
    let methods = ["Describe", "Empty", "Fail", "Wait"]

    func handle(method: String, payload: [UInt8], context: ServerContext) async throws -> [UInt8] {
        switch method {
        case "Describe":
            let seen = WireV1.Request(
                service: context.method.service, method: context.method.method, payload: payload,
                timeoutNano: context.deadline.remaining.components.seconds * 1_000_000_000,
                metadata: context.metadata.entries.map { WireV1.KeyValue(key: $0.key, value: $0.value) })
            return try seen.encoded()
        case "Fail":
            let status = try WireV1.Status(decoding: payload)
            throw RPCError(StatusCode(rawValue: status.code) ?? .unknown, status.message)
        case "Wait":
            try await Task.sleep(for: .seconds(3600))
            return []
        default: return []
        }
    }
}

/// What our client expects of a peer that serves the same.
enum EchoCases {
    private static func method(_ name: String) -> MethodDescriptor {
        MethodDescriptor(service: EchoService.serviceName, method: name)
    }

    static func run(_ client: some ClientTransport) async throws {
        try await described(client)
        for code in StatusCode.allCases where code != .ok {
            let status = try WireV1.Status(code: code.rawValue, message: "number \(code.rawValue)").encoded()
            let error = await #expect(throws: RPCError.self) {
                try await client.call(method("Fail"), payload: status, options: CallOptions())
            }
            #expect(error?.code == code && error?.message == "number \(code.rawValue)" && error?.isRefused == false)
        }
        #expect(try await client.call(method("Empty"), payload: [], options: CallOptions()) == [])
        let late = await #expect(throws: RPCError.self) {
            try await client.call(method("Wait"), payload: [], options: .timeout(.milliseconds(100)))
        }
        #expect(late?.code == .deadlineExceeded)
        let unknown = await #expect(throws: RPCError.self) {
            try await client.call(method("Guess"), payload: [], options: CallOptions())
        }
        #expect(unknown?.code == .unimplemented)
        try await together(client)
    }

    private static func described(_ client: some ClientTransport) async throws {
        let sent = try WireV1.Detail(typeURL: "å∫ç", value: [0, 1, 0xFF]).encoded()
        let metadata = Metadata([("Trace-ID", "first"), ("trace-id", "second")])
        let options = CallOptions(deadline: .after(.seconds(60)), metadata: metadata)
        let seen = try WireV1.Request(decoding: try await client.call(method("Describe"), payload: sent, options: options))
        #expect(seen.service == EchoService.serviceName && seen.method == "Describe" && seen.payload == sent)
        #expect(seen.metadata.map { "\($0.key)=\($0.value)" } == ["trace-id=first", "trace-id=second"])
        #expect((1...60_000_000_000).contains(seen.timeoutNano))
    }

    /// Calls that run at the same time each get their own answer.
    private static func together(_ client: some ClientTransport) async throws {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<100 as Range<UInt8> {
                group.addTask {
                    let sent = try WireV1.Detail(value: [number]).encoded()
                    let answer = try await client.call(method("Describe"), payload: sent, options: CallOptions())
                    return try WireV1.Request(decoding: answer).payload == sent
                }
            }
            for try await isOwn in group { #expect(isOwn) }
        }
    }
}
