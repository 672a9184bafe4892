private import Glibc
private import Synchronization

/// Which of an event loop's threads waits for its sockets: the one that leads.
///
/// The leader runs tasks too, and a task may take long. So that no socket waits for it, another thread stands by, looks at the leader
/// every now and then, and takes the lead when one task has kept it for longer than ``patience``. The leader learns of it when the task
/// ends.
final class Leadership: Sendable {
    /// How long one task may keep the leader from its sockets, in nanoseconds.
    static let patience: UInt64 = 2_000_000

    /// When the leader began the task that it runs; zero while it runs none.
    private let runningSince = Atomic<UInt64>(0)
    /// When a leader last began a task.
    private let lastBeginning = Atomic<UInt64>(0)

    /// Nanoseconds of a clock that never goes back, at which a leader began a task. No two are the same: reading the clock takes longer
    /// than a nanosecond, and who takes the lead begins later than who had it.
    struct Mark: Equatable, Sendable {
        fileprivate let nanoseconds: UInt64

        static var now: Mark {
            var time = timespec()
            clock_gettime(CLOCK_MONOTONIC, &time)
            return Mark(nanoseconds: UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec))
        }

        func advanced(by nanoseconds: UInt64) -> Mark { Mark(nanoseconds: self.nanoseconds + nanoseconds) }

        func isLaterThan(_ other: Mark, by nanoseconds: UInt64) -> Bool {
            self.nanoseconds > other.nanoseconds + nanoseconds
        }
    }

    /// The leader begins a task now.
    func begin(_ mark: Mark) {
        lastBeginning.store(mark.nanoseconds, ordering: .relaxed)
        runningSince.store(mark.nanoseconds, ordering: .sequentiallyConsistent)
    }

    /// The task that began at `mark` has ended.
    ///
    /// - Returns: whether who ran it still leads.
    func end(_ mark: Mark) -> Bool {
        runningSince.compareExchange(expected: mark.nanoseconds, desired: 0, ordering: .acquiringAndReleasing).exchanged
    }

    /// Takes the lead if the leader has been running one task for too long.
    func takeOver(_ now: Mark) -> Bool {
        let since = runningSince.load(ordering: .sequentiallyConsistent)
        guard since != 0, now.isLaterThan(Mark(nanoseconds: since), by: Self.patience) else { return false }
        return runningSince.compareExchange(expected: since, desired: 0, ordering: .acquiringAndReleasing).exchanged
    }

    /// Changes whenever a leader begins a task.
    var activity: UInt64 { lastBeginning.load(ordering: .relaxed) }

    /// Whether the leader is running a task.
    var isRunningTask: Bool { runningSince.load(ordering: .sequentiallyConsistent) != 0 }
}
