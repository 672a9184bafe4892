private import CPostgres
private import Glibc
private import Synchronization

/// Keeps one of the threads that stand by awake for as long as tasks are run, and lets it sleep when there are none.
final class StandbyWatch: Sendable {
    /// Looks at an idle leader after which the watcher sleeps until it is woken.
    private static let quietLooks = 20

    private let eventDescriptor: Int32
    private let isAsleep = Atomic(false)
    /// Who has it watches; the others wait for their turn.
    private let place = Mutex(())

    init() {
        eventDescriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        precondition(eventDescriptor >= 0, "the process has no file descriptors left for its event loop")
    }

    /// Tells the watcher that the leader has begun a task.
    func wakeIfAsleep() {
        guard isAsleep.load(ordering: .sequentiallyConsistent), isAsleep.exchange(false, ordering: .acquiringAndReleasing) else {
            return
        }
        var one: UInt64 = 1
        // Fails only when the counter is at its maximum, and then the watcher has been woken anyway.
        _ = write(eventDescriptor, &one, 8)
    }

    /// Returns once the caller has taken the lead.
    func waitToLead(_ leadership: Leadership) {
        place.withLock { _ in
            var (activity, quietLooks) = (leadership.activity, 0)
            while !leadership.takeOver(.now) {
                quietLooks = leadership.activity == activity ? quietLooks + 1 : 0
                activity = leadership.activity
                if quietLooks < Self.quietLooks { wait(milliseconds: 1) } else { sleep(unless: leadership.isRunningTask) }
            }
        }
    }

    /// - Parameter isNeeded: looked at after the leader can see that this thread is asleep.
    private func sleep(unless isNeeded: @autoclosure () -> Bool) {
        isAsleep.store(true, ordering: .sequentiallyConsistent)
        wait(milliseconds: isNeeded() ? 1 : -1)
        isAsleep.store(false, ordering: .sequentiallyConsistent)
    }

    private func wait(milliseconds: Int32) {
        var descriptor = pollfd(fd: eventDescriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&descriptor, 1, milliseconds) == 1 else { return }
        var counter: UInt64 = 0
        _ = read(eventDescriptor, &counter, 8)
    }
}
