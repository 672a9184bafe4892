/// Follows the answers to one batch in pipeline mode, from the first message to the last synchronisation point.
///
/// Every step sent has exactly one answer; after an error the rest are answered "aborted" up to the next synchronisation point. What closes
/// statements of the past has a synchronisation point of its own: it shares no transaction with the batch, and its failure is not
/// the batch's.
struct Pipeline {
    enum Step: Hashable {
        /// Closes a prepared statement that the cache has evicted.
        case deallocate(name: String)
        case prepare(name: String)
        /// Runs a statement; `reuses` names the statement prepared by an earlier batch, if it runs one.
        case execute(reuses: String?)
        case sync
    }

    enum Event {
        case completed(StatementResult)
        case failed(ServerReport)
        case aborted
        case synced
    }

    enum Action: Hashable {
        case awaitNext
        case finish
        /// The server's answers do not fit what was sent; the connection cannot be trusted any more.
        case abandon
    }

    private let steps: [Step]
    private var position = 0
    private(set) var results: [StatementResult] = []
    private var failure: (report: ServerReport, step: Step)?
    /// Whether a statement that was to be closed was not there.
    private var hasClosingFailed = false
    /// Statements that the server has now.
    private(set) var preparedNames: [String] = []
    /// Statements that the server does not have any more.
    private(set) var deallocatedNames: [String] = []

    /// - Parameters:
    ///   - closing: names of statements that are closed first.
    ///   - steps: what was sent, without the synchronisation point that ends it.
    init(closing: [String] = [], steps: [Step]) {
        let closingSteps = closing.isEmpty ? [] : closing.map { Step.deallocate(name: $0) } + [.sync]
        self.steps = closingSteps + steps + [.sync]
        results.reserveCapacity(steps.count)
    }

    mutating func receive(_ event: Event) -> Action {
        guard position < steps.count else { return .abandon }
        let step = steps[position]
        position += 1
        switch (event, step) {
        case (.synced, .sync):
            guard !isFinished else { return .finish }
            hasClosingFailed = failure != nil
            failure = nil
        case (.synced, _), (.completed, .sync), (.aborted, .sync): return .abandon
        case (.failed(let report), _):
            // An error at the synchronisation point itself is a commit that failed, with a deferred constraint for example.
            if failure == nil { failure = (report, step) }
            if step == .sync { position -= 1 }
        case (.aborted, _):
            guard failure != nil else { return .abandon }
        case (.completed(let result), .execute): results.append(result)
        case (.completed, .prepare(let name)): preparedNames.append(name)
        case (.completed, .deallocate(let name)): deallocatedNames.append(name)
        }
        return .awaitNext
    }

    /// What failures say about statements prepared by earlier batches.
    var staleness: Staleness? { hasClosingFailed ? .all : stalenessOfFailure }

    private var stalenessOfFailure: Staleness? {
        guard let failure else { return nil }
        switch (failure.step, failure.report.sqlState) {
        case (.execute(.some), .invalidStatementName): return .all
        case (.execute(let name?), .featureNotSupported): return .one(name: name)
        default: return nil
        }
    }

    enum Staleness: Hashable {
        /// The table behind one statement has changed ("cached plan must not change result type").
        case one(name: String)
        /// Somebody closed our statements (`DISCARD ALL`, a pooler's other session): none can be trusted.
        case all
    }

    /// True when the server closes the connection after what it reported.
    var isEndedByServer: Bool { failure?.report.endsConnection ?? false }

    /// True when the last synchronisation point has been reached.
    var isFinished: Bool { position == steps.count }

    var reply: Reply {
        guard let failure else { return Reply(results: results) }
        if failure.report.endsConnection {
            return Reply(results: results, failure: .lost(failure.report.error(outcome: .inDoubt)))
        }
        return Reply(results: results, failure: stalenessOfFailure == nil ? .refused(failure.report) : .stale(failure.report))
    }
}
