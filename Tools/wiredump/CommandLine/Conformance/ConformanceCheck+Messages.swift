import Wire
import WireDump

// The messages of streams, which the service of samples sends and takes as it is told to.
extension ConformanceCheck {
    private static let last: FrameFlags = [.remoteClosed, .noData]
    private static let hello = InteropSample(text: "hello").bytes

    static let messages = [
        sampling("WC066", "a stream of answers ends with data of flags 5 and no payload") { server in
            try await server.connected { peer in
                try await peer.request(1, ConformanceSubject.samples("List"), InteropSample(count: 2).bytes, flags: .remoteClosed)
                for _ in 0..<2 { try await peer.expectMessage(on: 1) }
                try await peer.expectEnd(on: 1)
            }
        },
        collecting("WC067", "a stream of requests has its answer in a response", hello, hello) { peer in
            try await peer.send(1, .data, [], hello)
            try await peer.send(1, .data, [], hello)
            try await peer.send(1, .data, last)
        },
        collecting("WC068", "data of length zero without flag 4 is a message", [], [], []) { peer in
            for _ in 0..<3 { try await peer.send(1, .data) }
            try await peer.send(1, .data, last)
        },
        collecting("WC069", "a last message with flag 1 is taken, and is the end", hello, hello) { peer in
            try await peer.send(1, .data, [], hello)
            try await peer.send(1, .data, .remoteClosed, hello)
        },
        collecting("WC070", "a payload in the request of a stream of requests is its first message", first: hello, hello, []) {
            peer in
            try await peer.send(1, .data)
            try await peer.send(1, .data, last)
        },
        collecting("WC071", "of flags 1 and 2 together 2 counts", flags: [.remoteOpen, .remoteClosed], hello) { peer in
            try await peer.send(1, .data, [], hello)
            try await peer.send(1, .data, last)
        },
        sampling("WC072", "one request is taken with flag 2 as well, and what its client still sends is dropped") { server in
            try await server.connected { peer in
                try await peer.request(1, ConformanceSubject.samples("List"), InteropSample(count: 2).bytes, flags: .remoteOpen)
                try await peer.send(1, .data, [], hello)
                try await peer.send(1, .data, last)
                for _ in 0..<2 { try await peer.expectMessage(on: 1) }
                try await peer.expectEnd(on: 1)
            }
        },
        sampling("WC073", "a server may end a stream before its client has, and drops what still comes") { server in
            try await server.connected { peer in
                var lastSample = InteropSample(text: "the last")
                lastSample.flag = true
                try await peer.request(1, ConformanceSubject.samples("Discuss"), flags: .remoteOpen)
                try await peer.send(1, .data, [], lastSample.bytes)
                try await peer.expectMessage(on: 1)
                try await peer.expectEnd(on: 1)
                try await peer.send(1, .data, [], hello)
                try await peer.send(1, .data, last)
                try await peer.request(3, server.method)
                try await peer.expect(.ok, on: 3)
            }
        },
        sampling("WC074", "a message of more than 4 MiB ends its stream with RESOURCE_EXHAUSTED") { server in
            try await server.answers(.resourceExhausted) { peer in
                try await peer.request(1, ConformanceSubject.samples("Discuss"), flags: .remoteOpen)
                try await peer.send(1, .data, [], [UInt8](repeating: 0, count: longestPayload + 1))
            }
        },
        sampling("WC075", "a message that cannot be read ends its stream with INVALID_ARGUMENT") { server in
            try await server.answers(.invalidArgument) { peer in
                try await peer.request(1, ConformanceSubject.samples("Discuss"), flags: .remoteOpen)
                try await peer.send(1, .data, [], truncatedMessage)
            }
        },
        collecting(
            "WC076", "flag 4 beside 2 is ignored in a request, where ttrpc for Rust sets it", flags: [.remoteOpen, .noData], hello
        ) { peer in
            try await peer.send(1, .data, [], hello)
            try await peer.send(1, .data, last)
        },
    ]

    /// A check that some requests of a stream arrive as they were meant.
    ///
    /// - Parameters:
    ///   - first: the request's own payload.
    ///   - requests: what the stream's messages are.
    ///   - say: sends them, and the end.
    private static func collecting(
        _ id: String, _ claim: String, flags: FrameFlags = .remoteOpen, first: [UInt8] = [], _ requests: [UInt8]...,
        say: @escaping @Sendable (RawConnection) async throws -> Void
    ) -> ConformanceCheck {
        sampling(id, claim) { server in
            try await server.connected { peer in
                try await peer.request(1, ConformanceSubject.samples("Collect"), first, flags: flags)
                try await say(peer)
                let answer = InteropSample(try await peer.expect(.ok, on: 1))
                try expect(requests.map { InteropSample($0)?.text ?? "" }, answer?.texts)
            }
        }
    }
}
