import Wire
import WireDump

// What every caller relies on, and what a server makes of what it does not know.
extension ConformanceCheck {
    static let calls = [
        ConformanceCheck("WC001", "a call is answered on its stream, in a frame without flags") { server in
            try await server.connected { peer in
                try await peer.request(1, server.method)
                try await peer.expect(.ok, on: 1)
            }
        },
        ConformanceCheck("WC002", "calls that run at the same time are each answered once") { server in
            try await server.connected { peer in
                let streams = (0..<20).map { UInt32($0 * 2 + 1) }
                for stream in streams { try await peer.request(stream, server.method) }
                var open = Set(streams)
                for _ in streams {
                    let frame = try await peer.next("an answer on each of 20 streams")
                    guard frame.type == .response, open.remove(frame.stream.rawValue) != nil else {
                        throw ConformanceFault(expected: "an answer on each of 20 streams", got: frame.told)
                    }
                }
                try await peer.request(101, server.method)
                try await peer.expect(.ok, on: 101)
            }
        },
        ConformanceCheck("WC003", "a request is taken in whatever pieces it arrives") { server in
            try await server.connected { peer in
                let envelope = RequestEnvelope(method: server.method, payload: []).encoded()
                let frame = Frame(stream: StreamID(rawValue: 1), type: .request, payload: envelope)
                for byte in frame.encoded() { try await peer.send([byte]) }
                try await peer.expect(.ok, on: 1)
            }
        },
        ConformanceCheck("WC004", "a stream below an earlier one is served, as clients are that write out of order") { server in
            try await server.connected { peer in
                try await peer.request(7, server.method)
                try await peer.expect(.ok, on: 7)
                try await peer.request(3, server.method)
                try await peer.expect(.ok, on: 3)
            }
        },
        ConformanceCheck("WC005", "a stream that has ended may be taken again") { server in
            try await server.connected { peer in
                for _ in 0..<2 {
                    try await peer.request(1, server.method)
                    try await peer.expect(.ok, on: 1)
                }
            }
        },
        ConformanceCheck("WC006", "frames of unknown types are ignored") { server in
            try await server.stillServes { peer in
                try await peer.send(0xFFFF_FFFF, FrameType(rawValue: 0x81), [], [1, 2, 3])
                try await peer.send(5, FrameType(rawValue: 9), [], [1])
            }
        },
        ConformanceCheck("WC007", "a response from a client is ignored") { server in
            try await server.stillServes { peer in try await peer.send(1, .response, [], [0x12, 0]) }
        },
        ConformanceCheck("WC008", "unknown flags of a request are ignored") { server in
            try await server.connected { peer in
                try await peer.request(1, server.method, flags: FrameFlags(rawValue: 0xF8))
                try await peer.expect(.ok, on: 1)
            }
        },
        ConformanceCheck("WC009", "unknown fields of a request's envelope are stepped over") { server in
            try await server.connected { peer in
                let envelope = RequestEnvelope(method: server.method, payload: []).encoded()
                try await peer.send(1, .request, [], envelope + [0xC2, 0x3E, 1, 0])
                try await peer.expect(.ok, on: 1)
            }
        },
        ConformanceCheck("WC010", "data for a call that has ended is ignored") { server in
            try await server.connected { peer in
                try await peer.request(1, server.method)
                try await peer.expect(.ok, on: 1)
                try await peer.send(1, .data, [], [1])
                try await peer.send(1, .data, [.remoteClosed, .noData])
                try await peer.request(3, server.method)
                try await peer.expect(.ok, on: 3)
            }
        },
        ConformanceCheck("WC011", "a unary method is served whatever the flags") { server in
            try await server.connected { peer in
                for flags in [1, 2, 3, 4, 7] as [UInt8] {
                    let stream = UInt32(flags) * 2 + 1
                    try await peer.request(stream, server.method, flags: FrameFlags(rawValue: flags))
                    try await peer.expect(.ok, on: stream)
                }
            }
        },
        ConformanceCheck("WC012", "unknown fields of a message are stepped over") { server in
            try await server.connected { peer in
                try await peer.request(1, server.method, [0xC2, 0x3E, 1, 0])
                try await peer.expect(.ok, on: 1)
            }
        },
    ]
}

extension ConformanceSubject {
    /// Expects that the server says nothing to what is said to it, and answers a call afterwards.
    func stillServes(_ body: (RawConnection) async throws -> Void) async throws {
        try await connected { peer in
            try await body(peer)
            try await peer.request(101, method)
            try await peer.expect(.ok, on: 101)
        }
    }

    /// Expects a status, and that the connection can be used afterwards.
    func answers(
        _ code: StatusCode, on stream: UInt32 = 1, isRefused: Bool? = nil, _ body: (RawConnection) async throws -> Void
    ) async throws {
        try await connected { peer in
            try await body(peer)
            try await peer.expect(code, on: stream, isRefused: isRefused)
            try await peer.request(101, method)
            try await peer.expect(.ok, on: 101)
        }
    }
}
