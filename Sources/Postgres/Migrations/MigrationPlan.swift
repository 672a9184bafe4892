/// Compares the migrations of a program with those a database has had.
struct MigrationPlan {
    /// A row of the table that remembers what was applied.
    struct Applied: Sendable, Hashable {
        let version: Int
        let name: String
        let checksum: [UInt8]
        let appliedAt: Timestamp
    }

    let migrations: [Migration]
    let applied: [Applied]

    /// - Throws: `.invalidMigrations` unless the versions are 1, 2, 3, … in order and the scripts can be sent.
    static func validate(_ migrations: [Migration], line: String) throws(PostgresError) {
        for (index, migration) in migrations.enumerated() where migration.version != index + 1 {
            throw PostgresError(
                .invalidMigrations,
                "migration \(index + 1) of line \"\(line)\" has version \(migration.version)", outcome: .notSent)
        }
        for migration in migrations where migration.sql.utf8.contains(0) {
            throw PostgresError(
                .invalidMigrations, "migration \(migration.version) of line \"\(line)\" contains a NUL byte", outcome: .notSent)
        }
    }

    /// The first migration that is missing; nil when the database is up to date.
    ///
    /// - Throws: `.databaseNewer` or `.migrationChanged`, and then nothing may be applied.
    func next(line: String) throws(PostgresError) -> Migration? {
        for status in statuses {
            switch status.state {
            case .applied: continue
            case .pending: return migrations.first { $0.version == status.version }
            case .changed:
                throw PostgresError(
                    .migrationChanged,
                    "migration \(status.version) (\(status.name)) of line \"\(line)\" was changed after it had been applied",
                    outcome: .rolledBack)
            case .unknown:
                throw PostgresError(
                    .databaseNewer,
                    "the database has migration \(status.version) (\(status.name)) of line \"\(line)\", which this program does not know",
                    outcome: .rolledBack)
            }
        }
        return nil
    }

    /// One entry per migration known to either side; those that forbid any change come first.
    var statuses: [MigrationStatus] {
        let known = Dictionary(uniqueKeysWithValues: migrations.map { ($0.version, $0) })
        let done = applied.map { row in
            let state: MigrationStatus.State =
                switch known[row.version]?.checksum {
                case nil: .unknown(at: row.appliedAt)
                case row.checksum: .applied(at: row.appliedAt)
                default: .changed(at: row.appliedAt)
                }
            return MigrationStatus(version: row.version, name: row.name, state: state)
        }
        let doneVersions = Set(applied.map(\.version))
        let pending = migrations.filter { !doneVersions.contains($0.version) }
            .map { MigrationStatus(version: $0.version, name: $0.name, state: .pending) }
        return done + pending
    }
}
