extension RunRecords {
    /// Runs that may be continued, the likeliest first: those with unfinished business before those that ended with a ranking, and the
    /// newer before the older.
    func resumable(fingerprint: String, server: String, seed: UInt64?) throws(CommandError) -> [RunRecord] {
        let fitting = try all().filter { record in
            record.fingerprint == fingerprint && record.server == server && record.state != .preparing
                && (seed ?? record.seed) == record.seed
        }
        return fitting.filter(\.isUnfinished) + fitting.filter { !$0.isUnfinished }
    }

    /// Runs of which nothing will be needed again, given those of one server, newest first.
    ///
    /// A run whose process died while it prepared left a database with nothing in it; the age tells it from one that prepares now.
    static func forgettable(_ records: [RunRecord], now: Int64, policy: RunRetention) -> [RunRecord] {
        let finished = records.filter { $0.state == .finished }.dropFirst(policy.finishedKept)
        let unfinished = records.filter(\.isUnfinished).enumerated().filter { index, record in
            index > 0 && (index >= policy.unfinishedKept || record.startedUnixSeconds < now - policy.unfinishedSeconds)
        }
        let left = records.filter { $0.state == .preparing && $0.startedUnixSeconds < now - policy.preparingSeconds }
        return finished + unfinished.map(\.element) + left
    }
}

extension RunRecord {
    /// Whether its owner may want it continued.
    var isUnfinished: Bool { state == .started || state == .failed }
}

/// How much is kept of runs that are over.
struct RunRetention: Sendable {
    /// Newest runs with a ranking.
    var finishedKept = 20
    /// Newest interrupted and failed runs; the very newest is always kept.
    var unfinishedKept = 20
    /// How old an interrupted or failed run grows.
    var unfinishedSeconds: Int64 = 90 * 86_400
    /// How old a run that never started grows.
    var preparingSeconds: Int64 = 86_400
}
