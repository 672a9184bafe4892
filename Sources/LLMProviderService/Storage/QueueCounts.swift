import Synchronization

/// How many requests had no end when they were last counted one by one, for a bound of how many have none now that takes no counting.
///
/// Jobs have rising numbers: what has come since is at most as many as the newest job's number has grown by, however old the others are.
final class QueueCounts: Sendable {
    private struct Count {
        let waiting: Int64
        let newest: Int64
    }

    /// Tenants that are remembered; with more of them all are forgotten, and counted again.
    static let mostTenants = 1000

    private let counts = Mutex<[String?: Count]>([:])

    /// How many have no end at most; nil where they were not counted.
    ///
    /// - Parameters:
    ///   - tenant: nil for all.
    ///   - newest: number of the newest job that has no end now.
    func most(of tenant: String?, newest: Int64) -> Int64? {
        // Those that were being taken on while they were counted, with numbers from before, were not seen.
        counts.withLock { $0[tenant] }.map { $0.waiting + max(0, newest - $0.newest) + QueueBounds.mostAtOnce }
    }

    /// - Parameter newest: number of the newest job before they were counted.
    func note(_ waiting: Int64, of tenant: String?, newest: Int64) {
        counts.withLock {
            if $0.count > Self.mostTenants { $0 = [:] }
            $0[tenant] = Count(waiting: waiting, newest: newest)
        }
    }
}
