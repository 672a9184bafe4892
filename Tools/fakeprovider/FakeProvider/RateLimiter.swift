/// One budget that refills continuously.
struct Bucket: Sendable {
    /// Units per minute.
    let limit: Int
    let capacity: Double
    private var level: Double
    private var updated: Int64

    init(limit: Int, burst: Duration, now: Int64) {
        self.limit = limit
        capacity = max(1, Double(limit) * Double(burst.nanoseconds) / 60e9)
        level = capacity
        updated = now
    }

    private var unitsPerNanosecond: Double { Double(limit) / 60e9 }

    mutating func refill(_ now: Int64) {
        guard now > updated else { return }
        level = min(capacity, level + Double(now - updated) * unitsPerNanosecond)
        updated = now
    }

    mutating func take(_ units: Int) {
        level -= Double(units)
    }

    /// Nanoseconds until `units` may be taken. A request larger than the bucket waits for a full one.
    func wait(for units: Int) -> Int64 {
        let missing = min(Double(units), capacity) - level
        return missing <= 1e-9 ? 0 : Int64((missing / unitsPerNanosecond).rounded(.up))
    }

    /// Whole units left, never negative.
    var remaining: Int { max(0, Int(level + 1e-9)) }

    /// When the bucket will be full again.
    var full: Int64 { updated + Int64(((capacity - level) / unitsPerNanosecond).rounded(.up)) }
}

/// Decides which requests a pool of models admits.
struct RateLimiter: Sendable {
    private struct Pool: Sendable {
        var requests: Bucket
        var input: Bucket
        var output: Bucket
    }

    /// How the limits stand, for the headers of an answer.
    struct Standing: Sendable {
        let requests: Bucket
        let input: Bucket
        let output: Bucket
    }

    let limits: RateLimits
    private var pools: [String: Pool] = [:]

    init(limits: RateLimits) {
        self.limits = limits
    }

    /// Takes one request and `input` tokens from the pool, or says how many nanoseconds to wait. Output tokens are taken afterwards,
    /// so it is enough that some are left.
    mutating func admit(_ name: String, input: Int, now: Int64) -> (wait: Int64, refusedBy: String)? {
        var pool = pool(name, now: now)
        defer { pools[name] = pool }
        let waits = [
            (pool.requests.wait(for: 1), "requests"), (pool.input.wait(for: input), "input tokens"),
            (pool.output.wait(for: 1), "output tokens"),
        ]
        if let longest = waits.max(by: { $0.0 < $1.0 }), longest.0 > 0 { return longest }
        pool.requests.take(1)
        pool.input.take(input)
        return nil
    }

    /// Takes the tokens that an answer turned out to have.
    mutating func produced(_ name: String, output: Int, now: Int64) {
        var pool = pool(name, now: now)
        pool.output.take(output)
        pools[name] = pool
    }

    mutating func standing(_ name: String, now: Int64) -> Standing {
        let pool = pool(name, now: now)
        pools[name] = pool
        return Standing(requests: pool.requests, input: pool.input, output: pool.output)
    }

    mutating func removeAll() {
        pools = [:]
    }

    private func pool(_ name: String, now: Int64) -> Pool {
        func bucket(_ limit: Int) -> Bucket { Bucket(limit: limit, burst: limits.burst, now: now) }
        var pool =
            pools[name]
            ?? Pool(
                requests: bucket(limits.requestsPerMinute), input: bucket(limits.inputTokensPerMinute),
                output: bucket(limits.outputTokensPerMinute))
        pool.requests.refill(now)
        pool.input.refill(now)
        pool.output.refill(now)
        return pool
    }
}
