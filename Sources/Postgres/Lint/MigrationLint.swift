/// Reads the scripts of a line of migrations, as far as the rules need it, and remembers what they made.
struct MigrationLint {
    let migrations: [Migration]
    let line: String
    /// Up to here the line was never run on a database in use.
    let firstRelease: Int

    /// What was made since the line was last released, by name: nobody uses it yet.
    var made: Set<String> = []
    /// Columns that a valid constraint keeps from being null, as `table.column`.
    var proven: Set<String> = []
    /// Constraints that keep a column from being null, as `table.constraint`, with `table.column`.
    var proofs: [String: String] = [:]

    // Of the migration that is being read.
    var madeHere: Set<String> = []
    var isTransactional = true
    /// Constraints that were added without being validated, as `table.constraint`.
    var unvalidated: Set<String> = []
    var addedValues: Set<String> = []
    /// What was dropped if it was there, so that it can be made again.
    var cleared: Set<String> = []

    // Of the statement.
    var isContract = false
    private var broken: [(rule: LintRule, subject: String)] = []

    init(_ migrator: Migrator) {
        migrations = migrator.migrations
        line = migrator.line
        firstRelease = migrator.firstRelease
    }

    mutating func findings() -> [LintFinding] {
        migrations.flatMap { migration in
            if migration.version > firstRelease { made = [] }
            madeHere = []
            isTransactional = migration.isTransactional
            unvalidated = []
            addedValues = []
            cleared = []
            return SQLScript(migration.sql).statements.flatMap { statement in
                broken(by: statement).map { rule, subject in
                    LintFinding(
                        line: line, version: migration.version, scriptLine: statement.line, rule: rule, subject: subject)
                }
            }
        }
    }

    mutating func make(_ name: String) {
        made.insert(name)
        madeHere.insert(name)
    }

    mutating func report(_ rule: LintRule, _ subject: String) {
        broken.append((rule, subject))
    }

    /// Reports unless nobody uses the thing yet.
    mutating func report(_ rule: LintRule, _ subject: String, unlessMade name: String) {
        if !made.contains(name) { report(rule, subject) }
    }

    // MARK: Waivers

    private mutating func broken(by statement: SQLScript.Statement) -> [(rule: LintRule, subject: String)] {
        broken = []
        isContract = statement.comments.contains { !Self.reason($0, after: "contract:").isEmpty }
        read(statement)
        let waivers = statement.comments.filter { $0.hasPrefix("lint:") }
        for waiver in waivers {
            let words = waiver.dropFirst("lint:".count).split(whereSeparator: \.isWhitespace)
            guard words.count > 2, words[1] == "because", let rule = LintRule(rawValue: String(words[0])), rule != .badWaiver,
                broken.contains(where: { $0.rule == rule })
            else {
                report(.badWaiver, waiver)
                continue
            }
            broken.removeAll { $0.rule == rule }
        }
        return broken
    }

    private static func reason(_ comment: String, after mark: String) -> Substring {
        guard comment.hasPrefix(mark) else { return "" }
        return comment.dropFirst(mark.count).trimmingPrefix(while: \.isWhitespace)
    }

    // MARK: Statements

    private mutating func read(_ statement: SQLScript.Statement) {
        if isTransactional {
            if statement.isConcurrent { report(.concurrentInTransaction, statement.subject) }
            for case .text(let text) in statement.tokens where addedValues.contains(text) {
                report(.enumValueUsed, text)
            }
        }
        for timeout in ["lock_timeout", "statement_timeout"]
        where statement.tokens.contains(.word(timeout)) || statement.tokens.contains(.text(timeout)) {
            report(.ownTimeout, timeout)
        }
        var reader = SQLReader(statement.tokens)
        if reader.take("create") {
            readCreate(&reader)
        } else if reader.take("alter", "table") {
            readAlterTable(&reader)
        } else if reader.take("alter", "type") {
            readAlterType(&reader)
        } else if reader.take("alter") {
            if statement.tokens.has("rename", "to"), reader.takeAny("sequence", "view", "function", "schema") != nil {
                let name = reader.name() ?? ""
                report(.rename, name, unlessMade: name)
            }
        } else if reader.take("drop") {
            readDrop(&reader)
        } else if reader.take("insert", "into"), !isTransactional, !statement.tokens.has("on", "conflict") {
            report(.notRepeatable, "insert into \(reader.name() ?? "")")
        }
    }

    private mutating func readAlterType(_ reader: inout SQLReader) {
        let type = reader.name() ?? ""
        if reader.take("add", "value") {
            let isGuarded = reader.take("if", "not", "exists")
            guard case .text(let value)? = reader.rest.first else { return }
            if !madeHere.contains(type) { addedValues.insert(value) }
            if reader.rest.count < 3 { report(.enumValueUnplaced, "\(type) \(value)") }
            if !isTransactional, !isGuarded { report(.notRepeatable, "\(type) \(value)") }
        } else if reader.take("rename") {
            report(.rename, type, unlessMade: type)
        } else if reader.rest.has("type") || reader.rest.has("drop", "attribute") {
            report(.typeChange, type, unlessMade: type)
        }
    }

    private mutating func readDrop(_ reader: inout SQLReader) {
        let kinds = ["table", "type", "schema", "view", "sequence", "index", "function", "materialized"]
        guard let kind = reader.rest.first?.name, kinds.contains(kind), let name = reader.name() else { return }
        _ = reader.take("view")
        _ = reader.take("concurrently")
        let isGuarded = reader.take("if", "exists")
        for dropped in reader.names() {
            if !isTransactional {
                if isGuarded { cleared.insert(dropped) } else { report(.notRepeatable, "\(name) \(dropped)") }
            }
            // An index is nothing that a program asks for by name.
            if name != "index", !isContract { report(.dropWithoutContract, "\(name) \(dropped)", unlessMade: dropped) }
        }
    }
}

extension SQLScript.Statement {
    /// How it begins.
    fileprivate var subject: String {
        text.split(whereSeparator: \.isWhitespace).prefix(5).joined(separator: " ")
    }
}

extension Migrator {
    /// Statements of the line's scripts that break a rule of ``LintRule`` and have no waiver. What the first release made at once is read
    /// as one migration, and what a migration made itself nobody uses yet.
    public var lintFindings: [LintFinding] {
        var lint = MigrationLint(self)
        return lint.findings()
    }
}
