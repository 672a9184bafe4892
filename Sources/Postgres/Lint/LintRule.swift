/// What a migration must not do to a database in use, or for good.
///
/// A rule is waived for one statement by a comment before or inside it: `-- lint: index-locks-writes because the table has ten rows`.
public enum LintRule: String, Sendable, Hashable, CaseIterable {
    case indexLocksWrites = "index-locks-writes"
    case constraintBuildsIndex = "constraint-builds-index"
    case constraintScansTable = "constraint-scans-table"
    case notNullScansTable = "not-null-scans-table"
    case columnWithoutDefault = "column-without-default"
    case volatileDefault = "volatile-default"
    case typeChange = "type-change"
    case rename
    case dropWithoutContract = "drop-without-contract"
    case enumValueUsed = "enum-value-used"
    case enumValueUnplaced = "enum-value-unplaced"
    case narrowKey = "narrow-key"
    case timestampWithoutZone = "timestamp-without-zone"
    case concurrentInTransaction = "concurrent-in-transaction"
    case notRepeatable = "not-repeatable"
    case ownTimeout = "own-timeout"
    case badWaiver = "bad-waiver"

    /// What is wrong, and what to do instead.
    public var advice: String {
        switch self {
        case .indexLocksWrites:
            "nobody can write while the index is built; build it CONCURRENTLY, in a migration outside a transaction"
        case .constraintBuildsIndex:
            "nobody can read or write while the index is built; build it CONCURRENTLY first and add the constraint USING INDEX"
        case .constraintScansTable:
            "the whole table is read under the lock; add the constraint NOT VALID, and validate it in a later migration"
        case .notNullScansTable:
            "the whole table is read under the lock; validate CHECK (… IS NOT NULL) in an earlier migration"
        case .columnWithoutDefault: "it fails as soon as there is a row; give the column a default, or let it be null"
        case .volatileDefault: "every row is written anew under the lock; add the column without, and fill it bit by bit"
        case .typeChange: "every row is written anew and running programs read the old type; add a column and move over"
        case .rename: "running programs use the old name; add the new one beside it and move over"
        case .dropWithoutContract:
            "running programs may use it; say which release uses it no more in a comment: -- contract: unused since …"
        case .enumValueUsed: "a value can be used only once it is committed; use it in a later migration"
        case .enumValueUnplaced: "say where it belongs, with BEFORE or AFTER: the order is compared with the program's cases"
        case .narrowKey: "a key of fewer than eight bytes runs out; make it bigint"
        case .timestampWithoutZone: "what instant it means depends on who asks; make it timestamptz"
        case .concurrentInTransaction: "no transaction can hold it; put it into a migration outside one"
        case .notRepeatable:
            "it fails when the script runs a second time; say IF EXISTS or IF NOT EXISTS, and drop first what may be half made"
        case .ownTimeout: "how long a script may wait or run is the migrator's to say"
        case .badWaiver: "a waiver names a rule that the statement breaks, and a reason: -- lint: rule because …"
        }
    }
}

/// A statement of a migration that breaks a rule.
public struct LintFinding: Sendable, Hashable, CustomStringConvertible {
    /// The line of migrations.
    public let line: String
    public let version: Int
    /// Line of the script on which the statement begins, from one.
    public let scriptLine: Int
    public let rule: LintRule
    /// What it is about: a table, a column.
    public let subject: String

    public var description: String {
        "\(line) \(version), line \(scriptLine): \(rule.rawValue): \(subject): \(rule.advice)"
    }
}
