private import CPacketSocket
import Foundation
import Synchronization

/// Wakes whoever waits for packets, to stop.
final class StopSignal: Sendable {
    /// Can be read once it is time to stop, and ever after.
    let descriptor: Int32
    private let state = Atomic(false)

    /// Whether it is time to stop.
    var isRaised: Bool { state.load(ordering: .acquiring) }

    init() throws {
        descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard descriptor >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EMFILE) }
    }

    deinit { close(descriptor) }

    func raise() {
        state.store(true, ordering: .releasing)
        eventfd_write(descriptor, 1)
    }
}
