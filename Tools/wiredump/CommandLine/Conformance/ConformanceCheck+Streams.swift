import Wire
import WireDump

// Streams, by that of a server's health.
extension ConformanceCheck {
    private static let watch = ConformanceSubject.watch

    static let streams = [
        watching("WC060", "a stream of answers begins with data") { _, peer in
            try await peer.request(1, watch, flags: .remoteClosed)
            try await peer.expectMessage(on: 1)
        },
        watching("WC061", "a stream that is asked for as a unary call is INVALID_ARGUMENT, and refused") { _, peer in
            try await peer.request(1, watch)
            try await peer.expect(.invalidArgument, on: 1, isRefused: true)
        },
        watching("WC062", "a stream ends with DEADLINE_EXCEEDED when its time is over") { _, peer in
            try await peer.request(1, watch, flags: .remoteClosed, timeout: 300_000_000)
            try await peer.expectMessage(on: 1)
            try await peer.expect(.deadlineExceeded, on: 1)
        },
        watching("WC063", "calls are answered beside a stream") { server, peer in
            try await peer.request(1, watch, flags: .remoteClosed)
            try await peer.expectMessage(on: 1)
            try await peer.request(3, server.method)
            try await peer.expect(.ok, on: 3)
        },
        watching("WC064", "a request on a stream that runs is INVALID_ARGUMENT, and what runs goes on") { server, peer in
            try await peer.request(1, watch, flags: .remoteClosed, timeout: 1_000_000_000)
            try await peer.expectMessage(on: 1)
            try await peer.request(1, server.method)
            try await peer.expect(.invalidArgument, on: 1)
            try await peer.expect(.deadlineExceeded, on: 1)
        },
        watching("WC065", "data from a client that has said that it sends no more is ignored") { server, peer in
            try await peer.request(1, watch, flags: .remoteClosed)
            try await peer.expectMessage(on: 1)
            try await peer.send(1, .data, [], [1])
            try await peer.request(3, server.method)
            try await peer.expect(.ok, on: 3)
        },
    ]

    private static func watching(
        _ id: String, _ claim: String,
        _ run: @escaping @Sendable (ConformanceSubject, RawConnection) async throws -> Void
    ) -> ConformanceCheck {
        ConformanceCheck(id, claim) { server in
            try await server.need(watch)
            try await server.connected { peer in try await run(server, peer) }
        }
    }
}
