import ChaosProxy
import Foundation
import Synchronization
import WireDump

/// Carries what passes through a proxy to whoever tells of it, and never lets the proxy wait.
final class Tap: Sendable {
    /// Bytes that may wait to be told of.
    private static let mostWaiting = 64 << 20

    private struct State {
        var connections = LiveConnections()
        var waitingBytes = 0
        var missedBytes = 0
    }

    private let state = Mutex(State())
    private let continuation: AsyncStream<CapturedPacket>.Continuation

    private init(_ continuation: AsyncStream<CapturedPacket>.Continuation) {
        self.continuation = continuation
    }

    static func make() -> (Tap, AsyncStream<CapturedPacket>) {
        let (stream, continuation) = AsyncStream.makeStream(of: CapturedPacket.self)
        return (Tap(continuation), stream)
    }

    var waitingBytes: Int { state.withLock { $0.waitingBytes } }
    var missedBytes: Int { state.withLock { $0.missedBytes } }

    func see(_ number: Int, _ passage: Passage) {
        let time = ClockTime.now
        state.withLock { state in
            let packets =
                switch passage {
                case .opened(let client, let server):
                    state.connections.opened(number, client: Self.endpoint(client), server: Self.endpoint(server), at: time)
                case .bytes(let bytes, let direction):
                    state.connections.passed(number, bytes, from: direction == .upstream ? .client : .server, at: time)
                case .closed: state.connections.closed(number, at: time)
                }
            for packet in packets {
                guard state.waitingBytes + packet.bytes.count <= Self.mostWaiting else {
                    state.missedBytes += packet.bytes.count
                    continue
                }
                state.waitingBytes += packet.bytes.count
                continuation.yield(packet)
            }
        }
    }

    /// A packet does not wait any more.
    func took(_ packet: CapturedPacket) { state.withLock { $0.waitingBytes -= packet.bytes.count } }

    func finish() { continuation.finish() }

    private static func endpoint(_ peer: Passage.Peer?) -> Endpoint? {
        peer.map { Endpoint(address: $0.address, port: $0.port) }
    }
}
