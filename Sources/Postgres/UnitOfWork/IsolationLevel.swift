/// How much a transaction sees of others that run at the same time.
public enum IsolationLevel: Sendable, Hashable, CaseIterable {
    /// Each statement sees what was committed before it started.
    case readCommitted
    /// All statements see what was committed before the first; a conflicting write fails with 40001.
    case repeatableRead
    /// As if all such transactions ran one after the other; what does not fit fails with 40001.
    case serializable

    var begin: Query {
        switch self {
        case .readCommitted: "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
        case .repeatableRead: "BEGIN ISOLATION LEVEL REPEATABLE READ READ WRITE"
        case .serializable: "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE"
        }
    }
}
