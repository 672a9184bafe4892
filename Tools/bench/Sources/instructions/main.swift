// Does one thing many times, for valgrind to count instructions of (Tools/bench/instructions).
//
//     instructions encode|decode|request|response|frame|answer TIMES
import Contracts
import Wire

let message = LLMV1.SubmitRequest(
    requestID: "request-1", owner: "assessment-1", provider: "simulated", model: "simulated-judge", maxOutputTokens: 512,
    blocks: (0..<4).map { number in
        LLMV1.PromptBlock(target: .user, text: [UInt8](repeating: 97 + UInt8(number), count: 3000), varies: number > 1)
    })
let encoded = try message.encoded()
let request = RequestEnvelope(
    method: MethodDescriptor(service: "huleedu.llm.v1.LLMProvider", method: "Submit"), payload: [UInt8](repeating: 1, count: 64),
    timeoutNanoseconds: 60_000_000_000,
    metadata: Metadata([("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]))
let encodedRequest = request.encoded()
let frame = Frame(stream: StreamID(rawValue: 1), type: .request, payload: encodedRequest).encoded()

/// Answers with what it is sent.
struct Echoing: RPCService {
    let name = "huleedu.llm.v1.LLMProvider"
    let methods = ["Submit"]

    func handle(method: String, payload: [UInt8], context: ServerContext) async throws -> [UInt8] { payload }
}

let router = Router([Echoing()]) { _, _ in }
let context = ServerContext(
    method: request.method, metadata: request.metadata, deadline: .after(.seconds(60)), peer: "127.0.0.1:1")

/// What is done once; it returns a number, so that nothing is left out because nobody looks at it.
func work(_ name: String) -> (() throws -> Int)? {
    switch name {
    case "encode": { try message.encoded().count }
    case "decode": { try LLMV1.SubmitRequest(decoding: encoded).blocks.count }
    case "request": { try RequestEnvelope(decoding: encodedRequest, maximumMetadataBytes: 16 << 10).payload.count }
    case "response": { ResponseEnvelope.success(request.payload).encoded().count }
    case "frame":
        {
            var decoder = FrameDecoder(maximumPayloadBytes: 4 << 20)
            decoder.append(frame)
            guard case .frame(let found) = try decoder.next() else { return 0 }
            return found.payload.count
        }
    default: nil
    }
}

guard CommandLine.arguments.count == 3, let times = Int(CommandLine.arguments[2]) else {
    fatalError("instructions encode|decode|request|response|frame|answer TIMES")
}
var sum = 0
if let once = work(CommandLine.arguments[1]) {
    for _ in 0..<times { sum &+= try once() }
} else {
    for _ in 0..<times {
        let route = router.route(of: request.method)
        guard case .success(let payload) = await router.answer(request.payload, by: route, context: context) else { continue }
        sum &+= payload.count
    }
}
print(sum)
