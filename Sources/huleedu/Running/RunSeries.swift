import Synchronization

/// Like runs one after the other: what they cost is agreed to once, and their rankings are looked at together.
final class RunSeries: Sendable {
    /// As it stands in the record of each run.
    let mark: RunRecord.Series
    private let state = Mutex(State())

    private struct State {
        var isAgreed = false
        var reports: [RankingReport] = []
    }

    init(_ mark: RunRecord.Series) {
        self.mark = mark
    }

    /// Runs without a ranking so far.
    var runsLeft: Int { mark.repeats - reports.count }

    /// Whether somebody has agreed to what the runs that were left then cost.
    var isAgreed: Bool { state.withLock(\.isAgreed) }

    /// The rankings so far, in order.
    var reports: [RankingReport] { state.withLock(\.reports) }

    func agree() { state.withLock { $0.isAgreed = true } }

    func take(_ report: RankingReport) { state.withLock { $0.reports.append(report) } }
}
