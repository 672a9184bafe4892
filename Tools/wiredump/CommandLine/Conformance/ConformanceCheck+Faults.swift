import Wire

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
            try await server.answers(.invalidArgument) { peer in try await peer.send(1, .request, [], [0x0A, 5, 1]) }
        },
        ConformanceCheck("WC023", "a message that cannot be read is INVALID_ARGUMENT") { server in
            try await server.answers(.invalidArgument) { peer in try await peer.request(1, server.method, [0x0A, 5, 1]) }
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
        ConformanceCheck("WC028", "a connection that ends inside a frame harms no other") { server in
            try await server.connected { peer in try await peer.send([0, 0, 0, 50, 0, 0, 0, 1, 1, 0, 1, 2]) }
            try await server.stillServes { _ in }
        },
    ]

    /// Payload of a frame, envelope included, that a server takes unless it is configured otherwise.
    private static let longest = 4 << 20

    static let limits = [
        ConformanceCheck("WC040", "a payload of 4 MiB is taken") { server in
            try await server.connected { peer in
                var envelope = RequestEnvelope(method: server.method, payload: []).encoded()
                // An unknown field of as many bytes as are missing, whose length takes four of them.
                let missing = longest - envelope.count - 6
                envelope += [0xC2, 0x3E] + [0, 7, 14, 21].map { UInt8(missing >> $0 & 0x7F) | ($0 < 21 ? 0x80 : 0) }
                try await peer.send(1, .request, [], envelope + [UInt8](repeating: 0, count: missing))
                try await peer.expect(.ok, on: 1)
            }
        },
        ConformanceCheck("WC041", "a longer one is RESOURCE_EXHAUSTED, and refused") { server in
            try await server.answers(.resourceExhausted, isRefused: true) { peer in
                try await peer.send(1, .request, [], [UInt8](repeating: 0, count: longest + 1))
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
    ]

    /// One pair that counts for so many bytes.
    private static func filler(_ count: Int) -> Metadata {
        Metadata([("x-filler", String(repeating: "x", count: count - 32 - "x-filler".utf8.count))])
    }
}
