import ArgumentParser
import CJAssessmentService
import LLMProviderService
import Logging
import Postgres
import ServiceKit

/// `huleedu db`
struct DatabaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "db",
        abstract: "Look after the services' schemas in a PostgreSQL.",
        discussion: """
            Each service brings its own schema up to date before it serves, and refuses one that is not what its migrations make. These \
            commands do the same without serving, to prepare an upgrade or to look into a refusal.
            """,
        subcommands: [Status.self, Check.self, Migrate.self, Lint.self])

    /// Which database, said by option or environment.
    struct Target: ParsableArguments {
        @Option(help: ArgumentHelp("The PostgreSQL to use, as a URI. Without it DATABASE_URL.", valueName: "url"))
        var database: String?

        /// Runs a body with a pool on the database, and tells what went wrong.
        ///
        /// - Returns: the status with which the process ends.
        func withPool(_ body: (Pool) async throws -> Int32) async -> Int32 {
            await CommandFailure.reported {
                guard let url = database ?? Settings.environment.text("DATABASE_URL", isSecret: true) else {
                    throw CommandError(.databaseUnnamed, "No database is named; pass --database URL or set DATABASE_URL.")
                }
                // What the pool has to say is in the error that follows.
                let logger = Logger(label: "huleedu") { _ in SwiftLogNoOpLogHandler() }
                let pool = Pool(PoolConfiguration(connectionString: url, size: 2), logger: logger)
                do {
                    let status = try await body(pool)
                    await pool.close()
                    return status
                } catch {
                    await pool.close()
                    throw error
                }
            }
        }
    }

    /// The schemas there are.
    static let migrators = [LLMProvider.migrator, CJAssessment.migrator]

    /// `huleedu db status`
    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tell which migrations a database has had. Changes nothing; ends with 1 when some are missing or unknown.")

        @OptionGroup var target: Target

        func run() async throws {
            let status = await target.withPool { pool in
                var isCurrent = true
                for migrator in migrators {
                    for migration in try await migrator.status(pool) {
                        try StandardOutput.write(
                            "\(migrator.line)  \(migration.version)  \(migration.name)  \(migration.state.words)\n")
                        isCurrent = isCurrent && migration.state.isApplied
                    }
                }
                return isCurrent ? 0 : 1
            }
            throw ExitCode(status)
        }
    }

    /// `huleedu db check`
    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Compare a database with what the migrations make. Changes nothing; ends with 1 when something differs.",
            discussion: """
                Compared are enumerations with their values in order, tables, columns with type, nullability, default and identity, \
                sequences, indexes, constraints, triggers, views and functions; enumerations also with those of this program. A service \
                refuses to start on any difference but an added index that forbids nothing.
                """)

        @OptionGroup var target: Target

        func run() async throws {
            let status = await target.withPool { pool in
                var faults: [SchemaFault] = []
                for migrator in migrators { faults += try await migrator.faults(pool) }
                for fault in faults { try StandardOutput.write(fault.description + "\n") }
                if faults.isEmpty { try StandardOutput.write("Every schema is what its migrations make.\n") }
                return faults.isEmpty ? 0 : 1
            }
            throw ExitCode(status)
        }
    }

    /// `huleedu db migrate`
    struct Migrate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Bring the schemas up to date, as the services would. Forward only; safe to run twice and at the same time."
        )

        @OptionGroup var target: Target

        func run() async throws {
            let status = await target.withPool { pool in
                for migrator in migrators {
                    let count = try await migrator.migrate(pool)
                    try StandardOutput.write("\(migrator.line)  \(huleedu.count(count, "migration")) applied\n")
                }
                return 0
            }
            throw ExitCode(status)
        }
    }

    /// `huleedu db lint`
    struct Lint: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Read this program's migrations for what hurts a database in use. Needs none; ends with 1 when it finds something."
        )

        func run() async throws {
            let findings = migrators.flatMap(\.lintFindings)
            for finding in findings { try StandardOutput.write(finding.description + "\n") }
            if findings.isEmpty { try StandardOutput.write("No migration breaks a rule.\n") }
            throw ExitCode(findings.isEmpty ? 0 : 1)
        }
    }
}

extension MigrationStatus.State {
    fileprivate var words: String {
        switch self {
        case .applied(let instant): "applied \(WallTime(instant).rfc3339)"
        case .pending: "not applied yet"
        case .changed: "applied, and changed in this program since"
        case .unknown: "applied by a newer program"
        }
    }

    fileprivate var isApplied: Bool {
        if case .applied = self { true } else { false }
    }
}

extension WallTime {
    /// The whole second of an instant of the database, in UTC.
    init(_ timestamp: Timestamp) {
        self.init(unixSeconds: timestamp.unixMicroseconds / 1_000_000, utcOffsetSeconds: 0)
    }
}
