extension Migrator {
    /// Runs a script whose statements are transactions of their own, from its start, until it has been run to its end.
    func runOutside(_ migration: Migration, _ pool: Pool) async throws {
        defer { withExtendedLifetime(pool) {} }
        var tries = 0
        while true {
            tries += 1
            do {
                return try await tryOutside(migration, pool.core)
            } catch let error as PostgresError {
                // Its statements bear being run again, so it does not matter which of them took effect.
                let error = error.with(outcome: .rolledBack)
                guard let delay = lockPolicy.delay(after: error, tries: tries, jitter: .random(in: 0...1)) else {
                    throw named(error, of: migration)
                }
                try await Task.sleep(for: delay)
            }
        }
    }

    private func tryOutside(_ migration: Migration, _ core: PoolCore) async throws {
        let connection = try await core.acquire().connection
        let result: Result<Void, any Error>
        do {
            result = .success(try await runStatements(of: migration, on: connection, core.configuration.silenceAllowance))
        } catch {
            result = .failure(error)
        }
        // Its session has the line and settings that are nobody else's; the pool makes another.
        await connection.close()
        core.release(connection)
        try result.get()
    }

    private func runStatements(of migration: Migration, on connection: Connection, _ silenceAllowance: Duration) async throws {
        let deadline = ContinuousClock.now + Self.lineLockTimeout
        let ask: Query = "SELECT pg_try_advisory_lock(hashtextextended(\(lineKey), 0))"
        while try await !Self.isTrue(answer(ask, on: connection)) { try await waitForLine(until: deadline) }
        let known = try await answer(
            "SELECT EXISTS (SELECT FROM \(unescaped: table) WHERE line = \(line) AND version = \(migration.version))",
            on: connection)
        guard try !Self.isTrue(known) else { return }
        _ = try await answer("SELECT set_config('search_path', \(searchPath), false)", on: connection)
        _ = try await answer(
            "SELECT set_config('statement_timeout', \(Self.scriptTimeout.inMilliseconds), false)", on: connection)
        for statement in SQLScript(migration.sql).statements {
            // What runs concurrently holds nobody up while it waits.
            let timeout = statement.isConcurrent ? Duration.zero : lockTimeout
            _ = try await answer("SELECT set_config('lock_timeout', \(timeout.inMilliseconds), false)", on: connection)
            if let error = await connection.runScript(statement.text, silenceTimeout: Self.scriptTimeout + silenceAllowance) {
                throw error
            }
        }
    }

    private func answer(_ query: Query, on connection: Connection) async throws -> [Row] {
        let reply = await connection.run(Batch(queries: [query]))
        switch reply.failure {
        case nil: return reply.results.first?.table.rows ?? []
        case .refused(let report), .stale(let report):
            throw report.error(outcome: .rolledBack).asCancelled(reply.isCancelled)
        case .lost(let error), .notSent(let error): throw error.asCancelled(reply.isCancelled)
        }
    }
}
