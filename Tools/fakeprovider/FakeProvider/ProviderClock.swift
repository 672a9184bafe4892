internal import Glibc
internal import Synchronization

/// Where the fake provider learns what time it is.
public struct ProviderClock: Sendable {
    /// Nanoseconds since the beginning of 1970, UTC.
    public var now: @Sendable () -> Int64

    /// Creates a clock from a function that never goes back.
    public init(now: @escaping @Sendable () -> Int64) {
        self.now = now
    }

    /// The time of day of this machine.
    public static let system = ProviderClock {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}

/// A clock that stands still until it is told to move.
public final class ManualClock: Sendable {
    private let time: Mutex<Int64>

    /// Creates a clock that shows `start` nanoseconds since 1970; by default 2026-01-01T00:00:00Z.
    public init(start: Int64 = 1_767_225_600_000_000_000) {
        time = Mutex(start)
    }

    /// Moves the clock on.
    public func advance(by duration: Duration) {
        time.withLock { $0 += duration.nanoseconds }
    }

    /// The view of this clock that a configuration takes.
    public var clock: ProviderClock {
        ProviderClock { [self] in time.withLock { $0 } }
    }
}

extension Duration {
    /// Whole nanoseconds, cut off.
    var nanoseconds: Int64 {
        components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
    }
}
