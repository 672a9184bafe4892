private import Logging
public import Postgres
private import Synchronization

/// A fresh database for one test, on the server that all tests of the process share.
///
/// ```swift
/// @Test func storesAnEssay() async throws {
///     let database = try await TestDatabase.make(migrations: [essayMigrator])
///     let pool = database.pool()
///     …
/// }
/// ```
///
/// Migrations are run once per process into a template, which `CREATE DATABASE … TEMPLATE` then copies in about 50 ms.
public struct TestDatabase: Sendable {
    /// Where the database is found, by libpq's rules.
    public let connectionString: String

    /// Creates a database, with these migrations applied.
    public static func make(migrations: [Migrator] = []) async throws -> TestDatabase {
        let cluster = try await TestCluster.shared.running()
        let template = migrations.isEmpty ? "template0" : try await Templates.shared.template(for: migrations, on: cluster)
        let name = "test_\(number.next())"
        try await Administration.shared.createDatabase(name, template: template, on: cluster)
        return TestDatabase(connectionString: cluster.connectionString(database: name))
    }

    /// A pool on the database.
    public func pool(size: Int = 4) -> Pool {
        Pool(PoolConfiguration(connectionString: connectionString, size: size), logger: Logger(label: "test"))
    }

    private static let number = Counter()
}

/// A number that grows.
final class Counter: Sendable {
    private let value = Mutex(0)

    func next() -> Int {
        value.withLock { value in
            value += 1
            return value
        }
    }
}

/// The one pool through which databases are created.
private actor Administration {
    static let shared = Administration()

    private var pool: Pool?

    func createDatabase(_ name: String, template: String, on cluster: EmbeddedCluster) async throws {
        let pool = administrationPool(cluster)
        try await pool.execute("CREATE DATABASE \(unescaped: name) TEMPLATE \(unescaped: template)")
    }

    private func administrationPool(_ cluster: EmbeddedCluster) -> Pool {
        if let pool { return pool }
        var configuration = PoolConfiguration(connectionString: cluster.connectionString, size: 2)
        // Many tests create their databases at once, on few cores.
        configuration.statementTimeout = .seconds(60)
        configuration.lockTimeout = .seconds(60)
        configuration.acquireTimeout = .seconds(60)
        let pool = Pool(configuration, logger: Logger(label: "test-administration"))
        self.pool = pool
        return pool
    }
}

/// Migrated databases to copy from, one for each list of migrations.
private actor Templates {
    static let shared = Templates()

    private struct Key: Hashable {
        let lines: [String]
        let schemas: [String]
        let migrations: [[Migration]]
    }

    private var templates: [Key: Task<String, any Error>] = [:]

    func template(for migrators: [Migrator], on cluster: EmbeddedCluster) async throws -> String {
        let key = Key(
            lines: migrators.map(\.line), schemas: migrators.map(\.schema), migrations: migrators.map(\.migrations))
        if let task = templates[key] { return try await task.value }
        let name = "template_\(templates.count)"
        // A bridge: the template belongs to all tests that want it.
        let task = Task {
            try await Administration.shared.createDatabase(name, template: "template0", on: cluster)
            let pool = Pool(
                PoolConfiguration(connectionString: cluster.connectionString(database: name), size: 1),
                logger: Logger(label: "test-template"))
            for migrator in migrators {
                _ = try await migrator.migrate(pool)
            }
            // A database with sessions cannot be copied.
            await pool.close()
            return name
        }
        templates[key] = task
        return try await task.value
    }
}
