import Synchronization

/// Tenants of which nothing is handed over for a while: the provider service has said when to come again.
package final class TenantPauses: Sendable {
    private let ends = Mutex<[String: ContinuousClock.Instant]>([:])
    private let now: @Sendable () -> ContinuousClock.Instant

    package init(now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.now = now
    }

    /// Tenants whose pauses are not over; the others are forgotten.
    package var tenants: Set<String> {
        let now = now()
        return ends.withLock { ends in
            ends = ends.filter { $0.value > now }
            return Set(ends.keys)
        }
    }

    /// Begins a pause; a longer one stays.
    package func begin(_ tenant: String, for pause: Duration) {
        let end = now() + pause
        ends.withLock { $0[tenant] = max($0[tenant] ?? end, end) }
    }
}
