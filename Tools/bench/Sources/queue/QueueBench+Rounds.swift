import Foundation
import JobQueue
import Measuring
import Postgres

extension QueueBench {
    /// About what is done in this time: fixed numbers, so that both sides do the same.
    private static func jobs(batch: Int, seconds: Int) -> Int { (batch == 1 ? 2_400 : 48_000) * seconds }

    /// Against pgbench with the same tables, the same number of sessions and prepared statements.
    func ceilings(rounds: Int, seconds: Int) async throws {
        for (batch, claimers) in [(100, 4), (1, 8)] {
            var (ours, raw): ([Round], [Round]) = ([], [])
            let jobs = Self.jobs(batch: batch, seconds: seconds)
            for number in 0..<rounds {
                // Who begins alternates, too.
                for isOurs in number % 2 == 0 ? [true, false] : [false, true] {
                    try await fill(jobs)
                    if isOurs {
                        ours.append(try await claimAndComplete(jobs, batch: batch, claimers: claimers))
                    } else if let round = try rawClaimAndComplete(jobs, batch: batch, clients: claimers) {
                        raw.append(round)
                    }
                }
            }
            line("claim and complete, batch \(batch), \(claimers) sessions", ours, raw, "raw SQL")
        }
    }

    /// What a worker makes of a full queue whose jobs take no time.
    func drain(jobs: Int, rounds: Int) async throws {
        var rates: [Double] = []
        for _ in 0..<rounds {
            try await fill(jobs)
            var configuration = JobWorker.Configuration(name: "bench")
            configuration.maximumJobs = 1000
            let hints = JobHints(queue, pool: pool)
            let worker = JobWorker(
                queue: queue, pool: pool, hints: hints, configuration: configuration, logger: cluster.logger,
                kinds: { ["grade": 1000] }, handler: { _ in .complete })
            let start = ContinuousClock.now
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await worker.run() }
                while try await queue.counts(on: pool).live > 0 {
                    try await Task.sleep(for: .milliseconds(20))
                }
                group.cancelAll()
            }
            rates.append(Double(jobs) / (start.duration(to: .now) / .seconds(1)))
        }
        tell("one worker of 1000 jobs draining \(jobs): \(Int(median(rates))) jobs/s   [\(rates.map { Int($0) })]")
    }

    /// With and without a snapshot that keeps the server from removing what was deleted.
    func pinned(rounds: Int, seconds: Int) async throws {
        for (batch, claimers) in [(100, 4), (1, 8)] {
            var (free, pinned): ([Round], [Round]) = ([], [])
            let jobs = Self.jobs(batch: batch, seconds: seconds)
            for round in 0..<rounds {
                for isPinned in round % 2 == 0 ? [true, false] : [false, true] {
                    try await fill(jobs)
                    if isPinned {
                        pinned.append(
                            try await pinning { try await claimAndComplete(jobs, batch: batch, claimers: claimers) })
                    } else {
                        free.append(try await claimAndComplete(jobs, batch: batch, claimers: claimers))
                    }
                }
            }
            line("pinned snapshot, batch \(batch), \(jobs) jobs", pinned, free, "without")
        }
    }

    /// Units of work that enqueue, with and without telling anybody.
    func notifying(rounds: Int, seconds: Int) async throws {
        var (silent, telling): ([Double], [Double]) = ([], [])
        for round in 0..<rounds {
            for isTelling in round % 2 == 0 ? [true, false] : [false, true] {
                try await fill(0)
                let hints = JobHints(queue, pool: pool)
                let rate = try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { await hints.run() }
                    let rate = try await enqueueing(seconds: seconds) { if isTelling { hints.enqueued() } }
                    group.cancelAll()
                    return rate
                }
                if isTelling { telling.append(rate) } else { silent.append(rate) }
            }
        }
        line("16 writers that notify", telling, silent, "without")
    }

    private func enqueueing(seconds: Int, _ committed: @escaping @Sendable () -> Void) async throws -> Double {
        let start = ContinuousClock.now
        let end = start + .seconds(seconds)
        let count = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<16 {
                group.addTask(executorPreference: Pool.taskExecutor) {
                    var count = 0
                    while ContinuousClock.now < end {
                        try await queue.enqueue([NewJob(kind: "grade", subject: "\(count)")], on: pool)
                        committed()
                        count += 1
                    }
                    return count
                }
            }
            return try await group.reduce(0, +)
        }
        return Double(count) / (start.duration(to: .now) / .seconds(1))
    }

    /// From before a job is enqueued to its handler, by way of the database as between two processes.
    func latency(jobs: Int) async throws {
        try await fill(0)
        let (here, there) = (JobHints(queue, pool: pool), JobHints(queue, pool: pool))
        let (started, continuation) = AsyncStream<ContinuousClock.Instant>.makeStream()
        var configuration = JobWorker.Configuration(name: "bench")
        configuration.pollInterval = .seconds(10)
        let worker = JobWorker(
            queue: queue, pool: pool, hints: there, configuration: configuration, logger: cluster.logger,
            kinds: { ["grade": 32] }
        ) { _ in
            continuation.yield(.now)
            return .complete
        }
        let times = try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await here.run() }
            group.addTask { await there.run() }
            group.addTask { await worker.run() }
            var times: [Double] = []
            var iterator = started.makeAsyncIterator()
            for number in 0..<jobs + 20 {
                let start = ContinuousClock.now
                try await queue.enqueue([NewJob(kind: "grade", subject: "\(number)")], on: pool)
                here.enqueued()
                guard let end = await iterator.next() else { break }
                if number >= 20 { times.append(start.duration(to: end) / .milliseconds(1)) }
                // Beyond the notifier's interval, so that each job is told of at once; the worker is idle by then.
                try await Task.sleep(for: .milliseconds(Int.random(in: 35...60)))
            }
            group.cancelAll()
            return times.sorted()
        }
        func quantile(_ part: Double) -> String {
            String(format: "%.2f", times[min(times.count - 1, Int(part * Double(times.count)))])
        }
        tell(
            "enqueue to start, \(jobs) jobs, idle: p50 \(quantile(0.5)) ms, p99 \(quantile(0.99)) ms, longest \(quantile(1)) ms")
    }
}
