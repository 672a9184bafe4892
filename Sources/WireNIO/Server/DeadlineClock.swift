import NIOCore
import Wire

/// One clock for the deadlines of all calls of a connection: most calls end before theirs, and a clock for each is set and stopped for nothing.
struct DeadlineClock {
    /// When it rings.
    private(set) var due: NIODeadline?
    private var ringing: Scheduled<Void>?

    /// Has it ring at a deadline, unless it rings before that anyway.
    mutating func set(
        to deadline: NIODeadline, on eventLoop: NIOIsolatedEventLoop, ring: @escaping () -> Void
    ) {
        if let due, due <= deadline { return }
        ringing?.cancel()
        due = deadline
        ringing = eventLoop.scheduleTask(deadline: deadline, ring)
    }

    /// It has rung, or is needed no longer.
    mutating func stop() {
        ringing?.cancel()
        (ringing, due) = (nil, nil)
    }
}
