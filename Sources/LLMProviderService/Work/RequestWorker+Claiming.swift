import JobQueue
import Logging
import Postgres

extension RequestWorker {
    /// Claims requests of all that wait in fair shares.
    ///
    /// - Parameters:
    ///   - limit: most requests.
    ///   - rooms: most requests of each provider.
    func claim(_ limit: Int, of rooms: [String: Int], _ state: inout Search.State) async throws -> [ClaimedRequest] {
        var rooms = rooms
        var claims: [ClaimedRequest] = []
        do {
            var isFresh = false
            while claims.count < limit {
                if !isFresh, state.flows.isEmpty || state.lookAt <= .now {
                    try await lookForFlows(&state)
                    isFresh = true
                }
                let shares = divide(limit - claims.count, of: rooms, &state)
                guard !shares.isEmpty else {
                    guard !isFresh else { break }
                    state.flows = []
                    continue
                }
                claims += try await claim(shares, &rooms, &state)
            }
        } catch {
            // What is claimed already goes on; the next search meets the same error.
            guard !claims.isEmpty else { throw error }
        }
        return claims
    }

    private func lookForFlows(_ state: inout Search.State) async throws {
        state.flows = try await store.flows(search: &state.kinds).filter { !$0.isByBatch }
        state.lookAt = .now + configuration.flowInterval
    }

    /// Places of each flow, as many in all as there are at most.
    private func divide(_ limit: Int, of rooms: [String: Int], _ state: inout Search.State) -> [RequestFlow: Int] {
        var left = limit
        var shares: [RequestFlow: Int] = [:]
        // In a random order, so that a provider with many requests does not for ever come before another.
        for (provider, room) in rooms.filter({ $0.value > 0 }).shuffled() {
            let flows = state.flows.filter { $0.provider == provider }
            let share = state.shares[provider, default: FairShare()].divide(min(room, left), among: flows)
            left -= share.values.reduce(0, +)
            shares.merge(share) { $1 }
        }
        return shares
    }

    private func claim(
        _ shares: [RequestFlow: Int], _ rooms: inout [String: Int], _ state: inout Search.State
    ) async throws -> [ClaimedRequest] {
        let (claims, freezes) = try await store.claim(
            shares, leaseSeconds: configuration.leaseSeconds, lowWater: &state.lowWater)
        for claim in claims { held.add(claim) }
        await keep(to: freezes)
        let counts = claims.reduce(into: [String: Int]()) { $0[$1.job?.kind ?? "", default: 0] += 1 }
        for (flow, share) in shares {
            let count = counts[flow.kind] ?? 0
            rooms[flow.provider, default: 0] -= count
            // It has no more; the others have its places.
            if count < share { state.flows.removeAll { $0 == flow } }
        }
        return claims
    }

    /// Keeps to freezes that other processes may have put on record, and gives back what waits in vain because of them.
    func keep(to freezes: [LaneID: LaneFreeze]) async {
        await putBack(lanes.keep(to: freezes))
    }

    /// Ends requests whose time is over and that nobody holds.
    ///
    /// - Parameter time: within which it ended; nil for any time.
    /// - Returns: how many.
    func expireOverdue(within time: Duration?) async -> Int {
        let expired: [RequestStore.Withdrawal]
        do {
            expired =
                try await store.withdrawSome(.overdue(within: time), besides: held.all) { [parser] in
                    RequestStore.Withdrawal(of: $0, because: .expired, parser: parser)
                } ?? []
        } catch {
            // Requests whose time is not over do not wait for those whose time is.
            logger.warning("requests whose time is over not ended", metadata: ["reason": "\(error)"])
            return 0
        }
        guard !expired.isEmpty else { return 0 }
        expired.forEach { metrics.requests.ended($0) }
        events.ring()
        logger.warning("requests ended without an answer in their time", metadata: ["requests": "\(expired.count)"])
        return expired.count
    }
}
