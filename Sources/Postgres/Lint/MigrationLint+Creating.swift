extension MigrationLint {
    mutating func readCreate(_ reader: inout SQLReader) {
        if reader.take("or", "replace") { return }
        _ = reader.takeAny("unlogged", "temporary", "temp")
        let isUnique = reader.take("unique")
        guard let kind = reader.takeAny("table", "index", "type", "sequence", "schema", "view", "materialized") else { return }
        switch kind {
        case "table": readCreateTable(&reader)
        case "index": readCreateIndex(&reader, kind: isUnique ? "unique index" : "index")
        default:
            _ = reader.take("view")
            let isGuarded = reader.take("if", "not", "exists")
            guard let name = reader.name() else { return }
            make(name)
            if !isTransactional, !isGuarded, !cleared.contains(name) { report(.notRepeatable, "\(kind) \(name)") }
        }
    }

    private mutating func readCreateIndex(_ reader: inout SQLReader, kind: String) {
        let isConcurrent = reader.take("concurrently")
        let isGuarded = reader.take("if", "not", "exists")
        let name = reader.rest.first == .word("on") ? "" : reader.name() ?? ""
        guard reader.take("on") else { return }
        _ = reader.take("only")
        guard let table = reader.name() else { return }
        if !isConcurrent { report(.indexLocksWrites, "\(kind) \(name) on \(table)", unlessMade: table) }
        // One that was being built when the process died is there and of no use, so that it is there already says nothing.
        let isRepeatable = cleared.contains(name) || isGuarded && !isConcurrent
        if !isTransactional, !isRepeatable { report(.notRepeatable, "\(kind) \(name)") }
    }

    private mutating func readCreateTable(_ reader: inout SQLReader) {
        let isGuarded = reader.take("if", "not", "exists")
        guard let table = reader.name() else { return }
        make(table)
        if !isTransactional, !isGuarded, !cleared.contains(table) { report(.notRepeatable, "table \(table)") }
        var narrow: Set<String> = []
        for element in reader.list() {
            var part = SQLReader(element)
            if part.take("constraint") { _ = part.name() }
            if part.take("primary", "key") {
                for column in part.list().compactMap(\.first?.name) where narrow.contains(column) {
                    report(.narrowKey, "\(table).\(column)")
                }
            } else if part.takeAny("unique", "check", "foreign", "exclude", "like") == nil, let column = part.name() {
                readColumn(part.rest, "\(table).\(column)")
                if Self.isNarrow(part.rest) { narrow.insert(column) }
            }
        }
    }

    /// What holds of every column, whoever uses its table.
    mutating func readColumn(_ definition: [SQLToken], _ subject: String) {
        if Self.isNarrow(definition), definition.has("primary", "key") { report(.narrowKey, subject) }
        var reader = SQLReader(definition)
        guard reader.take("timestamp") else { return }
        _ = reader.list()
        if !reader.take("with", "time", "zone") { report(.timestampWithoutZone, subject) }
    }

    private static func isNarrow(_ definition: [SQLToken]) -> Bool {
        let types = ["int", "integer", "int4", "int2", "smallint", "serial", "serial4", "serial2", "smallserial"]
        return definition.first?.name.map(types.contains) ?? false
    }
}
