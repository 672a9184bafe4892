/// The answer to come of a statement that a unit of work has queued.
///
/// It can be read after the next ``UnitOfWork/sync()`` or query of the unit, or after the unit has committed.
public final class Pending {
    private var result: StatementResult?

    init() {}

    func resolve(_ result: StatementResult) {
        self.result = result
    }

    /// The rows returned.
    ///
    /// - Throws: `.unitOfWorkEnded` when the statement has not been answered: it was not sent yet, or the unit failed.
    public func rows() throws(PostgresError) -> [Row] {
        try answered().table.rows
    }

    /// The number of rows affected, or returned when the statement only reads.
    ///
    /// - Throws: as ``rows()``.
    public var rowCount: Int {
        get throws(PostgresError) { try answered().rowCount }
    }

    private func answered() throws(PostgresError) -> StatementResult {
        guard let result else {
            throw PostgresError(.unitOfWorkEnded, "the statement has not been answered; sync() comes first", outcome: .rolledBack)
        }
        return result
    }
}
