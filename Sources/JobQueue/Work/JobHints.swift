public import Postgres

/// Tells workers, in this process at once and in others through the database, that there may be something to do.
///
/// One per process and queue. Workers look by themselves, too: a hint only makes them look sooner.
public final class JobHints: Sendable {
    let bell = Bell()
    private let notifier: Notifier
    private let listener: Listener

    /// - Parameter pool: through it is notified; the connection that listens is another.
    public init(_ queue: JobQueue, pool: Pool) {
        notifier = Notifier(pool: pool, channel: queue.channel)
        listener = Listener(pool: pool, channel: queue.channel)
    }

    /// Jobs were enqueued, and the unit of work has committed. Returns at once.
    public func enqueued() {
        bell.ring()
        notifier.notify()
    }

    /// Something else changed that workers here should look at, a kind that may be worked on again for example.
    public func look() {
        bell.ring()
    }

    /// Passes hints on, to other processes and from them, until cancelled.
    public func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.notifier.run() }
            group.addTask { await self.listener.run { [bell = self.bell] in bell.ring() } }
        }
    }
}
