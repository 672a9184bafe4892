import Logging
import Postgres

extension JobWorker {
    /// Tells when a claiming loop does what besides claiming.
    private struct Schedule {
        var rescueAt = ContinuousClock.now
        var promoteAt = ContinuousClock.now
    }

    func claimUntilCancelled() async {
        var lowWater = LowWater()
        var schedule = Schedule()
        await repeating("jobs") { try await claimAndStart(&lowWater, &schedule) }
    }

    private func claimAndStart(_ lowWater: inout LowWater, _ schedule: inout Schedule) async throws {
        let generation = hints.bell.generation
        if schedule.rescueAt <= .now {
            if try await queue.rescue(besides: held.jobs, on: pool) > 0 { lowWater.reset() }
            schedule.rescueAt = .now + configuration.rescueInterval
        }
        if schedule.promoteAt <= .now { try await promote(&lowWater, &schedule) }
        let room = configuration.maximumJobs - held.count
        let running = held.countByKind
        let jobs = try await queue.claim(
            room, of: kinds().reduce(into: [:]) { $0[$1.key] = $1.value - running[$1.key, default: 0] }, by: configuration.name,
            for: configuration.lease, lowWater: &lowWater, now: .now, on: pool)
        for job in jobs { start(job) }
        guard jobs.count < room || room <= 0 else { return }
        // There is time: what was scheduled may be due, and how long to wait depends on what is next.
        if room > 0, try await promote(&lowWater, &schedule) { return }
        let wait = ContinuousClock.now.duration(to: min(schedule.promoteAt, schedule.rescueAt))
        await hints.bell.wait(after: generation, upTo: wait)
    }

    /// - Returns: whether jobs became ready.
    @discardableResult
    private func promote(_ lowWater: inout LowWater, _ schedule: inout Schedule) async throws -> Bool {
        let maintenance = try await queue.promote(on: pool)
        schedule.promoteAt = .now + min(configuration.pollInterval, maintenance.nextDue ?? configuration.pollInterval)
        if maintenance.promoted > 0 { lowWater.reset() }
        return maintenance.promoted > 0
    }

    // MARK: Leases and completions

    func renew() async throws {
        let jobs = held.jobs
        let renewal = try await queue.renew(jobs, for: configuration.lease, on: pool)
        held.cancel { job in
            guard jobs.contains(job) else { return false }
            return !renewal.held.contains(job.id) || renewal.cancelled.contains(job.id)
        }
        try await Task.sleep(for: configuration.heartbeat)
    }

    /// Writes completions, those that came while the last ones were written together in one statement.
    func writeCompletions() async {
        while !Task.isCancelled {
            let generation = completed.bell.generation
            let jobs = completed.take()
            guard !jobs.isEmpty else {
                await completed.bell.wait(after: generation, upTo: .seconds(3600))
                continue
            }
            await persisting(jobs) {
                let ended = try await self.queue.complete(jobs, on: self.pool)
                if ended.count < jobs.count { self.logLost(jobs.count - ended.count) }
            }
            held.remove(jobs)
            hints.look()
        }
    }

    // MARK: The end

    /// How long handlers may take to heed their cancellation.
    private static let cancellationPeriod: Duration = .seconds(1)

    /// Waits for what was started, cancels what takes too long, and gives back what is left.
    func finish() async {
        await waitUntilEmpty(upTo: configuration.gracePeriod)
        held.cancel()
        await waitUntilEmpty(upTo: Self.cancellationPeriod)
        let left = held.jobs
        do {
            // Whose handler goes on all the same has lost its claim and writes nothing.
            try await queue.giveBack(left, on: pool)
        } catch {
            logger.warning("jobs not given back", metadata: ["jobs": "\(left.count)", "reason": "\(error)"])
        }
    }

    private func waitUntilEmpty(upTo duration: Duration) async {
        let end = ContinuousClock.now + duration
        while true {
            let generation = hints.bell.generation
            let left = ContinuousClock.now.duration(to: end)
            guard held.count > 0, left > .zero else { return }
            await hints.bell.wait(after: generation, upTo: left)
        }
    }

    // MARK: Loops

    private static let shortestPause: Duration = .milliseconds(100)
    static let longestPause: Duration = .milliseconds(500)

    /// Repeats a step until cancelled; a failing step is logged and repeated after a pause that doubles with each failure in a row, half
    /// of it chance.
    func repeating(_ name: String, _ step: () async throws -> Void) async {
        var pause = Self.shortestPause
        while !Task.isCancelled {
            do {
                try await step()
                pause = Self.shortestPause
            } catch is CancellationError {
                return
            } catch {
                guard !Task.isCancelled else { return }
                logger.warning("step failed, trying again", metadata: ["loop": "\(name)", "reason": "\(error)"])
                // Cancelled meanwhile, the loop ends.
                try? await Task.sleep(for: pause * (0.5 + chance() / 2))
                pause = min(pause * 2, Self.longestPause)
            }
        }
    }
}
