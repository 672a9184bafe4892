internal import Logging

/// Notifies a channel, no more often than once per interval, however often it is asked to.
///
/// A transaction that notifies commits under a lock of the whole database, so this happens outside the units of work that give
/// cause for it, and many of them share one notification. The payload is empty: what there is to know is in the tables.
public final class Notifier: Sendable {
    private let pool: Pool
    private let channel: String
    private let interval: Duration
    private let rest: @Sendable (Duration) async throws -> Void
    private let asked = Bell()

    /// - Parameters:
    ///   - channel: at most 63 bytes.
    ///   - interval: the shortest time between two notifications.
    public convenience init(pool: Pool, channel: String, interval: Duration = .milliseconds(30)) {
        self.init(pool: pool, channel: channel, interval: interval) { try await Task.sleep(for: $0) }
    }

    init(
        pool: Pool, channel: String, interval: Duration, rest: @escaping @Sendable (Duration) async throws -> Void
    ) {
        precondition((1...63).contains(channel.utf8.count), "a channel's name has 1 to 63 bytes")
        self.pool = pool
        self.channel = channel
        self.interval = interval
        self.rest = rest
    }

    /// Asks for a notification: at once, or when the interval after the last one is over. Returns without waiting for it.
    ///
    /// Call it after the commit that it tells of.
    public func notify() {
        asked.ring()
    }

    /// Sends what is asked for until cancelled. A notification that can't be sent is dropped: those who listen look again by themselves
    /// when they are connected again.
    public func run() async {
        var answered: UInt64 = 0
        while !Task.isCancelled {
            let generation = asked.generation
            guard generation != answered else {
                await asked.wait(after: answered, upTo: .seconds(3600))
                continue
            }
            answered = generation
            do {
                // What is told has been committed already, and a hint that is lost with the server is not missed.
                try await pool.execute("SELECT set_config('synchronous_commit', 'off', true), pg_notify(\(channel), '')")
                try await rest(interval)
            } catch let error as PostgresError {
                pool.logger.debug("not notified", metadata: ["channel": "\(channel)", "reason": "\(error.message)"])
            } catch {
                return
            }
        }
    }
}
