import Contracts
import EventLog
import Logging
import ServiceKit
import Synchronization

extension RequestWorker {
    /// Works until cancelled. What was sent by then is waited for, within the grace period, so that no answer that is paid for is lost.
    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await RetryingLoop("leases", logger: self.logger).run { try await self.renew() } }
            group.addTask { try await RetryingLoop("requests", logger: self.logger).run { try await self.claimAndStart() } }
            try await group.waitForAll()
        }
        await finishStarted()
    }

    private func renew() async throws {
        try await Task.sleep(for: configuration.heartbeat)
        try await store.renew(held.all, leaseSeconds: configuration.leaseSeconds)
    }

    private func claimAndStart() async throws {
        let generation = work.generation
        let room = configuration.maximumInFlight - held.count
        let claims =
            room > 0
            ? try await store.claim(limit: room, providers: lanes.open, leaseSeconds: configuration.leaseSeconds) : []
        for claim in claims {
            held.add(claim)
            // The bridge that lets a call outlive the cancellation of the loop: a request that has been sent is paid for, and its
            // answer is written down even while the service ends. finishStarted() bounds how long.
            Task {
                await self.finishing(claim)
                self.held.remove(claim)
                self.work.signal()
            }
        }
        guard claims.count < room || room <= 0 else { return }
        await work.wait(after: generation, upTo: configuration.pollInterval)
    }

    /// Processes a claim; a database that is away, or has no room, does not lose an answer that has been received while we live.
    private func finishing(_ claim: ClaimedRequest) async {
        do {
            try await process(claim)
        } catch {
            // The lease runs out and the request is made again; that is all that can be done once the service has ended.
            logger.error("result not stored", metadata: ["request": "\(claim.id)", "reason": "\(error)"])
        }
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
