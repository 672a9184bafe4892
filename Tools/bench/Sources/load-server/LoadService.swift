import Contracts
import Wire

/// What the wire bench calls. The peers' servers have the same unary methods.
struct LoadService: RPCService {
    let name = "huleedu.bench.Load"
    let methods = ["Echo", "Take"]
    let streams: [String: StreamKind] = ["Pour": .serverStreaming, "Sip": .clientStreaming]

    /// Answers with the message, or takes it and answers with an empty one: read and written as a handler of a contract has it.
    func handle(method: String, payload: [UInt8], context: ServerContext) async throws -> [UInt8] {
        let message = try WireV1.Detail(decoding: payload)
        return try (method == "Echo" ? message : WireV1.Detail()).encoded()
    }

    func serve(
        method: String, requests: InboundMessages, responses: OutboundMessages, context: ServerContext
    ) async throws {
        if method == "Pour" { try await pour(requests, to: responses) } else { try await sip(requests, to: responses) }
    }

    /// Sends the request again and again, as fast as it is taken.
    private func pour(_ requests: InboundMessages, to responses: OutboundMessages) async throws {
        var messages = requests.makeAsyncIterator()
        guard let message = try await messages.next() else { return }
        while !Task.isCancelled { try await responses.send(message) }
    }

    /// Takes a message every ten milliseconds.
    private func sip(_ requests: InboundMessages, to responses: OutboundMessages) async throws {
        for try await _ in requests { try await Task.sleep(for: .milliseconds(10)) }
        try await responses.send([])
    }
}
