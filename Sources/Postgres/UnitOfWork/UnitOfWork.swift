/// The statements of one transaction, sent in as few round trips as their order allows.
///
/// `BEGIN` travels with the first statements and `COMMIT` with the last queued ones, so a unit that reads, decides and writes takes two
/// round trips:
///
/// ```swift
/// try await pool.unitOfWork("grade") { unit in
///     let state = try await unit.query("SELECT state FROM essay WHERE id = \(id) FOR UPDATE")   // first round trip
///     …
///     _ = unit.send("UPDATE essay SET state = 'graded' WHERE id = \(id)")
///     _ = unit.send("INSERT INTO outbox …")                                                        // second, with COMMIT
/// }
/// ```
///
/// Once a statement has failed the unit is lost: every later use throws the same error, and the unit is rolled back even if its body
/// returns normally.
public final class UnitOfWork {
    private enum State {
        /// No connection yet; `BEGIN` has not been sent.
        case fresh
        case open(Connection)
        /// Committed or rolled back; the connection has been given back.
        case ended
    }

    /// Most statements queued between two round trips.
    public static let maxQueuedStatements = 10_000
    /// Most bytes of parameters queued between two round trips.
    public static let maxQueuedBytes = 64 << 20

    private let name: String
    private let core: PoolCore
    private let isolation: IsolationLevel
    private let statementTimeout: Duration?
    private var state: State = .fresh
    private var queue: [(query: Query, pending: Pending)] = []
    private var queuedBytes = 0
    private var roundTrips = 0
    /// The error that doomed the unit.
    private(set) var failure: PostgresError?

    init(_ name: String, core: PoolCore, isolation: IsolationLevel, statementTimeout: Duration?) {
        self.name = name
        self.core = core
        self.isolation = isolation
        self.statementTimeout = statementTimeout
    }

    /// Sends what is queued and this statement, and returns its rows: one round trip.
    ///
    /// - Throws: ``PostgresError``.
    public func query(_ query: Query) async throws -> [Row] {
        let pending = send(query)
        try await sync()
        return try pending.rows()
    }

    /// Sends what is queued and this statement, and returns the number of rows it affected: one round trip.
    ///
    /// - Throws: ``PostgresError``.
    @discardableResult
    public func execute(_ query: Query) async throws -> Int {
        let pending = send(query)
        try await sync()
        return try pending.rowCount
    }

    /// Queues a statement for the next round trip, at the latest the one that commits.
    ///
    /// A statement that cannot be sent, or one too many, dooms the unit: the next round trip throws the reason.
    @discardableResult
    public func send(_ query: Query) -> Pending {
        let pending = Pending()
        guard failure == nil else { return pending }
        if case .ended = state {
            fail(.unitEnded)
            return pending
        }
        do throws(PostgresError) {
            try query.validate()
        } catch {
            fail(error)
            return pending
        }
        queuedBytes += query.parameterByteCount
        guard queue.count < Self.maxQueuedStatements, queuedBytes <= Self.maxQueuedBytes else {
            fail(
                PostgresError(
                    .pipelineFull,
                    "more than \(Self.maxQueuedStatements) statements or \(Self.maxQueuedBytes) bytes without a round trip",
                    outcome: .rolledBack))
            return pending
        }
        queue.append((query, pending))
        return pending
    }

    /// Sends what is queued and waits for all answers: one round trip, none when nothing is queued.
    ///
    /// - Throws: ``PostgresError``; the first statement that failed decides which.
    public func sync() async throws {
        try check()
        guard !queue.isEmpty else { return }
        _ = try await roundTrip(isCommit: false)
    }

    // MARK: For the pool

    /// Sends what is left together with `COMMIT`.
    ///
    /// - Throws: what doomed the unit; `.inDoubt` when the connection ended between sending and the answer.
    func commit() async throws(PostgresError) {
        try check()
        if case .fresh = state, queue.isEmpty {
            state = .ended
            return
        }
        guard !Task.isCancelled else {
            throw fail(PostgresError(.cancelled, "the task was cancelled", outcome: .rolledBack, cause: CancellationError()))
        }
        let tag = try await roundTrip(isCommit: true)
        guard tag == "COMMIT" else {
            throw fail(PostgresError(.unexpectedReply, "the server answered COMMIT with \(tag)", outcome: .rolledBack))
        }
        end()
    }

