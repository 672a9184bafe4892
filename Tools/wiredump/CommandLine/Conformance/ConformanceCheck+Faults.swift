import Wire
import WireDump

// What a server answers to what is wrong, and to what is too much.
extension ConformanceCheck {
    static let faults = [
        ConformanceCheck("WC020", "an unknown service is UNIMPLEMENTED, and refused") { server in
            try await server.answers(.unimplemented, isRefused: true) { peer in
                try await peer.request(1, MethodDescriptor(service: "no.such.Service", method: "Check"))
            }
        },
        ConformanceCheck("WC021", "an unknown method is UNIMPLEMENTED, and refused") { server in
            try await server.answers(.unimplemented, isRefused: true) { peer in
                try await peer.request(1, MethodDescriptor(service: server.method.service, method: "NoSuchMethod"))
            }
        },
        ConformanceCheck("WC022", "an envelope that cannot be read is INVALID_ARGUMENT") { server in
            try await server.answers(.invalidArgument) { peer in try await peer.send(1, .request, [], truncatedMessage) }
        },
        ConformanceCheck("WC023", "a message that cannot be read is INVALID_ARGUMENT") { server in
            try await server.answers(.invalidArgument) { peer in try await peer.request(1, server.method, truncatedMessage) }
        },
        ConformanceCheck("WC024", "a request on an even stream is INVALID_ARGUMENT") { server in
            try await server.answers(.invalidArgument, on: 2) { peer in try await peer.request(2, server.method) }
        },
        ConformanceCheck("WC025", "data on a stream that never ran is INVALID_ARGUMENT") { server in
            try await server.answers(.invalidArgument) { peer in try await peer.send(1, .data, [], [1]) }
        },
        ConformanceCheck("WC026", "a timeout that is over is DEADLINE_EXCEEDED") { server in
            try await server.answers(.deadlineExceeded) { peer in try await peer.request(1, server.method, timeout: -1) }
        },
        ConformanceCheck("WC027", "a length whose first byte is not zero ends the connection") { server in
            try await server.connected { peer in
                try await peer.send([1, 0, 0, 0, 0, 0, 0, 1, 1, 0])
                try await peer.expectClose()
            }
        },
        ConformanceCheck("WC028", "a connection that its client ends inside a frame is closed, and no other") { server in
            try await server.connected { peer in
                try await peer.send([0, 0, 0, 50, 0, 0, 0, 1, 1, 0, 1, 2])
                try await peer.finish()
                try await peer.expectClose()
            }
            try await server.stillServes { _ in }
        },
        ConformanceCheck("WC029", "an envelope whose service is not UTF-8 is INVALID_ARGUMENT") { server in
            try await server.answers(.invalidArgument) { peer in try await peer.send(1, .request, [], [0x0A, 1, 0xFF]) }
        },
    ]

    /// A field of five bytes, of which there is one.
    static let truncatedMessage: [UInt8] = [0x0A, 5, 1]

    /// Payload of a frame, envelope included, that a server takes unless it is configured otherwise.
    static let longestPayload = 4 << 20

    /// Calls that run on a connection, unless the server is configured otherwise.
    private static let mostCalls: UInt32 = 256

    static let limits = [
        ConformanceCheck("WC040", "a payload of 4 MiB is taken") { server in
            try await server.connected { peer in
                var envelope = RequestEnvelope(method: server.method, payload: []).encoded()
                // An unknown field of as many bytes as are missing, whose length takes four of them.
                let missing = longestPayload - envelope.count - 6
                envelope += [0xC2, 0x3E] + [0, 7, 14, 21].map { UInt8(missing >> $0 & 0x7F) | ($0 < 21 ? 0x80 : 0) }
                try await peer.send(1, .request, [], envelope + [UInt8](repeating: 0, count: missing))
                try await peer.expect(.ok, on: 1)
            }
        },
        ConformanceCheck("WC041", "a longer one is RESOURCE_EXHAUSTED, and refused") { server in
            try await server.answers(.resourceExhausted, isRefused: true) { peer in
                try await peer.send(1, .request, [], [UInt8](repeating: 0, count: longestPayload + 1))
            }
        },
        ConformanceCheck("WC042", "metadata within 16 KiB is taken") { server in
            try await server.connected { peer in
                try await peer.request(1, server.method, metadata: filler(16 << 10))
                try await peer.expect(.ok, on: 1)
            }
        },
        ConformanceCheck("WC043", "more metadata is RESOURCE_EXHAUSTED, and refused") { server in
            try await server.answers(.resourceExhausted, isRefused: true) { peer in
                try await peer.request(1, server.method, metadata: filler(16 << 10 | 1))
            }
        },
        sampling("WC044", "256 calls may run on a connection, and one more is RESOURCE_EXHAUSTED, and refused") { server in
            var waiting = InteropSample()
            waiting.flag = true
            try await server.connected { peer in
                for place in 0..<mostCalls {
                    try await peer.request(place * 2 + 1, ConformanceSubject.samples("Get"), waiting.bytes)
                }
                try await peer.request(mostCalls * 2 + 1, server.method)
                try await peer.expect(.resourceExhausted, on: mostCalls * 2 + 1, isRefused: true)
            }
        },
    ]

    /// One pair that counts for so many bytes.
    private static func filler(_ count: Int) -> Metadata {
        Metadata([("x-filler", String(repeating: "x", count: count - 32 - "x-filler".utf8.count))])
    }
}
