import Dispatch
import Foundation
import Synchronization
import WireDump

/// Takes packets out of a ring as they come, on a thread of its own, for whoever tells of them to ask for when there is time.
///
/// The kernel passes on a block after a moment however little is in it, so that few packets would fill the ring while a reader of the
/// output pauses. Here they wait by their bytes. When those are as many as may wait, the rest waits in the ring, and what finds no room
/// there is dropped by the kernel, and counted.
///
/// The ring and what belongs to it are touched by the thread alone.
final class RingReader: @unchecked Sendable {
    /// Bytes of packets that wait at most, but that the last block may go beyond it; each packet counts with what keeping it takes.
    static let mostWaitingBytes = 32 << 20
    private static let bytesBesidePacket = 128
    /// Packets that are given out at once, so that telling of many does not take long.
    private static let piecePackets = 4096

    private struct State {
        var waiting: [CapturedPacket] = []
        var waitingBytes = 0
        var end: End?
        var asking: CheckedContinuation<Void, Never>?
        var hasLeft = false
    }

    /// How the thread ended.
    struct End {
        var fault: CaptureError?
        /// Packets that came and had no room.
        var droppedPackets: Int
    }

    private let signal: StopSignal
    private let state = Mutex(State())
    /// Raised when there is room again.
    private let room = DispatchSemaphore(value: 0)
    private var ring: PacketRing
    private var hasStopped = false
    /// Blocks that may still be read once it has stopped: those that there were.
    private var lastBlocks = PacketRing.blocks
    private var fault: CaptureError?

    /// Begins to capture.
    ///
    /// - Throws: ``CaptureError`` where the right to it is missing, or the kernel refuses it.
    init(_ interface: NetworkInterface, _ filter: PacketFilter, until signal: StopSignal) throws(CaptureError) {
        self.signal = signal
        ring = try PacketRing(interface, filter)
    }

    func start() {
        Thread { self.run() }.start()
    }

    // MARK: - Who tells of them

    /// The packets that wait, once there are any; none when it has ended.
    func next() async -> [CapturedPacket] {
        await withCheckedContinuation { continuation in
            let isReady = state.withLock { state in
                guard state.waiting.isEmpty, state.end == nil else { return true }
                state.asking = continuation
                return false
            }
            if isReady { continuation.resume() }
        }
        let packets = state.withLock { state in
            let piece = Array(state.waiting.prefix(Self.piecePackets))
            state.waiting.removeFirst(piece.count)
            state.waitingBytes -= Self.bytes(piece)
            return piece
        }
        room.signal()
        return packets
    }

    /// Whether nothing waits.
    var isEmpty: Bool { state.withLock { $0.waiting.isEmpty } }

    /// Has the thread end, whatever still waits, and says how it ended.
    func end() async -> End {
        state.withLock { $0.hasLeft = true }
        signal.raise()
        room.signal()
        while true {
            if let end = state.withLock({ $0.end }) { return end }
            _ = await next()
        }
    }

    // MARK: - The thread

    private func run() {
        while true {
            while !hasLeft, isFull { room.wait() }
            // Asked each time: where more comes than is read, nothing is ever waited for.
            hasStopped = hasStopped || signal.isRaised
            if hasStopped {
                guard lastBlocks > 0, !hasLeft else { break }
                lastBlocks -= 1
            }
            if let packets = ring.next() {
                pass(packets)
            } else if !wait() {
                break
            }
        }
        let end = End(fault: fault, droppedPackets: ring.socket.droppedPackets())
        let asking = state.withLock { state in
            state.end = end
            return state.asking.take()
        }
        asking?.resume()
    }

    private var hasLeft: Bool { state.withLock { $0.hasLeft } }
    private var isFull: Bool { state.withLock { $0.waitingBytes >= Self.mostWaitingBytes } }

    private func pass(_ packets: [CapturedPacket]) {
        let bytes = Self.bytes(packets)
        let asking = state.withLock { state -> CheckedContinuation<Void, Never>? in
            state.waiting += packets
            state.waitingBytes += bytes
            return state.waiting.isEmpty ? nil : state.asking.take()
        }
        asking?.resume()
    }

    /// Waits for the next block, and once it is time to stop for the last ones alone.
    ///
    /// - Returns: whether something may have come.
    private func wait() -> Bool {
        var places = [
            pollfd(fd: ring.socket.descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: hasStopped ? -1 : signal.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        let count = poll(&places, 2, hasStopped ? 4 * PacketRing.blockMilliseconds : -1)
        if places[0].revents & Int16(POLLERR) != 0 {
            let code = ring.socket.fault()
            if code != 0 {
                fault = CaptureError(description: Self.text(code))
                hasStopped = true
            }
        }
        // A poll that was interrupted is made again.
        return count != 0
    }

    private static func bytes(_ packets: [CapturedPacket]) -> Int {
        packets.reduce(0) { $0 + $1.bytes.count + bytesBesidePacket }
    }

    private static func text(_ code: Int32) -> String {
        code == ENETDOWN ? "the interface is down" : String(cString: strerror(code))
    }
}
