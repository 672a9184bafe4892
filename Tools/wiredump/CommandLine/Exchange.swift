import Wire
import WireDump

/// One call of whatever kind, by the bytes of its messages.
struct Exchange: Sendable {
    let client: any ClientTransport
    let method: MethodDescriptor
    /// Nil for one request and one answer.
    let kind: StreamKind?
    let options: CallOptions

    /// Sends the requests, of which there is one unless the method takes many, and passes answers on as they come.
    ///
    /// - Throws: ``RPCError`` where the call did not go well, or what `answer` throws.
    func make(_ requests: [[UInt8]], answer: ([UInt8]) throws -> Void) async throws {
        guard let kind else { return try answer(try await client.call(method, payload: requests[0], options: options)) }
        let call = try await client.open(method, kind, payload: kind.clientStreams ? nil : requests[0], options: options)
        try await withThrowingTaskGroup(of: Void.self) { group in
            if kind.clientStreams {
                group.addTask {
                    do {
                        for request in requests { try await call.requests.send(request) }
                        call.requests.finish()
                    } catch is RPCError {
                        // The call is over before its requests were; how it ended is learnt from its answers.
                    }
                }
            }
            for try await message in call.responses { try answer(message) }
            try await group.waitForAll()
        }
    }
}
