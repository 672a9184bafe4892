extension RunRecords {
    /// Runs that may be continued, the likeliest first: those with unfinished business before those that ended with a ranking, and the
    /// newer before the older.
    ///
    /// - Parameter series: the alignment that they are to belong to; nil for runs that stand by themselves.
    func resumable(
        fingerprint: String, server: String, seed: UInt64?, series: RunRecord.Series? = nil
    ) throws(CommandError) -> [RunRecord] {
        let fitting = try all().filter { record in
            record.fingerprint == fingerprint && record.server == server && record.state != .preparing
                && (seed ?? record.seed) == record.seed && record.series == series
        }
        return fitting.filter(\.isUnfinished) + fitting.filter { !$0.isUnfinished }
    }

    /// Runs of which nothing will be needed again, given those of one server, newest first. The repeats of an alignment count as one run
    /// and stay or go together.
    ///
    /// A run whose process died while it prepared left a database with nothing in it; the age tells it from one that prepares now.
    static func forgettable(_ records: [RunRecord], now: Int64, policy: RunRetention) -> [RunRecord] {
        let runs = inSeries(records.filter { $0.state != .preparing })
        let finished = runs.filter { !isUnfinished($0) }.dropFirst(policy.finishedKept)
        let unfinished = runs.filter(isUnfinished).enumerated().filter { index, run in
            index > 0 && (index >= policy.unfinishedKept || run[0].startedUnixSeconds < now - policy.unfinishedSeconds)
        }
        let left = records.filter { $0.state == .preparing && $0.startedUnixSeconds < now - policy.preparingSeconds }
        return finished.flatMap(\.self) + unfinished.flatMap(\.element) + left
    }

    /// The alignments whose repeats are among these records, the newer before the older.
    static func series(among records: [RunRecord]) -> (unfinished: [RunRecord.Series], finished: [RunRecord.Series]) {
        let all = inSeries(records.filter { $0.series != nil && $0.state != .preparing })
        return (
            all.filter(isUnfinished).compactMap { $0[0].series }, all.filter { !isUnfinished($0) }.compactMap { $0[0].series }
        )
    }

    /// Records by the alignment that they belong to, each of the others by itself; in the order of the first of each.
    private static func inSeries(_ records: [RunRecord]) -> [[RunRecord]] {
        var runs: [[RunRecord]] = []
        var places: [String: Int] = [:]
        for record in records {
            if let series = record.series, let place = places[series.id] {
                runs[place].append(record)
            } else {
                if let series = record.series { places[series.id] = runs.count }
                runs.append([record])
            }
        }
        return runs
    }

    /// Whether the owner of a run, or of an alignment, may want it continued.
    private static func isUnfinished(_ run: [RunRecord]) -> Bool {
        run.contains(where: \.isUnfinished) || run.count < run[0].series?.repeats ?? 1
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
