import Postgres
import Synchronization

extension Lanes {
    /// Keeps to what vendors have asked of any process that has the same keys.
    ///
    /// - Returns: the requests that waited in vain, because their lanes stand still for longer.
    func keep(to freezes: [LaneID: LaneFreeze]) -> [PreparedRequest] {
        guard !freezes.isEmpty else { return [] }
        let accounts = Set(configuration.providers.map { LaneID.Account(provider: $0.name, credential: $0.credential) })
        // After the freezes were read, so that none ends too early here.
        let now = now()
        let (inVain, changes) = state.withLock { state in
            var inVain: [PreparedRequest] = []
            // What does not stand any more is nothing to remember.
            state.readFreezes = state.readFreezes.filter { freezes[$0.key] != nil }
            state.refusedOnRecord = state.refusedOnRecord.filter { $0.value > now }
            var stopped: Set<LaneID.Account> = []
            for (id, freeze) in freezes where accounts.contains(id.account) && !state.foreign.contains(id.provider) {
                guard freeze.end > state.readFreezes[id] ?? .min else { continue }
                state.readFreezes[id] = freeze.end
                // A process that found out by itself that a vendor fails speaks for itself alone.
                let reason = freeze.reason == .unavailable ? nil : freeze.reason
                inVain += state.table.stop(id, until: now + freeze.left, because: reason, at: now)
                state.refusedOnRecord[id] = max(state.refusedOnRecord[id] ?? .min, now + freeze.left)
                stopped.insert(id.account)
            }
            return (inVain, Self.changes(of: stopped, in: &state))
        }
        changes.forEach(observe)
        return inVain
    }

    /// Records with times that count from now.
    func fromNow(_ records: [LaneID: LaneRecord]) -> [LaneID: LaneRecord] {
        let now = now()
        return records.mapValues { $0.moved(by: -now) }
    }

    /// Notes that the vendor's refusals are on record for all processes.
    func noteOnRecord(_ refusals: [LaneID: LaneRecord]) {
        guard !refusals.isEmpty else { return }
        state.withLock { state in
            for (id, record) in refusals {
                state.refusedOnRecord[id] = max(state.refusedOnRecord[id] ?? .min, record.frozenUntil)
            }
        }
    }
}
