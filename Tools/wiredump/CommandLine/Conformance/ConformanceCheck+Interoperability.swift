import Contracts
import Wire
import WireDump

// gRPC's interoperability cases (doc/interop-test-descriptions.md of its repository) that make sense here, by their names, put to the test
// service `huleedu.sample.v1.Samples`. Where gRPC asks for answers of other sizes than the requests', the service echoes.
extension ConformanceCheck {
    static let interoperability =
        unaryCases + streamCases + cancelCases + statusCases

    private static let unaryCases = [
        sampling("empty_unary", "an empty message is answered by an empty message") { try await $0.expectEcho(InteropSample()) },
        sampling("large_unary", "messages of 271,828 and 314,159 bytes come back") { server in
            for size in [271_828, 314_159] { try await server.expectEcho(InteropSample(blob: zeros(size))) }
        },
        ConformanceCheck("custom_metadata", "metadata arrives, and the values of a repeated key in their order") { server in
            let describe = MethodDescriptor(service: ConformanceSubject.echo, method: "Describe")
            try await server.need(describe)
            let sent = Metadata([("x-interop-initial", "first å"), ("x-interop-initial", "second"), ("x-interop-binary", "q6ur")])
            let answer = try await server.client.call(
                describe, payload: [], options: CallOptions(deadline: .after(.seconds(30)), metadata: sent))
            // What cannot be read has no metadata.
            let seen = Metadata((try? WireV1.Request(decoding: answer))?.metadata.map { ($0.key, $0.value) } ?? [])
            for key in ["x-interop-initial", "x-interop-binary"] { try expect(sent.values(for: key), seen.values(for: key)) }
        },
    ]

    private static let streamCases = [
        sampling("client_streaming", "four requests are answered once, with all that was in them") { server in
            let sizes = [27_182, 8, 1828, 45_904]
            let answers = try await server.exchange("Collect", sizes.map { InteropSample(text: letters($0)) })
            try expect([4], answers.map(\.plainUint32))
            try expect(sizes, answers.flatMap(\.texts).map(\.utf8.count))
        },
        sampling("server_streaming", "a stream has all its answers, of 31,415, 9, 2,653 and 58,979 bytes") { server in
            for size in [31_415, 9, 2653, 58_979] {
                let answers = try await server.exchange("List", [InteropSample(text: letters(size), count: 3)])
                try expect([0, 1, 2], answers.map(\.plainUint32))
                try expect([size, size, size], answers.map(\.text.utf8.count))
            }
        },
        sampling("ping_pong", "each request of a stream is answered before the next is made") { server in
            let call = try await server.open("Discuss")
            var answers = call.responses.makeAsyncIterator()
            for size in [27_182, 8, 1828, 45_904] {
                try await call.requests.send(InteropSample(blob: zeros(size)).bytes)
                try expect(size, try await answers.next().flatMap { InteropSample($0) }?.blob.count)
            }
            call.requests.finish()
            try expect(nil, try await answers.next())
        },
        sampling("empty_stream", "a stream of no requests has no answers, and ends well") { server in
            try expect(0, try await server.exchange("Discuss", []).count)
        },
    ]

    private static let cancelCases = [
        sampling("cancel_after_begin", "a stream that is given up at once disturbs no call beside it") { server in
            try await server.connected { peer in
                try await peer.request(1, ConformanceSubject.samples("Collect"), flags: .remoteOpen)
                try await peer.request(3, ConformanceSubject.samples("Get"))
                try await peer.expect(.ok, on: 3)
            }
            try await server.expectEcho(InteropSample(text: "after"))
        },
        sampling("cancel_after_first_response", "neither does one that is given up after its first answer") { server in
            try await server.connected { peer in
                try await peer.request(1, ConformanceSubject.samples("Discuss"), flags: .remoteOpen)
                try await peer.send(1, .data, [], InteropSample(blob: zeros(27_182)).bytes)
                try await peer.expectMessage(on: 1)
                try await peer.request(3, ConformanceSubject.samples("Get"))
                try await peer.expect(.ok, on: 3)
            }
            try await server.expectEcho(InteropSample(text: "after"))
        },
        sampling("timeout_on_sleeping_server", "a call and a stream end at their time, whatever their handlers do") { server in
            var request = InteropSample()
            request.flag = true
            try await server.connected { peer in
                try await peer.request(1, ConformanceSubject.samples("Get"), request.bytes, timeout: 100_000_000)
                try await peer.expect(.deadlineExceeded, on: 1)
                try await peer.request(3, ConformanceSubject.samples("Discuss"), flags: .remoteOpen, timeout: 100_000_000)
                try await peer.expect(.deadlineExceeded, on: 3)
            }
        },
    ]

