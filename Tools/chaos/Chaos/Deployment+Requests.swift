import Postgres

extension Deployment {
    /// Waits until so many requests have ended.
    ///
    /// - Parameter patience: without one more end for so long, the service is taken to hang.
    /// - Throws: ``DrillError`` then, with what stands in the tables of the queue.
    func waitForEnds(_ count: Int, patience: Duration) async throws {
        var known = try await ends()
        var moved = ContinuousClock.now
        while known < count {
            try await Task.sleep(for: .milliseconds(50))
            let now = try await ends()
            if now > known { moved = .now }
            known = now
            guard moved.duration(to: .now) < patience else {
                throw DrillError(
                    description: """
                        \(known) requests ended, and for \(patience) no more
                        \(try await requestsLeft())
                        \(output(of: .llmProvider).suffix(4000))
                        """)
            }
        }
    }

    private func ends() async throws -> Int {
        try await pool.query("SELECT count(*) FROM llm_provider.result")[0].decode(Int.self)
    }

    /// Where requests that have not ended stand, and the lanes that they wait for; a few of each.
    private func requestsLeft() async throws -> String {
        try await pool.query(
            """
            (SELECT format('%s is held by %s, attempt %s, for another %s', subject, worker, attempt, lease_until - now())
                FROM llm_provider.job_lease LIMIT 10)
            UNION ALL
            (SELECT format('%s waits another %s, after %s attempts', subject, run_at - now(), attempt)
                FROM llm_provider.job_scheduled ORDER BY run_at LIMIT 10)
            UNION ALL
            (SELECT format('%s is ready, after %s attempts', subject, attempt)
                FROM llm_provider.job_ready WHERE kind <> '' ORDER BY id LIMIT 10)
            UNION ALL
            (SELECT format('lane %s sends nothing for another %s, because it is %s', pool, frozen_until - now(), standstill)
                FROM llm_provider.lane LIMIT 10)
            """
        ).map { try $0.decode(String.self) }.joined(separator: "\n")
    }
}
