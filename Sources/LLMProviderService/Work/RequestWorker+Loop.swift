import Contracts
import JobQueue
import Logging
import Postgres
import ServiceKit
import Synchronization

extension RequestWorker {
    /// Works until cancelled. What was sent by then is waited for, within the grace period, so that no answer that is paid for is lost.
    func run() async throws {
        // A bridge: leases are renewed for as long as there are calls under way, beyond the end of the loop that started them.
        let leases = Task { try await RetryingLoop("leases", logger: logger).run { try await self.renew() } }
        defer { leases.cancel() }
        do {
            try await RetryingLoop("requests", logger: logger).run { try await self.claimAndStart() }
        } catch is CancellationError {
            // The end of the loop, not of what it started.
        }
        await finishStarted()
    }

    private func renew() async throws {
        try await store.renew(held.all, leaseSeconds: configuration.leaseSeconds)
        try await Task.sleep(for: configuration.heartbeat)
    }

    private func claimAndStart() async throws {
        let generation = work.generation
        var state = search.state
        defer { search.state = state }
        if state.rescueAt <= .now {
            if try await store.rescue(besides: held.all) > 0 { state.lowWater.reset() }
            state.rescueAt = .now + configuration.rescueInterval
        }
        if state.promoteAt <= .now { _ = try await promote(&state) }
        let room = configuration.maximumInFlight - held.count
        let claims = try await store.claim(
            limit: room, providers: lanes.open, leaseSeconds: configuration.leaseSeconds, lowWater: &state.lowWater)
        for claim in claims {
            held.add(claim)
            // The bridge that lets a call outlive the cancellation of the loop: a request that has been sent is paid for, and its
            // answer is written down even while the service ends. finishStarted() bounds how long.
            Task(executorPreference: Pool.taskExecutor) {
                await self.process(claim)
                self.held.remove(claim)
                self.work.ring()
            }
        }
        guard claims.count < room || room <= 0 else { return }
        // There is time: what waited may be due, and how long to wait depends on what is next.
        if room > 0, try await promote(&state) { return }
        let wait = ContinuousClock.now.duration(to: min(state.promoteAt, state.rescueAt))
        await work.wait(after: generation, upTo: wait)
    }

    /// - Returns: whether requests became ready.
    private func promote(_ state: inout Search.State) async throws -> Bool {
        let due = try await store.promote()
        state.promoteAt = .now + min(configuration.pollInterval, due.nextDue ?? configuration.pollInterval)
        if due.promoted > 0 { state.lowWater.reset() }
        return due.promoted > 0
    }

    private func finishStarted() async {
        let end = ContinuousClock.now + configuration.gracePeriod
        while held.count > 0, ContinuousClock.now < end {
            let generation = work.generation
            guard held.count > 0 else { return }
            // This task is cancelled already, so the wait is another's.
            await Task { await work.wait(after: generation, upTo: .milliseconds(100)) }.value
        }
    }
}
