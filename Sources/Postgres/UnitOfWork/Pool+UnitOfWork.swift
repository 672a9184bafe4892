internal import Logging

extension Pool {
    /// Runs `body` as one transaction, and again when it must be.
    ///
    /// The body is rerun, with random growing delays, when the server undid the unit for a passing reason: a conflict with another
    /// transaction (40001, 40P01), a lock or statement timeout, or a connection lost before `COMMIT` was sent. It must therefore have no effects
    /// but through its unit. Any error thrown by the body rolls the unit back and is rethrown. A unit inside a unit takes a second
    /// connection and is independent of the first.
    ///
    /// - Parameters:
    ///   - name: what the unit does, for logs and the names of its checkpoints.
    ///   - isolation: what the unit sees of others.
    ///   - statementTimeout: what one statement may take, when that differs from the pool's setting.
    /// - Returns: what the body returned in the run that was committed.
    /// - Throws: what the body threw, or ``PostgresError``; with outcome `.inDoubt` when the connection ended after `COMMIT` was sent,
    ///   and only a look at the database can tell whether the unit took effect.
    @discardableResult
    public func unitOfWork<R>(
        _ name: String, isolation: IsolationLevel = .readCommitted, statementTimeout: Duration? = nil,
        _ body: (UnitOfWork) async throws -> R
    ) async throws -> R {
        try await unitOfWork(
            name, isolation: isolation, statementTimeout: statementTimeout, rerunPolicy: core.configuration.rerunPolicy, body)
    }

    /// The same under a policy of its own.
    func unitOfWork<R>(
        _ name: String, isolation: IsolationLevel = .readCommitted, statementTimeout: Duration?, rerunPolicy: RerunPolicy,
        _ body: (UnitOfWork) async throws -> R
    ) async throws -> R {
        defer { withExtendedLifetime(self) {} }
        var tries = 0
        while true {
            tries += 1
            let unit = UnitOfWork(name, core: core, isolation: isolation, statementTimeout: statementTimeout)
            do {
                let result = try await body(unit)
                try await unit.commit()
                return result
            } catch {
                await unit.rollBack()
                let delay = unit.failure.flatMap { failure in
                    rerunPolicy.delay(after: failure, tries: tries, jitter: .random(in: 0...1))
                }
                guard let delay, !Task.isCancelled else { throw error }
                logger.debug(
                    "a unit of work runs again",
                    metadata: ["unit": "\(name)", "tries": "\(tries)", "reason": "\(unit.failure?.code, default: "")"])
                await core.countRerun()
                do {
                    try await Task.sleep(for: delay)
                } catch {
                    throw PostgresError(.cancelled, "the task was cancelled", outcome: .rolledBack, cause: error)
                }
            }
        }
    }
}
