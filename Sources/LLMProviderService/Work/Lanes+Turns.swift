import Postgres
import Synchronization

extension Lanes {
    /// Lets requests be sent to a provider from now on.
    ///
    /// - Parameter records: what the processes before have left.
    func begin(_ provider: String, from records: [LaneID: LaneRecord]) {
        let now = now()
        state.withLock { state in
            state.foreign.remove(provider)
            state.table.resume(records.mapValues { $0.moved(by: now) }, of: provider, at: now)
            state.recorded = state.recorded.filter { $0.key.provider != provider }
            for (id, record) in state.table.records(of: provider) { state.recorded[id] = record }
            return Self.changes(of: Set(records.keys.map(\.account)), in: &state)
        }.forEach(observe)
        changed.ring()
    }

    /// Lets no more requests be sent to a provider.
    ///
    /// - Returns: those that waited.
    func end(_ provider: String) -> [PreparedRequest] {
        state.withLock { state in
            state.foreign.insert(provider)
            return state.table.removeWaiting(of: provider)
        }
    }

    /// What is to be put on record: lanes of which something has changed, with times that count from now.
    func takeUnrecorded() -> [LaneID: LaneRecord] {
        let now = now()
        return state.withLock { state in
            var changes: [LaneID: LaneRecord] = [:]
            for provider in configuration.providersInTurn where !state.foreign.contains(provider.name) {
                for (id, record) in state.table.records(of: provider.name) where state.recorded[id] != record {
                    state.recorded[id] = record
                    changes[id] = record.moved(by: -now)
                }
            }
            return changes
        }
    }

    /// Takes back that lanes are on record.
    func forget(_ records: [LaneID: LaneRecord]) {
        state.withLock { state in
            for id in records.keys { state.recorded[id] = nil }
        }
        unrecorded.ring()
    }
}
