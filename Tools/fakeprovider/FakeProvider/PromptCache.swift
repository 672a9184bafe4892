/// What the provider remembers of prompts, and what that makes a request cost.
///
/// An entry is written only at a breakpoint, and only where the prefix is long enough for the model. It can be read once the answer
/// to the request that wrote it has begun, until its lifetime after the start of the last request that wrote or read it. Workspaces
/// share nothing, and neither do models.
struct PromptCache: Sendable {
    /// How far before a breakpoint an earlier entry is looked for, the breakpoint itself included.
    static let lookback = 20
    /// The most entries that are kept; beyond it nothing new is remembered.
    static let maxEntries = 100_000

    private struct Entry {
        var isVisible: Bool
        var lifetime: PromptSegment.Lifetime
        var expires: Int64
    }

    /// What a request will read and write, worked out before it is admitted.
    struct Plan: Sendable {
        var usage: Usage
        fileprivate var refreshed: [String] = []
        fileprivate var written: [(key: String, lifetime: PromptSegment.Lifetime)] = []

        /// The entries that become readable when the answer begins.
        var writtenKeys: [String] { written.map(\.key) }
    }

    private var entries: [String: Entry] = [:]

    /// What `request` would read and write at `now`. Nothing changes yet.
    func plan(_ request: MessagesRequest, workspace: String, now: Int64) -> Plan {
        let keys = Self.keys(request, workspace: workspace)
        let segments = request.segments
        var total = 0
        let cumulative = segments.map { segment in
            total += segment.tokens
            return total
        }
        let minimum = request.question.model.minimumCacheablePrefix
        let breakpoints = segments.indices.filter { segments[$0].breakpoint != nil && cumulative[$0] >= minimum }
        let read = breakpoints.reversed().lazy.compactMap { longestEntry(before: $0, keys: keys, now: now) }.first

        var plan = Plan(usage: Usage())
        plan.usage.cacheRead = read.map { cumulative[$0] } ?? 0
        var covered = plan.usage.cacheRead
        for index in breakpoints {
            guard let lifetime = segments[index].breakpoint else { continue }
            if let read, index <= read {
                plan.refreshed.append(keys[index])
                continue
            }
            switch lifetime {
            case .fiveMinutes: plan.usage.cacheWrite5m += cumulative[index] - covered
            case .oneHour: plan.usage.cacheWrite1h += cumulative[index] - covered
            }
            covered = cumulative[index]
            plan.written.append((keys[index], lifetime))
        }
        if let read { plan.refreshed.append(keys[read]) }
        plan.usage.input = total - covered
        return plan
    }

    /// Carries a plan out for a request that started at `now`.
    mutating func commit(_ plan: Plan, now: Int64) {
        for key in plan.refreshed {
            guard let entry = entries[key], entry.expires > now else { continue }
            entries[key]?.expires = now + entry.lifetime.nanoseconds
        }
        for (key, lifetime) in plan.written {
            if entries.count >= Self.maxEntries, entries[key] == nil {
                entries = entries.filter { $0.value.expires > now }
                guard entries.count < Self.maxEntries else { continue }
            }
            let isVisible = entries[key].map { $0.isVisible && $0.expires > now } ?? false
            entries[key] = Entry(isVisible: isVisible, lifetime: lifetime, expires: now + lifetime.nanoseconds)
        }
    }

    /// The answer to the request that wrote these entries has begun.
    mutating func responseBegan(_ keys: [String]) {
        for key in keys { entries[key]?.isVisible = true }
    }

    mutating func removeAll() {
        entries = [:]
    }

    private func longestEntry(before breakpoint: Int, keys: [String], now: Int64) -> Int? {
        let first = max(0, breakpoint - Self.lookback + 1)
        return (first...breakpoint).last { index in
            entries[keys[index]].map { $0.isVisible && $0.expires > now } ?? false
        }
    }

    /// For each segment the digest of everything up to and including it.
    private static func keys(_ request: MessagesRequest, workspace: String) -> [String] {
        var chain = Digest.hex("\(workspace)\0\(request.question.model.id)")
        var tier = PromptSegment.Tier.tools
        return request.segments.map { segment in
            if segment.tier > tier {
                if tier == .tools { chain += request.systemSalt }
                if segment.tier == .messages { chain += request.messagesSalt }
                tier = segment.tier
            }
            chain = Digest.hex(Array(chain.utf8) + segment.content)
            return chain
        }
    }
}

/// Tokens that a request is charged for.
struct Usage: Sendable, Equatable {
    /// Neither read from the cache nor written to it.
    var input = 0
    var cacheRead = 0
    var cacheWrite5m = 0
    var cacheWrite1h = 0
    var output = 0

    /// What counts towards the limit on input tokens.
    var limitedInput: Int { input + cacheWrite5m + cacheWrite1h }
    /// The whole prompt.
    var prompt: Int { limitedInput + cacheRead }

    static func + (left: Usage, right: Usage) -> Usage {
        Usage(
            input: left.input + right.input, cacheRead: left.cacheRead + right.cacheRead,
            cacheWrite5m: left.cacheWrite5m + right.cacheWrite5m, cacheWrite1h: left.cacheWrite1h + right.cacheWrite1h,
            output: left.output + right.output)
    }
}
