/// A table with one row per essay: its file name in the column `file`, a value in another.
struct EssayTable: Sendable {
    /// One row with its essay found.
    struct Entry: Sendable {
        let line: Int
        /// The essay's id as the folder gave it, whatever Unicode form the table used.
        let essay: Essay.ID
        let value: String
    }

    /// As the person named it.
    let name: String
    let column: String
    let entries: [Entry]
    let separator: Character

    /// Finds the essays of a table; faults are collected, and thrown together with those that `check` finds in the values.
    init(
        _ table: CSVTable, column: String, holding purpose: String, essays: EssayFolder,
        check: (Entry) -> CommandError?
    ) throws(CommandError) {
        let fileIndex = try table.index(ofColumn: "file", for: "the names of the essays' files")
        let valueIndex = try table.index(ofColumn: column, for: purpose)
        var faults = FaultList()
        var entries: [Entry] = []
        var lines: [String: Int] = [:]
        let ids = Dictionary(essays.essays.map { ($0.id, $0.id) }, uniquingKeysWith: { first, _ in first })
        for row in table.rows {
            let file = row.fields[fileIndex]
            guard let id = ids[file] else {
                faults.append(Self.unknown(file, line: row.line, table: table.name, essays: essays))
                continue
            }
            if let earlier = lines.updateValue(row.line, forKey: id) {
                faults.append(
                    CommandError(
                        .rowDuplicateFile,
                        "\(table.name), line \(row.line), column \"file\": \(quoted(file)) stands on line \(earlier) already."))
                continue
            }
            let entry = Entry(line: row.line, essay: id, value: row.fields[valueIndex])
            if let fault = check(entry) {
                faults.append(fault)
            } else {
                entries.append(entry)
            }
        }
        try faults.throwIfAny()
        name = table.name
        self.column = table.columns[valueIndex]
        self.entries = entries
        separator = table.separator
    }

    private static func unknown(_ file: String, line: Int, table: String, essays: EssayFolder) -> CommandError {
        let reason =
            if file.isEmpty {
                "no file is named; expected the name of an essay in \(essays.path)"
            } else if let skipped = essays.skipped.first(where: { $0.name == file }) {
                "\(quoted(file)) is no essay (\(skipped.explanation(in: .english)))"
            } else {
                """
                there is no essay \(quoted(file)) in \(essays.path); expected a file name with its ending, such as \
                \(quoted(essays.essays[0].id))
                """
            }
        return CommandError(.rowUnknownFile, "\(table), line \(line), column \"file\": \(reason).")
    }
}

extension Essay: Identifiable {}
