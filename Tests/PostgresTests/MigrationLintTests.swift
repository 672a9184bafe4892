import Testing

@testable import Postgres

@Suite("Migration lint")
struct MigrationLintTests {
    struct Example: Sendable, CustomTestStringConvertible {
        let rule: LintRule
        let bad: String
        let good: String
        var isTransactional = true

        var testDescription: String { bad }
    }

    /// What the database has had for long.
    private static let before = Migration(
        version: 1, name: "notes",
        sql: """
            CREATE TYPE state AS ENUM ('open', 'closed');
            CREATE TABLE note (id int8 PRIMARY KEY, text text, state state, at timestamptz);
            ALTER TABLE note ADD CONSTRAINT text_set CHECK (text IS NOT NULL) NOT VALID;
            """)

    private func rules(_ sql: String, isTransactional: Bool = true, firstRelease: Int = 1) -> [LintRule] {
        let migrations = [
            Self.before, Migration(version: 2, name: "change", sql: sql, isTransactional: isTransactional),
        ]
        return Migrator(line: "notes", schema: "notes", migrations: migrations, firstRelease: firstRelease)
            .lintFindings.map(\.rule)
    }

    private static let inTransactions: [Example] = [
        Example(
            rule: .indexLocksWrites, bad: "CREATE INDEX note_text ON notes.note (text)",
            good: "CREATE TABLE other (id int8 PRIMARY KEY, text text); CREATE INDEX other_text ON other (text)"),
        Example(
            rule: .indexLocksWrites, bad: "CREATE UNIQUE INDEX ON ONLY note (text)", good: "CREATE TABLE other (text text UNIQUE)"
        ),
        Example(
            rule: .constraintBuildsIndex, bad: "ALTER TABLE note ADD CONSTRAINT one UNIQUE (text)",
            good: "ALTER TABLE note ADD CONSTRAINT one UNIQUE USING INDEX note_text"),
        Example(
            rule: .constraintBuildsIndex, bad: "ALTER TABLE note ADD COLUMN code text UNIQUE",
            good: "ALTER TABLE note ADD COLUMN code text"),
        Example(
            rule: .constraintScansTable, bad: "ALTER TABLE note ADD CONSTRAINT short CHECK (length(text) < 9)",
            good: "ALTER TABLE note ADD CONSTRAINT short CHECK (length(text) < 9) NOT VALID"),
        Example(
            rule: .constraintScansTable, bad: "ALTER TABLE note ADD FOREIGN KEY (id) REFERENCES other (id)",
            good: "ALTER TABLE note ADD FOREIGN KEY (id) REFERENCES other (id) NOT VALID"),
        Example(
            rule: .constraintScansTable,
            bad: "ALTER TABLE note ADD CONSTRAINT a CHECK (id > 0) NOT VALID; ALTER TABLE note VALIDATE CONSTRAINT a",
            good: "ALTER TABLE note VALIDATE CONSTRAINT text_set"),
        Example(
            rule: .notNullScansTable, bad: "ALTER TABLE note ALTER COLUMN text SET NOT NULL",
            good: "ALTER TABLE note VALIDATE CONSTRAINT text_set; ALTER TABLE note ALTER text SET NOT NULL"),
        Example(
            rule: .columnWithoutDefault, bad: "ALTER TABLE note ADD owner text NOT NULL",
            good: "ALTER TABLE note ADD owner text NOT NULL DEFAULT ''"),
        Example(
            rule: .volatileDefault, bad: "ALTER TABLE note ADD made timestamptz NOT NULL DEFAULT clock_timestamp()",
            good: "ALTER TABLE note ADD made timestamptz NOT NULL DEFAULT now()"),
        Example(
            rule: .volatileDefault, bad: "ALTER TABLE note ADD number int8 GENERATED ALWAYS AS IDENTITY",
            good: "ALTER TABLE note ADD number int8 DEFAULT (7)"),
        Example(
            rule: .typeChange, bad: "ALTER TABLE note ADD a text, ALTER COLUMN text TYPE varchar(9)",
            good: "CREATE TABLE other (text text); ALTER TABLE other ALTER text SET DATA TYPE varchar(9)"),
        Example(
            rule: .rename, bad: "ALTER TABLE note RENAME text TO body",
            good: "ALTER TABLE note RENAME CONSTRAINT text_set TO has_text"),
        Example(
            rule: .rename, bad: "ALTER TYPE state RENAME VALUE 'open' TO 'begun'",
            good: "CREATE TYPE kind AS ENUM ('a'); ALTER TYPE kind RENAME TO sort"),
        Example(
            rule: .dropWithoutContract, bad: "ALTER TABLE note DROP COLUMN text",
            good: "-- contract: unused since 1.2\nALTER TABLE note DROP COLUMN text"),
        Example(
            rule: .dropWithoutContract, bad: "-- contract:\nDROP TABLE IF EXISTS note CASCADE",
            good: "CREATE TABLE other (); DROP TABLE other"),
        Example(
            rule: .enumValueUsed,
            bad: "ALTER TYPE state ADD VALUE 'lost' AFTER 'closed'; UPDATE note SET state = 'lost'",
            good: "ALTER TYPE state ADD VALUE 'lost' AFTER 'closed'; UPDATE note SET state = 'open'"),
        Example(
            rule: .enumValueUnplaced, bad: "ALTER TYPE state ADD VALUE IF NOT EXISTS 'lost'",
            good: "ALTER TYPE state ADD VALUE IF NOT EXISTS 'lost' BEFORE 'open'"),
        Example(
            rule: .narrowKey, bad: "CREATE TABLE other (id integer PRIMARY KEY)",
            good: "CREATE TABLE other (id bigint PRIMARY KEY, n integer)"),
        Example(
            rule: .narrowKey, bad: "CREATE TABLE other (a text, n serial, CONSTRAINT both PRIMARY KEY (a, n))",
            good: "CREATE TABLE other (a text, n integer, PRIMARY KEY (a))"),
        Example(
            rule: .timestampWithoutZone, bad: "CREATE TABLE other (at timestamp(3) NOT NULL)",
            good: "CREATE TABLE other (at timestamp(3) with time zone, due timestamptz)"),
        Example(
            rule: .timestampWithoutZone, bad: "ALTER TABLE note ADD due timestamp without time zone",
            good: "ALTER TABLE note ADD due timestamp with time zone"),
        Example(
            rule: .concurrentInTransaction, bad: "CREATE INDEX CONCURRENTLY note_text ON note (text)",
            good: "DROP INDEX note_text"),
        Example(rule: .ownTimeout, bad: "SET lock_timeout = 0", good: "SET work_mem = '1GB'"),
        Example(
            rule: .ownTimeout, bad: "SELECT set_config('statement_timeout', '0', true)", good: "SELECT 'lock_timeout is short'"),
        Example(
            rule: .badWaiver, bad: "-- lint: rename because it reads better\nSELECT 1",
            good: "-- lint: rename because nothing reads it\nALTER TABLE note RENAME TO paper"),
    ]

