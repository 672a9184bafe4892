extension PoolCore {
    /// Tries of a statement that has not been sent, or that found its prepared form outdated.
    private nonisolated static let maxTries = 3
    /// How long an idle connection may take to show that it lives.
    private nonisolated static let pingTimeout: Duration = .seconds(2)

    /// Runs one statement in a transaction of its own.
    nonisolated func runAlone(_ query: Query, name: String) async throws(PostgresError) -> StatementResult {
        try query.validate()
        configuration.checkpoint?(Checkpoint(work: name, step: .beforeCommit))
        var tries = 0
        while true {
            tries += 1
            let connection = try await acquireAlive()
            let reply = await connection.run(Batch(queries: [query])) { self.takeBack(connection) }
            if reply.failure != nil { release(connection) }
            switch reply.failure {
            case nil:
                guard let result = reply.results.first else { throw .missingAnswer }
                configuration.checkpoint?(Checkpoint(work: name, step: .afterCommit))
                return result
            case .stale where tries < Self.maxTries: continue
            case .notSent where tries < Self.maxTries && !reply.isCancelled: continue
            case .refused(let report), .stale(let report):
                throw report.error(outcome: .rolledBack).asCancelled(reply.isCancelled)
            case .lost(let error): throw error.with(outcome: .inDoubt).asCancelled(reply.isCancelled)
            case .notSent(let error): throw error
            }
        }
    }

    /// Runs a batch of a unit of work: borrows a connection for the first, and takes it back after the last if all went well.
    ///
    /// - Parameter connection: nil for the unit's first batch.
    nonisolated func run(
        _ batch: Batch, on connection: Connection?, isLast: Bool
    ) async throws(PostgresError) -> (connection: Connection, reply: Reply, isReleased: Bool) {
        let leased: Connection
        if let connection { leased = connection } else { leased = try await acquire().connection }
        let reply = await leased.run(batch) { if isLast { self.takeBack(leased) } }
        return (leased, reply, isLast && reply.failure == nil)
    }

    /// Borrows a connection that has answered recently: one that was idle for long may have died unnoticed, behind a firewall for
    /// example.
    private nonisolated func acquireAlive() async throws(PostgresError) -> Connection {
        while true {
            let lease = try await acquire()
            guard lease.idleFor >= configuration.pingAfterIdle else { return lease.connection }
            let reply = await lease.connection.run(
                Batch(queries: [], isCancellable: false, silenceTimeout: Self.pingTimeout))
            guard reply.failure != nil else { return lease.connection }
            // Each round closes one idle connection, so there are at most as many as the pool holds.
            release(lease.connection)
        }
    }
}

extension PostgresError {
    static var missingAnswer: PostgresError {
        PostgresError(.unexpectedReply, "the server did not answer the statement", outcome: .inDoubt)
    }

    /// What a caller sees whose task was cancelled: the code says so, the rest tells what became of the statement.
    func asCancelled(_ isCancelled: Bool) -> PostgresError {
        guard isCancelled, code == .statementTimeout || code == .connectionLost || code == .cancelled else { return self }
        return PostgresError(
            .cancelled, "the task was cancelled", sqlState: sqlState, outcome: outcome, cause: CancellationError())
    }
}
