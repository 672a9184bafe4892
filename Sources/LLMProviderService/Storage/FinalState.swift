/// How a request ended, as the database keeps it.
enum FinalState: String, Sendable, CaseIterable {
    case succeeded, failed, cancelled
}