    private static let outside: [Example] = [
        (
            "CREATE INDEX CONCURRENTLY IF NOT EXISTS a ON note (at)",
            "DROP INDEX CONCURRENTLY IF EXISTS a; CREATE INDEX CONCURRENTLY a ON note (at)"
        ),
        ("DROP INDEX CONCURRENTLY a", "DROP INDEX CONCURRENTLY IF EXISTS a"),
        ("CREATE TABLE other ()", "CREATE TABLE IF NOT EXISTS other ()"),
        ("ALTER TABLE note ADD a text", "ALTER TABLE note ADD COLUMN IF NOT EXISTS a text"),
        (
            "ALTER TABLE note ADD CONSTRAINT a CHECK (id > 0) NOT VALID",
            "ALTER TABLE note DROP CONSTRAINT IF EXISTS a; ALTER TABLE note ADD CONSTRAINT a CHECK (id > 0) NOT VALID"
        ),
        ("ALTER TABLE note DROP CONSTRAINT a", "ALTER TABLE note VALIDATE CONSTRAINT text_set"),
        ("ALTER TYPE state ADD VALUE 'lost' AFTER 'closed'", "ALTER TYPE state ADD VALUE IF NOT EXISTS 'lost' AFTER 'closed'"),
        ("INSERT INTO note (id) VALUES (1)", "INSERT INTO note (id) VALUES (1) ON CONFLICT DO NOTHING"),
    ].map { Example(rule: .notRepeatable, bad: $0, good: $1, isTransactional: false) }

