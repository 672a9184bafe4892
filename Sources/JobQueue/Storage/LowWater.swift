/// Where in each lane of the queue a worker's search begins.
///
/// What was claimed leaves dead entries at the front of the index, and a search from the very front would step over all of them, many
/// more each second while some long transaction keeps the server from removing them. So a search begins a margin below what this worker
/// claimed last. Jobs that appear further down, because their unit of work took long to commit or because they came back, are found
/// by the full sweep that is due at least once per interval.
public struct LowWater: Sendable {
    private struct Lane: Hashable {
        let kind: String
        let priority: JobPriority
    }

    private let margin: Int64
    private let sweepInterval: Duration
    private var marks: [Lane: Int64] = [:]
    private var sweptAt: ContinuousClock.Instant?

    /// - Parameters:
    ///   - margin: how far below the last claim a search begins, in ids.
    ///   - sweepInterval: the longest that a job further down stays unseen.
    public init(margin: Int64 = 100, sweepInterval: Duration = .seconds(1)) {
        self.margin = margin
        self.sweepInterval = sweepInterval
    }

    /// A search is about to be made; a due sweep forgets where the last ones ended.
    mutating func search(at now: ContinuousClock.Instant) {
        guard sweptAt.map({ now - $0 >= sweepInterval }) ?? true else { return }
        marks = [:]
        sweptAt = now
    }

    /// The id after which the search begins.
    func start(kind: String, priority: JobPriority) -> Int64 {
        marks[Lane(kind: kind, priority: priority)] ?? 0
    }

    /// Notes what was claimed.
    mutating func claimed(_ jobs: [Job]) {
        for job in jobs {
            let lane = Lane(kind: job.kind, priority: job.priority)
            marks[lane] = max(marks[lane] ?? 0, job.id - margin)
        }
    }

    /// Makes the next search a full sweep: jobs have come back below the marks.
    public mutating func reset() {
        sweptAt = nil
    }
}
