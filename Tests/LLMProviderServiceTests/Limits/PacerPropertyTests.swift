import CJCore
import Testing

@testable import LLMProviderService

/// A vendor whose buckets refill continuously and are full at first; it counts as the real ones do.
private struct ContinuousVendor {
    struct Bucket {
        let perMinute: Double
        let capacity: Double
        var level: Double
        var at: Int64 = 0

        init(perMinute: Int64, burst: Int64, least: Double) {
            self.perMinute = Double(perMinute)
            capacity = max(least, Double(perMinute) * Double(burst) / 60e9)
            level = capacity
        }

        /// Whether so much is there; a request that is larger than the bucket needs a full one.
        mutating func has(_ units: Double, at now: Int64) -> Bool {
            level = min(capacity, level + Double(now - at) * perMinute / 60e9)
            at = now
            return level >= min(units, capacity) - 1e-6
        }
    }

    var buckets: [Bucket]

    mutating func accepts(_ charge: Charge, at now: Int64) -> Bool {
        let units = [Double(charge.requests), Double(charge.inputTokens), Double(charge.outputTokens)]
        let isThere = buckets.indices.map { buckets[$0].has($0 == 2 ? 1 : units[$0], at: now) }
        guard !isThere.contains(false) else { return false }
        for index in buckets.indices { buckets[index].level -= units[index] }
        return true
    }
}

@Suite("A lane's pace before a vendor that refills continuously")
struct PacerPropertyTests {
    private struct Run {
        var refused = 0
        /// Of the binding limit, in the time from the first request to the last.
        var used = 0.0
        var longestWait: Int64 = 0
    }

    /// Sends a backlog of requests of mixed sizes, whose sizes are guessed with an error that is settled with the answer.
    ///
    /// - Parameters:
    ///   - fill: how much of the input tokens requests at their full rate would use.
    ///   - way: how long requests are on their way, each for itself.
    ///   - deaths: how probable it is before each request that the process dies and another goes on at once.
    private func run(
        seed: UInt64, limits: (requests: Int64, input: Int64, output: Int64), burst: Int64, count: Int,
        error: ClosedRange<Double>,
        fill: Double, way: ClosedRange<Int64> = 0...0, deaths: Double = 0
    ) -> Run {
        var chance = SplitMix64(seed: seed)
        var pacer = Pacer(
            limits: PerDimension(requests: limits.requests, inputTokens: limits.input, outputTokens: limits.output), now: 0)
        let typical = Double(limits.input) / Double(limits.requests)
        var vendor = ContinuousVendor(buckets: [
            .init(perMinute: limits.requests, burst: burst, least: 1), .init(perMinute: limits.input, burst: burst, least: 1),
            .init(perMinute: limits.output, burst: burst, least: 1),
        ])
        var run = Run()
        var now: Int64 = 0
        var taken = PerDimension<Double>(all: 0)
        var last = Charge.nothing
        var arrived: Int64 = 0
        var answers: [(at: Int64, reservation: Pacer.Reservation, actual: Charge)] = []
        var largest = Charge.nothing
        for _ in 0..<count {
            if Double.random(in: 0..<1, using: &chance) < deaths {
                let record = LaneRecord(
                    share: pacer.share, stated: pacer.stated, largest: largest, frozenUntil: pacer.frozenUntil)
                pacer = Pacer(limits: pacer.limits, now: now)
                pacer.resume(record, at: now)
                answers = []
            }
            let size = Int64(typical * fill * Double.random(in: 0.5...1.5, using: &chance))
            let actual = Charge(inputTokens: max(1, size), outputTokens: Int64.random(in: 60...100, using: &chance))
            let guess = Charge(
                inputTokens: Int64(Double(actual.inputTokens) * Double.random(in: error, using: &chance)), outputTokens: 100)
            let asked = now
            var reservation: Pacer.Reservation?
            while reservation == nil {
                while let first = answers.first, first.at <= now {
                    pacer.settle(first.reservation, as: first.actual)
                    answers.removeFirst()
                }
                switch pacer.admit(guess, at: now) {
                case .admitted(let admitted): reservation = admitted
                case .wait(let until):
                    // Timers fire up to a millisecond late.
                    now = min(until + Int64.random(in: 0...1_000_000, using: &chance), max(answers.first?.at ?? .max, now + 1))
                }
            }
            largest.raise(to: guess)
            run.longestWait = max(run.longestWait, now - asked)
            arrived = max(arrived, now + Int64.random(in: way, using: &chance))
            if !vendor.accepts(actual, at: arrived) { run.refused += 1 }
            if let reservation {
                answers.append((now + 5_000_000, reservation, actual))
            }
            taken = taken.map { $1 + Double(actual[$0]) }
            last = actual
        }
        let minutes = Double(now) / 60e9
        let all = Charge(requests: limits.requests, inputTokens: limits.input, outputTokens: limits.output)
        run.used =
            LimitDimension.allCases.map { (taken[$0] - Double(last[$0])) / minutes / Double(all[$0]) }.max() ?? 0
        return run
    }