    private static let statusCases = [
        sampling("status_code_and_message", "a status arrives with its message, of a call and of a stream") { server in
            try await server.expectStatus(.unknown, "test status message")
        },
        sampling("special_status_message", "whitespace and every plane of Unicode in it arrive as well") { server in
            try await server.expectStatus(.unknown, "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n")
        },
        sampling("unimplemented_method", "a method that a service does not have is UNIMPLEMENTED") { server in
            try await server.answers(.unimplemented, isRefused: true) { peer in
                try await peer.request(1, ConformanceSubject.samples("UnimplementedCall"))
            }
        },
        sampling("unimplemented_service", "so is a service that there is not, asked for a stream") { server in
            try await server.answers(.unimplemented, isRefused: true) { peer in
                let method = MethodDescriptor(service: "grpc.testing.UnimplementedService", method: "UnimplementedCall")
                try await peer.request(1, method, flags: .remoteOpen)
            }
        },
    ]

    /// A check by the service of samples, where the server has it.
    static func sampling(
        _ id: String, _ claim: String, _ run: @escaping @Sendable (ConformanceSubject) async throws -> Void
    ) -> ConformanceCheck {
        ConformanceCheck(id, claim) { server in
            try await server.need(ConformanceSubject.samples("Get"))
            try await run(server)
        }
    }

    private static func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }
    private static func letters(_ count: Int) -> String { String(repeating: "a", count: count) }
}

/// Expects something of what came.
func expect<Value: Equatable>(_ expected: Value, _ got: Value) throws {
    guard expected == got else { throw ConformanceFault(expected: "\(expected)", got: "\(got)") }
}

extension ConformanceSubject {
    fileprivate func expectEcho(_ sample: InteropSample) async throws {
        let answer = try await client.call(Self.samples("Get"), payload: sample.bytes, options: .timeout(.seconds(30)))
        guard InteropSample(answer) == sample else {
            throw ConformanceFault(expected: "the request's \(sample.bytes.count) bytes", got: "\(answer.count) others")
        }
    }

    fileprivate func open(_ method: String) async throws -> StreamingCall {
        try await client.open(Self.samples(method), .bidirectional, payload: nil, options: .timeout(.seconds(30)))
    }

    /// All answers of a stream.
    fileprivate func exchange(_ method: String, _ requests: [InteropSample]) async throws -> [InteropSample] {
        let kinds: [String: StreamKind] = ["List": .serverStreaming, "Collect": .clientStreaming]
        var answers: [InteropSample] = []
        let call = Exchange(
            client: client, method: Self.samples(method), kind: kinds[method] ?? .bidirectional,
            options: .timeout(.seconds(30)))
        try await call.make(requests.map(\.bytes)) { answer in
            guard let sample = InteropSample(answer) else { throw ConformanceFault(expected: "a Sample", got: "no message") }
            answers.append(sample)
        }
        return answers
    }

    fileprivate func expectStatus(_ code: StatusCode, _ message: String) async throws {
        var request = InteropSample(text: message)
        request.plainInt32 = code.rawValue
        let expected = RPCError(code, message).told
        try await expectFailure(expected) {
            _ = try await client.call(Self.samples("Get"), payload: request.bytes, options: .timeout(.seconds(30)))
        }
        try await expectFailure(expected) { _ = try await exchange("Discuss", [request]) }
    }

    private func expectFailure(_ expected: String, _ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let error as RPCError {
            return try expect(expected, error.told)
        }
        throw ConformanceFault(expected: expected, got: "OK")
    }
}