    @Test("finds what breaks a rule, and leaves alone what keeps it", arguments: inTransactions + outside)
    func rule(example: Example) {
        #expect(rules(example.bad, isTransactional: example.isTransactional) == [example.rule])
        #expect(rules(example.good, isTransactional: example.isTransactional) == [])
    }

    @Test("has an example for every rule, and advice", arguments: LintRule.allCases)
    func coverage(rule: LintRule) {
        #expect((Self.inTransactions + Self.outside).contains { $0.rule == rule })
        #expect(!rule.advice.isEmpty)
    }

    @Test("takes a waiver that names the rule and a reason, for its statement only")
    func waivers() {
        let index = "CREATE INDEX a ON note (text)"
        #expect(rules("-- lint: index-locks-writes because it has ten rows\n\(index)") == [])
        #expect(rules("CREATE INDEX a /* lint: index-locks-writes because it has ten rows */ ON note (text)") == [])
        #expect(rules("-- lint: index-locks-writes because it has ten rows\n\(index); \(index)") == [.indexLocksWrites])
        #expect(rules("-- lint: index-locks-writes\n\(index)") == [.indexLocksWrites, .badWaiver])
        #expect(rules("-- lint: index-locks-writes because\n\(index)") == [.indexLocksWrites, .badWaiver])
        #expect(rules("-- lint: index because it has ten rows\n\(index)") == [.indexLocksWrites, .badWaiver])
    }

    @Test("reads what the first release made as one migration, but for what is wrong for good")
    func firstRelease() {
        let change = """
            CREATE INDEX a ON note (text); ALTER TABLE note RENAME text TO body; ALTER TABLE note ALTER body TYPE varchar(9);
            DROP TABLE note
            """
        #expect(rules(change, firstRelease: 2) == [])
        #expect(rules(change, firstRelease: 1) == [.indexLocksWrites, .rename, .typeChange, .dropWithoutContract])
        #expect(rules("ALTER TABLE note ADD due timestamp", firstRelease: 2) == [.timestampWithoutZone])
        let values = "ALTER TYPE state ADD VALUE 'lost' AFTER 'closed'; UPDATE note SET state = 'lost'"
        #expect(rules(values, firstRelease: 2) == [.enumValueUsed])
    }

    @Test("says where it found what")
    func description() {
        let migrator = Migrator(
            line: "notes", schema: "notes",
            migrations: [Migration(version: 1, name: "notes", sql: "-- Notes\n\nSELECT 1;\n\nDROP TABLE gone")])
        #expect(migrator.lintFindings.map(\.scriptLine) == [5])
        #expect(
            migrator.lintFindings.first?.description.hasPrefix("notes 1, line 5: drop-without-contract: table gone: ") == true)
    }

    @Test("takes SQL apart as the server does: quotes, dollars, comments in comments")
    func lexing() {
        let script = SQLScript(
            """
            SELECT 'it''s; one', E'a\\'; b', "Odd;""Name" -- c; d
            ; /* x /* y; */ z; */
            DO $body$ BEGIN; $other$; END $body$ ; SELECT $1;;
            """)
        #expect(script.statements.map(\.line) == [1, 3, 3])
        #expect(
            script.statements.map(\.tokens) == [
                [
                    .word("select"), .text("it's; one"), .symbol(","), .text("a'; b"), .symbol(","), .quoted("Odd;\"Name"),
                ],
                [.word("do"), .text(" BEGIN; $other$; END ")],
                [.word("select"), .symbol("$"), .word("1")],
            ])
        #expect(script.statements.map(\.comments) == [["c; d"], ["x /* y; */ z; "], []])
        #expect(script.statements.last?.text == "SELECT $1")
        for unfinished in ["'", "\"", "E'\\", "$a$", "/*", "--", "$", "e'"] {
            #expect(SQLScript(unfinished).statements.count <= 1)
        }
    }
}
