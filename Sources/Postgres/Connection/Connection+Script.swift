private import CPostgres

extension Connection {
    /// Runs several statements given as one text, by the simple protocol; for migrations.
    ///
    /// - Returns: the first error, nil when all went well.
    func runScript(_ sql: String) async -> PostgresError? {
        guard case .idle = phase, PQexitPipelineMode(handle.raw) == 1 else {
            return PostgresError(.connectionLost, "the connection has been closed", outcome: .notSent)
        }
        let error = await withCheckedContinuation { continuation in
            phase = .runningScript(continuation, nil)
            guard PQsendQuery(handle.raw, sql) == 1 else { return end(lostError()) }
            restartSilenceTimer()
            flush()
        }
        if isOpen, PQenterPipelineMode(handle.raw) != 1 { close() }
        return error
    }

    /// The script's last answer has been taken.
    func endScript(_ continuation: CheckedContinuation<PostgresError?, Never>, _ error: PostgresError?) {
        stopSilenceTimer()
        phase = .idle
        continuation.resume(returning: error)
    }
}
