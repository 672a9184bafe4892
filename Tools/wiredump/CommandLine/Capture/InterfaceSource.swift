import Dispatch
import Foundation
import WireDump

/// What an interface carries, until it is time to stop or enough has come.
final class InterfaceSource: PacketSource {
    /// How much is captured.
    struct Limits {
        var packets = Int.max
        /// Bytes of packets, as they are captured; the packet that reaches it is the last.
        var bytes = Int.max
    }

    private let limits: Limits
    private let signal: StopSignal
    private let queue = DispatchQueue(label: "wiredump.capture")
    private var ring: PacketRing
    private var hasStopped = false
    /// Blocks that may still be read once it has stopped: those that there were.
    private var lastBlocks = PacketRing.blocks
    private var fault: CaptureError?
    private(set) var packets = 0
    private(set) var bytes = 0

    /// Begins to capture.
    ///
    /// - Throws: ``CaptureError`` where the right to it is missing, or the kernel refuses it.
    init(_ interface: NetworkInterface, _ filter: PacketFilter, limits: Limits, until signal: StopSignal) throws(CaptureError) {
        self.limits = limits
        self.signal = signal
        ring = try PacketRing(interface, filter)
    }

    /// - Throws: ``CaptureError`` when the interface goes down, after the packets before that.
    func next() async throws -> PacketPiece? {
        while true {
            guard packets < limits.packets, bytes < limits.bytes else { return nil }
            // Asked each time: where more comes than is read, nothing is ever waited for.
            hasStopped = hasStopped || signal.isRaised
            if hasStopped {
                guard lastBlocks > 0 else { return try end() }
                lastBlocks -= 1
            }
            if let packets = ring.next() {
                let taken = take(packets)
                return PacketPiece(packets: taken, isAllForNow: !ring.isReady)
            }
            guard await wait() else { return try end() }
        }
    }

    private func end() throws(CaptureError) -> PacketPiece? {
        if let fault { throw fault }
        return nil
    }

    /// Packets that came and had no room, since it was last asked.
    func droppedPackets() -> Int { ring.socket.droppedPackets() }

    private func take(_ packets: [CapturedPacket]) -> [CapturedPacket] {
        var count = 0
        for packet in packets where self.packets < limits.packets && bytes < limits.bytes {
            count += 1
            self.packets += 1
            bytes += packet.bytes.count
        }
        return Array(packets.prefix(count))
    }

    /// Waits for the next block, and once it is time to stop for the last ones alone.
    ///
    /// - Returns: whether something may have come.
    private func wait() async -> Bool {
        let milliseconds = hasStopped ? 4 * PacketRing.blockMilliseconds : -1
        let (capture, stop) = (ring.socket.descriptor, hasStopped ? -1 : signal.descriptor)
        // Waiting has no place on the threads of tasks.
        let ready = await withCheckedContinuation { continuation in
            queue.async {
                var places = [
                    pollfd(fd: capture, events: Int16(POLLIN), revents: 0), pollfd(fd: stop, events: Int16(POLLIN), revents: 0),
                ]
                let count = poll(&places, 2, milliseconds)
                continuation.resume(returning: (count, places[0].revents))
            }
        }
        if ready.1 & Int16(POLLERR) != 0 {
            let code = ring.socket.fault()
            if code != 0 {
                fault = CaptureError(description: Self.text(code))
                hasStopped = true
            }
        }
        // A poll that was interrupted is made again.
        return ready.0 != 0
    }

    private static func text(_ code: Int32) -> String {
        code == ENETDOWN ? "the interface is down" : String(cString: strerror(code))
    }
}
