extension Migrator {
    /// What the lock of the line is on.
    var lineKey: String { "huleedu migration " + line }

    private static let linePause: Duration = .milliseconds(50)

    /// Waits until the line may be asked for again.
    ///
    /// It is not waited for inside a transaction, which keeps a snapshot after its first statement: who builds an index concurrently,
    /// holding the line, waits for all who have one.
    func waitForLine(until deadline: ContinuousClock.Instant) async throws {
        guard ContinuousClock.now < deadline else {
            throw PostgresError(
                .lockTimeout, "another process has been migrating line \"\(line)\" for longer than \(Self.lineLockTimeout)",
                outcome: .rolledBack)
        }
        try await Task.sleep(for: Self.linePause)
    }
}