    /// Undoes what has been sent and gives the connection back; nothing to do after a commit.
    func rollBack() async {
        queue = []
        guard case .open(let connection) = state else {
            state = .ended
            return
        }
        if await connection.mustRollBack {
            // Should it fail, the connection is still inside the transaction, and the pool closes such a connection.
            _ = await connection.run(Batch(queries: ["ROLLBACK"], isCancellable: false))
        }
        end()
    }

    /// Runs several statements given as one text, after what is queued; for migrations.
    func runScript(_ sql: String) async throws(PostgresError) {
        try check()
        if case .fresh = state { send("SELECT 1") }
        if !queue.isEmpty { _ = try await roundTrip(isCommit: false) }
        guard case .open(let connection) = state else { throw fail(.unitEnded) }
        if let error = await connection.runScript(sql, silenceTimeout: silenceTimeout) {
            throw fail(error.with(outcome: .rolledBack))
        }
        guard await connection.isInsideTransaction else {
            throw fail(PostgresError(.invalidStatement, "the script ended its transaction", outcome: .inDoubt))
        }
    }

    // MARK: Private

    private func check() throws(PostgresError) {
        if let failure { throw failure }
        if case .ended = state { throw fail(.unitEnded) }
    }

    @discardableResult
    private func fail(_ error: PostgresError) -> PostgresError {
        queue = []
        failure = failure ?? error
        return error
    }

    private func end() {
        guard case .open(let connection) = state else { return }
        state = .ended
        core.release(connection)
    }

    /// Sends the queue, between `BEGIN` where that is due and `COMMIT` where that is asked for.
    ///
    /// - Returns: the tag of the last statement.
    private func roundTrip(isCommit: Bool) async throws(PostgresError) -> String {
        let sent = queue
        queue = []
        queuedBytes = 0
        var queries: [Query] = []
        let known: Connection?
        switch state {
        case .open(let open): known = open
        case .ended: throw fail(.unitEnded)
        case .fresh:
            known = nil
            queries = [isolation.begin] + timeoutQueries
        }
        let openingCount = queries.count
        queries += sent.lazy.map(\.query)
        if isCommit { queries.append("COMMIT") }
        roundTrips += 1
        reach(isCommit ? .beforeCommit : .before(roundTrips))
        let batch = Batch(queries: queries, isCancellable: !isCommit, silenceTimeout: silenceTimeout)
        let (connection, reply, isReleased): (Connection, Reply, Bool)
        do throws(PostgresError) {
            (connection, reply, isReleased) = try await core.run(batch, on: known, isLast: isCommit)
        } catch {
            throw fail(error)
        }
        state = isReleased ? .ended : .open(connection)
        for (entry, result) in zip(sent, reply.results.dropFirst(openingCount)) {
            entry.pending.resolve(result)
        }
        if reply.results.count == queries.count, let tag = reply.results.last?.tag {
            // With the answer to COMMIT at hand it does not matter whether the connection lived any longer.
            if reply.failure == nil || isCommit {
                reach(isCommit ? .afterCommit : .after(roundTrips))
                return tag
            }
        }
        throw fail(Self.error(reply, isCommit: isCommit))
    }

    private func reach(_ step: Checkpoint.Step) {
        core.configuration.checkpoint?(Checkpoint(work: name, step: step))
    }

    private var timeoutQueries: [Query] {
        statementTimeout.map { ["SELECT pg_catalog.set_config('statement_timeout', \($0.inMilliseconds), true)"] } ?? []
    }

    private var silenceTimeout: Duration? {
        statementTimeout.map { $0 + core.configuration.silenceAllowance }
    }

    private static func error(_ reply: Reply, isCommit: Bool) -> PostgresError {
        switch reply.failure {
        case nil: .missingAnswer
        case .refused(let report): report.error(outcome: .rolledBack).asCancelled(reply.isCancelled)
        case .stale(let report):
            PostgresError(.stalePreparedStatement, report.message, sqlState: report.sqlState, outcome: .rolledBack)
        case .lost(let error): error.with(outcome: isCommit ? .inDoubt : .rolledBack).asCancelled(reply.isCancelled)
        // The transaction, if there is one, ends with its connection.
        case .notSent(let error): error.with(outcome: .rolledBack)
        }
    }
}

extension PostgresError {
    static var unitEnded: PostgresError {
        PostgresError(.unitOfWorkEnded, "the unit of work has ended", outcome: .rolledBack)
    }
}