    @Test(
        "Three thousand schedules: no request is refused, 98 % of the limit is used, 95 % where one request fills the bucket, none starves",
        arguments: [Int64(1_000_000_000), 100_000_000])
    func schedules(burst: Int64) {
        for seed in 0..<1500 {
            var chance = SplitMix64(seed: UInt64(seed) &* 7919)
            let requests = Int64.random(in: 50...10_000, using: &chance)
            // Requests, input or output bind, in turn.
            let input = requests * Int64.random(in: 200...3000, using: &chance)
            let output = seed % 3 == 2 ? requests * 10 : requests * 200
            let run = run(
                seed: UInt64(seed), limits: (requests, input, output), burst: burst, count: 150, error: 1...1.1,
                fill: seed % 3 == 1 ? 2.5 : 0.5)
            #expect(run.refused == 0, "seed \(seed)")
            // Requests of about the time of the vendor's bucket keep the distance that their way varies by.
            let largest = max(60e9 / Double(requests) * (seed % 3 == 1 ? 4.2 : 1), 6000e9 / Double(output))
            let isNearBucket = (94e6...1000e6).contains(largest)
            #expect(run.used >= (isNearBucket ? 0.95 : 0.98), "seed \(seed): \(run.used)")
            // Nobody waits for longer than what is before it takes: the largest one, at the slowest of the limits.
            #expect(run.longestWait < 60_000_000_000 / requests * 25, "seed \(seed)")
        }
    }

    @Test("Requests larger than the vendor's bucket are not refused for a way that varies by 3 ms, and use 97 % of the limit")
    func oversize() {
        for seed in 0..<300 {
            var chance = SplitMix64(seed: UInt64(seed) &* 104_729)
            // From 75 to 450 ms each; a bucket of 100.
            let requests = Int64.random(in: 200...400, using: &chance)
            let run = run(
                seed: UInt64(seed), limits: (100_000, requests * 1000, 10_000_000), burst: 100_000_000, count: 200, error: 1...1,
                fill: 100_000 / Double(requests), way: 20_000_000...23_000_000)
            #expect(run.refused == 0, "seed \(seed)")
            #expect(run.used >= 0.97, "seed \(seed): \(run.used)")
        }
    }

    @Test("Processes that die one after the other and know only what is on record of the lane pass no limit either")
    func deaths() {
        for seed in 0..<1000 {
            var chance = SplitMix64(seed: UInt64(seed) &* 15_485_863)
            let requests = Int64.random(in: 50...10_000, using: &chance)
            let input = requests * Int64.random(in: 200...3000, using: &chance)
            let output = seed % 3 == 2 ? requests * 10 : requests * 200
            let run = run(
                seed: UInt64(seed), limits: (requests, input, output), burst: seed % 2 == 0 ? 100_000_000 : 1_000_000_000,
                count: 150, error: 1...1.1, fill: seed % 3 == 1 ? 2.5 : 0.5, deaths: 0.05)
            #expect(run.refused == 0, "seed \(seed)")
        }
    }

    @Test("In no window does a lane take more than its rate and one burst or one request", arguments: [Int64(50), 4000])
    func windows(limit: Int64) {
        var chance = SplitMix64(seed: 5)
        var pacer = Pacer(limits: PerDimension(requests: limit, inputTokens: nil, outputTokens: nil), now: 0)
        var sent: [Int64] = []
        var now: Int64 = 0
        while sent.count < 1000 {
            switch pacer.admit(Charge(inputTokens: 0, outputTokens: 0), at: now) {
            case .admitted: sent.append(now)
            case .wait(let until): now = until + (Int.random(in: 0..<50, using: &chance) == 0 ? 3_000_000_000 : 0)
            }
        }
        var first = 0
        for last in sent.indices {
            while sent[last] - sent[first] >= 60_000_000_000 { first += 1 }
            #expect(last - first + 1 <= limit)
        }
    }

    @Test("A large request is not passed by small ones")
    func starvation() {
        var lane = Lane<Int>(
            pacer: Pacer(limits: PerDimension(requests: nil, inputTokens: 60_000, outputTokens: nil), now: 0),
            concurrency: ConcurrencyLimit(maximum: 100), now: 0)
        var order: [Int] = []
        let horizon: Int64 = 3_600_000_000_000
        #expect(lane.enter(0, charge: Charge(inputTokens: 1000, outputTokens: 0), horizon: horizon, at: 0) == nil)
        #expect(lane.enter(1, charge: Charge(inputTokens: 50_000, outputTokens: 0), horizon: horizon, at: 0) == nil)
        for number in 2..<20 {
            #expect(lane.enter(number, charge: Charge(inputTokens: 10, outputTokens: 0), horizon: horizon, at: 0) == nil)
        }
        var now: Int64 = 0
        while order.count < 20 {
            let step = lane.next(at: now)
            if let sent = step.sent { order.append(sent.0) }
            if let again = step.again { now = again }
        }
        #expect(order == Array(0..<20))
    }
}
