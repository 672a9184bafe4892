extension MigrationLint {
    /// Functions that give the same for all rows of a statement; a default of these is kept once for the whole table.
    private static let stableFunctions: Set<String> = [
        "now", "transaction_timestamp", "statement_timestamp", "current_setting", "numeric", "varchar", "char", "decimal",
        "timestamptz", "timestamp", "interval", "bit",
    ]

    mutating func readAlterTable(_ reader: inout SQLReader) {
        let isGuarded = reader.take("if", "exists")
        _ = reader.take("only")
        guard let table = reader.name() else { return }
        for action in SQLReader.parts(reader.rest) {
            var part = SQLReader(action)
            if part.take("add") {
                readAdd(&part, to: table)
            } else if part.take("alter") {
                _ = part.take("column")
                readAlterColumn(&part, of: table)
            } else if part.take("drop", "constraint") {
                let isDropGuarded = part.take("if", "exists")
                guard let name = part.name() else { continue }
                cleared.insert("\(table).\(name)")
                if !isTransactional, !isDropGuarded { report(.notRepeatable, "constraint \(table).\(name)") }
            } else if part.take("drop") {
                _ = part.take("column")
                let isDropGuarded = part.take("if", "exists")
                guard let column = part.name() else { continue }
                if !isTransactional, !isDropGuarded { report(.notRepeatable, "column \(table).\(column)") }
                if !isContract { report(.dropWithoutContract, "column \(table).\(column)", unlessMade: table) }
            } else if part.take("rename") {
                // No program knows a constraint by its name but to tell which was violated.
                if part.take("constraint") { continue }
                report(.rename, table, unlessMade: table)
                if !isTransactional, !isGuarded { report(.notRepeatable, table) }
            } else if part.take("validate", "constraint"), let name = part.name() {
                let constraint = "\(table).\(name)"
                if isTransactional, unvalidated.contains(constraint) {
                    report(.constraintScansTable, constraint, unlessMade: table)
                }
                if let column = proofs[constraint] { proven.insert(column) }
            }
        }
    }

    // MARK: ADD

    private mutating func readAdd(_ part: inout SQLReader, to table: String) {
        let isNamed = part.take("constraint")
        let name = isNamed ? part.name() ?? "" : ""
        switch part.takeAny("primary", "unique", "exclude", "check", "foreign") {
        case nil: isNamed ? () : readAddColumn(&part, to: table)
        case "check", "foreign": readAddCheck(part, "\(table).\(name)", of: table)
        case .some:
            if !part.rest.has("using", "index") {
                report(.constraintBuildsIndex, "\(table).\(name)", unlessMade: table)
            }
            readRepeatability(of: "\(table).\(name)")
        }
    }

    /// A condition or reference that every row is held against.
    private mutating func readAddCheck(_ part: SQLReader, _ constraint: String, of table: String) {
        let isValid = !part.rest.has("not", "valid")
        if isValid { report(.constraintScansTable, constraint, unlessMade: table) } else { unvalidated.insert(constraint) }
        readRepeatability(of: constraint)
        var condition = part
        guard let proof = condition.list().first, proof.count == 4, proof.dropFirst().elementsEqual(Self.isNotNull),
            let column = proof.first?.name
        else { return }
        proofs[constraint] = "\(table).\(column)"
        if isValid { proven.insert("\(table).\(column)") }
    }

    private static let isNotNull: [SQLToken] = [.word("is"), .word("not"), .word("null")]

    /// There is no IF NOT EXISTS for constraints.
    private mutating func readRepeatability(of constraint: String) {
        if !isTransactional, !cleared.contains(constraint) { report(.notRepeatable, "constraint \(constraint)") }
    }

    private mutating func readAddColumn(_ part: inout SQLReader, to table: String) {
        _ = part.take("column")
        let isGuarded = part.take("if", "not", "exists")
        guard let column = part.name() else { return }
        let subject = "\(table).\(column)"
        let definition = part.rest
        readColumn(definition, subject)
        if !isTransactional, !isGuarded { report(.notRepeatable, "column \(subject)") }
        if definition.has("primary", "key") || definition.has("unique") {
            report(.constraintBuildsIndex, subject, unlessMade: table)
        }
        if definition.has("references") || definition.has("check") {
            report(.constraintScansTable, subject, unlessMade: table)
        }
        if Self.isVolatile(definition) {
            report(.volatileDefault, subject, unlessMade: table)
        } else if definition.has("not", "null"), !definition.has("default") {
            report(.columnWithoutDefault, subject, unlessMade: table)
        }
    }

    /// Whether each row gets a value of its own.
    private static func isVolatile(_ definition: [SQLToken]) -> Bool {
        let serials = ["serial", "bigserial", "smallserial", "serial2", "serial4", "serial8"]
        if definition.has("generated") || definition.first?.name.map(serials.contains) == true { return true }
        guard let start = definition.firstIndex(of: .word("default")) else { return false }
        let constraints = ["check", "references", "collate", "unique", "constraint"]
        let expression = definition[start...].prefix { !($0.name.map(constraints.contains) ?? false) }
        return zip(expression, expression.dropFirst()).contains { token, next in
            guard next == .symbol("("), let function = token.name else { return false }
            return !stableFunctions.contains(function) && function != "default"
        }
    }

    // MARK: ALTER COLUMN

    private mutating func readAlterColumn(_ part: inout SQLReader, of table: String) {
        guard let column = part.name() else { return }
        let subject = "\(table).\(column)"
        if part.take("set", "not", "null") {
            if !proven.contains(subject) { report(.notNullScansTable, subject, unlessMade: table) }
        } else if part.take("type") || part.take("set", "data", "type") {
            report(.typeChange, subject, unlessMade: table)
            readColumn(part.rest, subject)
        } else if part.take("add", "generated") {
            report(.typeChange, subject, unlessMade: table)
        }
    }
}
