private import CPostgres

extension Connection {
    /// Runs several statements given as one text, by the simple protocol; for migrations.
    ///
    /// - Parameter silenceTimeout: how long the server may stay silent; nil for as long as it takes.
    /// - Returns: the first error, nil when all went well.
    func runScript(_ sql: String, silenceTimeout: Duration?) async -> PostgresError? {
        guard case .idle = phase, PQexitPipelineMode(handle.raw) == 1 else {
            return closedError
        }
        let error = await withCheckedContinuation { continuation in
            phase = .runningScript(continuation, nil)
            guard PQsendQuery(handle.raw, sql) == 1 else { return sendingFailed() }
            self.silenceTimeout = silenceTimeout
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
