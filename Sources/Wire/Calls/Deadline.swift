/// The instant at which a caller stops waiting.
///
/// Only deadlines travel through code; a timeout becomes one at the edge, so that time spent in one layer is not given again to the next.
public struct Deadline: Sendable, Hashable, Comparable {
    public let instant: ContinuousClock.Instant

    public init(at instant: ContinuousClock.Instant) {
        self.instant = instant
    }

    /// The deadline that lies `timeout` after now.
    public static func after(_ timeout: Duration) -> Deadline {
        Deadline(at: .now + timeout)
    }

    /// What is left; zero once the deadline has passed.
    public var remaining: Duration {
        max(.zero, ContinuousClock.now.duration(to: instant))
    }

    public var hasPassed: Bool { remaining == .zero }

    public static func < (left: Deadline, right: Deadline) -> Bool { left.instant < right.instant }
}
