/// Brings one line of migrations up to date in one schema.
///
/// Each migration runs in a transaction of its own, together with the note that it was applied; a lock per line lets one process at a
/// time work on it, so any number may start at once. A script that waits for a lock on a table in use makes everyone behind it wait too,
/// so it gives up soon, lets them pass, and tries again.
public struct Migrator: Sendable {
    /// Name of the sequence of migrations, usually the service's.
    public let line: String
    /// Schema that holds the tables; created when absent.
    public let schema: String
    public let migrations: [Migration]
    /// The program's enumerations that the schema's types are made for.
    public let enums: [StoredEnum]

    /// The last migration of the first release, zero when there has been none: up to it the line was never run on a database in use.
    public let firstRelease: Int

    /// How long a script may wait for a lock on a table in use.
    var lockTimeout: Duration = .seconds(3)
    /// How often it tries, and how long those whom it held up have in between.
    var lockPolicy = {
        var policy = RerunPolicy()
        policy.maxTriesAfterTimeout = 6
        policy.conflictDelay = .milliseconds(100) ... .seconds(4)
        return policy
    }()

    /// How long to wait for another process that works on the same line, which may be building an index.
    static let lineLockTimeout: Duration = .seconds(600)
    /// How long one statement of a script may take.
    static let scriptTimeout: Duration = .seconds(600)

    public init(line: String, schema: String, migrations: [Migration], enums: [StoredEnum] = [], firstRelease: Int = 0) {
        self.line = line
        self.schema = schema
        self.migrations = migrations
        self.enums = enums
        self.firstRelease = firstRelease
    }

    /// Applies what is missing, and makes sure that the schema is what the migrations make.
    ///
    /// - Returns: the number of migrations applied.
    /// - Throws: ``PostgresError`` with `.migrationChanged`, `.databaseNewer` or `.invalidMigrations` before anything is done;
    ///   `.migrationFailed` when a script fails, which leaves those before it applied and nothing of it; `.schemaDrift` when the
    ///   schema is not what the migrations make.
    public func migrate(_ pool: Pool) async throws -> Int {
        try MigrationPlan.validate(migrations, line: line)
        var count = 0
        // One run more than there are migrations: the last one finds nothing to do.
        for _ in 0...migrations.count {
            guard try await applyNext(pool) else { break }
            count += 1
        }
        try await verify(pool)
        return count
    }

    /// What the database has of this line, without changing anything.
    ///
    /// - Throws: ``PostgresError``.
    public func status(_ pool: Pool) async throws -> [MigrationStatus] {
        try MigrationPlan.validate(migrations, line: line)
        guard try await Self.isTrue(pool.query(tableExists)) else {
            return MigrationPlan(migrations: migrations, applied: []).statuses
        }
        let applied = try await pool.unitOfWork("migration status") { try await readApplied($0) }
        return MigrationPlan(migrations: migrations, applied: applied).statuses
    }

    // MARK: Private

    private enum Step {
        case upToDate
        case applied
        /// Another process works on the line.
        case busy
        /// The next migration is one that no transaction can hold.
        case outside(Migration)
    }

    /// Applies the first missing migration, if any.
    private func applyNext(_ pool: Pool) async throws -> Bool {
        let deadline = ContinuousClock.now + Self.lineLockTimeout
        var done = 0
        while true {
            switch try await step(pool, done: done) {
            case .upToDate: return false
            case .applied: return true
            case .busy: try await waitForLine(until: deadline)
            case .outside(let migration):
                try await runOutside(migration, pool)
                done = migration.version
            }
        }
    }

    /// Applies the first missing migration, if any, in one transaction with the note of it.
    ///
    /// - Parameter done: version of a migration that was run outside and has yet to be noted; zero for none.
    private func step(_ pool: Pool, done: Int) async throws -> Step {
        try await pool.unitOfWork("migrate \(line)", statementTimeout: Self.scriptTimeout, rerunPolicy: lockPolicy) {
            unit in
            let ask: Query = "SELECT pg_try_advisory_xact_lock(hashtextextended(\(lineKey), 0))"
            guard try await Self.isTrue(unit.query(ask)) else { return .busy }
            try await prepareTable(unit)
            let plan = MigrationPlan(migrations: migrations, applied: try await readApplied(unit))
            guard let migration = try plan.next(line: line) else { return .upToDate }
            if migration.isTransactional {
                unit.send("SELECT set_config('lock_timeout', \(lockTimeout.inMilliseconds), true)")
                unit.send("SELECT set_config('search_path', \(searchPath), true)")
                try await unit.sync()
                try await run(migration, unit)
            } else if migration.version != done {
                return .outside(migration)
            }
            let made = try await Catalogue.read(schema: schema, in: unit)
            unit.send(
                """
                INSERT INTO \(unescaped: table) (line, version, name, sha256, catalogue, server_version)
                VALUES (\(line), \(migration.version), \(migration.name), \(migration.checksum), \(made.text),
                    current_setting('server_version_num')::int8 / 10000)
                """)
            return .applied
        }
    }

    /// The lock is held, so nobody else creates these at the same time.
    private func prepareTable(_ unit: UnitOfWork) async throws {
        try await unit.sync()
        guard try await !Self.isTrue(unit.query(tableExists)) else { return }
        unit.send("CREATE SCHEMA IF NOT EXISTS \(unescaped: schema.quotedIdentifier)")
        try await unit.execute(
            """
            CREATE TABLE \(unescaped: table) (
                line text NOT NULL,
                version int8 NOT NULL,
                name text NOT NULL,
                sha256 bytea NOT NULL,
                applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
                -- What the schema was made of after this migration, in the words of this major version of the server.
                catalogue text NOT NULL,
                server_version int8 NOT NULL,
                PRIMARY KEY (line, version))
            """)
    }

    private func readApplied(_ unit: UnitOfWork) async throws -> [MigrationPlan.Applied] {
        let rows = try await unit.query(
            "SELECT version, name, sha256, applied_at FROM \(unescaped: table) WHERE line = \(line) ORDER BY version")
        return try rows.map { row in
            let (version, name, checksum, appliedAt) = try row.decode(Int.self, String.self, [UInt8].self, Timestamp.self)
            return MigrationPlan.Applied(version: version, name: name, checksum: checksum, appliedAt: appliedAt)
        }
    }

    private func run(_ migration: Migration, _ unit: UnitOfWork) async throws {
        do throws(PostgresError) {
            try await unit.runScript(migration.sql)
        } catch {
            throw named(error, of: migration)
        }
    }

    /// What may pass is left to who runs the script again; what the script itself did wrong gets its name.
    func named(_ error: PostgresError, of migration: Migration) -> PostgresError {
        guard lockPolicy.delay(after: error, tries: 0, jitter: 0) == nil else { return error }
        return PostgresError(
            .migrationFailed, "migration \(migration.version) (\(migration.name)) of line \"\(line)\": \(error.message)",
            sqlState: error.sqlState, constraint: error.constraint, outcome: error.outcome, cause: error)
    }

    var tableExists: Query { "SELECT to_regclass(\(table)) IS NOT NULL" }

    static func isTrue(_ rows: [Row]) throws(PostgresError) -> Bool {
        guard let row = rows.first else { throw .missingAnswer }
        return try row.decode(Bool.self)
    }

    var searchPath: String { schema.quotedIdentifier + ", public" }

    var table: String { "\(schema.quotedIdentifier).schema_migration" }
}
