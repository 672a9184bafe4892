import Contracts
import JobQueue
import Logging
import Postgres
import ServiceKit
import Synchronization
import Wire

extension RequestWorker {
    /// Works until cancelled. What was sent by then is waited for, within the grace period, so that no answer that is paid for is lost.
    func run() async throws {
        // A bridge: leases are renewed for as long as there are calls under way, beyond the end of the loop that started them.
        let leases = Task { try await RetryingLoop("leases", logger: logger).run { try await self.renew() } }
        defer { leases.cancel() }
        // Likewise: a turn lasts until what waits in the lanes has been put back.
        let turns = Task { await SendingTurns(of: self).run() }
        // Likewise: it ends when what waits in the lanes has been put back.
        let sending = Task { await sendWhatIsDue() }
        do {
            try await RetryingLoop("requests", logger: logger).run { try await self.claimAndStart() }
        } catch is CancellationError {
            // The end of the loop, not of what it started.
        }
        sending.cancel()
        await sending.value
        await putBack(lanes.removeWaiting(), now: true)
        turns.cancel()
        await turns.value
        await finishStarted()
    }

    /// Sends requests as their lanes admit them, until cancelled.
    private func sendWhatIsDue() async {
        while !Task.isCancelled {
            let generation = lanes.changed.generation
            let wait = sendDue()
            await lanes.changed.wait(after: generation, upTo: wait ?? configuration.heartbeat)
        }
    }

    /// Sends what may be sent now.
    ///
    /// - Returns: how long to wait for the next; nil for not before something changes.
    func sendDue() -> Duration? {
        let due = lanes.due()
        for request in due.requests {
            if let passage = request.request.passage {
                guard !passage.arrive(.due(request)) else { continue }
                let aftermath = lanes.finish(request, .unsent, usage: TokenUsage(), report: LimitReport())
                // A bridge: whoever sends does not wait for the database.
                if !aftermath.inVain.isEmpty { Task { await putBack(aftermath.inVain) } }
            } else {
                // The bridge that lets a call outlive the cancellation of the loop: a request that has been sent is paid for, and its
                // answer is written down even while the service ends. finishStarted() bounds how long.
                start(request.request.claim) { await process(request) }
            }
        }
        // What one of them keeps back leaves room for others.
        if !due.requests.isEmpty, lanes.keptBackCount > 0 { work.ring() }
        return due.wait
    }

    private func start(_ claim: ClaimedRequest, _ body: @escaping @Sendable () async -> Void) {
        Task(executorPreference: Pool.taskExecutor) {
            await body()
            held.remove(claim)
            work.ring()
        }
    }

    /// Gives requests that wait in vain back to the queue, as if they had not been claimed, and those that are passed on to their callers.
    ///
    /// - Parameter now: whether others may claim them at once; otherwise they wait until their lanes go on.
    func putBack(_ requests: [PreparedRequest], now: Bool = false) async {
        for request in requests {
            let pause = lanes.pause(of: request.lane)
            if let passage = request.passage {
                _ = passage.arrive(.refused(after: pause))
            } else {
                await putBack(request.claim, after: now ? .zero : pause)
            }
        }
    }

    /// Gives a request back to the queue as if it had not been claimed.
    func putBack(_ claim: ClaimedRequest, after pause: Duration) async {
        defer { held.remove(claim) }
        do {
            try await store.putBack(claim, after: pause)
        } catch {
            // Not held any more, it is made ready with the next search for what was left behind.
            logger.warning("request not put back", metadata: ["request": "\(claim.id)", "reason": "\(error)"])
        }
    }

    private func renew() async throws {
        try await store.renew(held.all, leaseSeconds: configuration.leaseSeconds)
        try await Task.sleep(for: configuration.heartbeat)
    }

    private func claimAndStart() async throws {
        let generation = work.generation
        var state = search.state
        defer { search.state = state }
        if !state.isReserveRestored {
            try await store.restoreReserve()
            state.isReserveRestored = true
        }
        if state.rescueAt <= .now {
            let rescued = try await store.rescue(besides: held.all)
            metrics.requests.tookUp(rescued)
            if rescued > 0 { state.lowWater.reset() }
            // A few at a time, so that there is always room for claims between them.
            let isFullSweep = state.sweepAt <= .now
            let hasMore =
                await expireOverdue(within: isFullSweep ? nil : Search.sweepInterval) == Int(RequestStore.withdrawnAtOnce)
            if isFullSweep, !hasMore { state.sweepAt = .now + Search.sweepInterval }
            state.rescueAt = hasMore ? .now : .now + configuration.rescueInterval
        }
        if state.promoteAt <= .now { _ = try await promote(&state) }
        // What waits here was claimed before, and asks no more before it is sent.
        if lanes.hasWaitingBesideOthers, state.freezesAt <= .now {
            await keep(to: try await store.freezes())
            state.freezesAt = .now + configuration.pollInterval
        }
        // Those that wait for the answer to another leave their places to requests that need not.
        let free = configuration.maximumInFlight - held.count + lanes.keptBackCount
        let rooms = lanes.rooms(limit: free)
        let room = min(free, rooms.values.reduce(0, +))
        let claims = try await claim(room, of: rooms, &state)
        // Together, so that how many of them wait here does not depend on how soon the first is sent.
        for refused in lanes.enter(claims.compactMap(prepared)) { await putBack(refused.request.claim, after: refused.pause) }
        guard claims.count < room || room <= 0 else { return }
        // There is time: what waited may be due, and how long to wait depends on what is next.
        if room > 0, try await promote(&state) { return }
        let wait = ContinuousClock.now.duration(to: min(state.promoteAt, state.rescueAt))
        await work.wait(after: generation, upTo: wait)
    }

    /// A claimed request that can be sent; one that can't is ended.
    private func prepared(_ claim: ClaimedRequest) -> PreparedRequest? {
        guard claim.attempts <= configuration.retry.maximumAttempts + configuration.retry.maximumDeaths else {
            let message = "the workers that made the request died, \(claim.attempts - 1) times"
            start(claim) { await refuse(claim, .unreachable, message) }
            return nil
        }
        do throws(RPCError) {
            return PreparedRequest(claim, parsed: try parser.parse(claim.request))
        } catch {
            // The request was checked when it was taken on; that it no longer passes means that the configuration has changed.
            let message = error.message
            start(claim) { await refuse(claim, .invalidRequest, message) }
            return nil
        }
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
