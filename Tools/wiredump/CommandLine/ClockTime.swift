import Foundation

/// The time of captures: nanoseconds since the beginning of 1970.
enum ClockTime {
    static var now: UInt64 {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return UInt64(now.tv_sec) * 1_000_000_000 + UInt64(now.tv_nsec)
    }
}
