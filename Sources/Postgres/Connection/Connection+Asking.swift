extension Connection {
    /// Runs one statement outside the pool's lending, for those who keep a session to themselves.
    ///
    /// - Parameter silenceTimeout: how long the server may take over it.
    func ask(_ query: Query, within silenceTimeout: Duration) async throws(PostgresError) -> [Row] {
        let reply = await run(Batch(queries: [query], isCancellable: false, silenceTimeout: silenceTimeout))
        switch reply.failure {
        case nil: return reply.results.first?.table.rows ?? []
        case .refused(let report), .stale(let report): throw report.error(outcome: .rolledBack)
        case .lost(let error), .notSent(let error): throw error
        }
    }
}
