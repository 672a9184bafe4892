/// What the simulated judge believes each essay to be worth, from a table with the columns `file` and `overall` or another.
struct QualityTable: Sendable, Hashable {
    /// Quality by essay id, one for every essay of the folder; finite, on the table's own scale.
    let qualities: [Essay.ID: Double]
    /// The column that was read.
    let column: String

    /// Checks a table against the essays: every essay must have exactly one number.
    init(_ table: CSVTable, column: String = "overall", essays: EssayFolder) throws(CommandError) {
        let read = try EssayTable(table, column: column, holding: "the essays' qualities", essays: essays) { entry in
            guard Self.number(entry.value, separator: table.separator) == nil else { return nil }
            return CommandError(
                .rowNotANumber,
                """
                \(table.name), line \(entry.line), column \(quoted(column)): \(quoted(entry.value)) is not a number; \
                expected one such as 3.5.
                """)
        }
        var qualities: [Essay.ID: Double] = [:]
        for entry in read.entries {
            qualities[entry.essay] = Self.number(entry.value, separator: table.separator)
        }
        var faults = FaultList()
        for essay in essays.essays where qualities[essay.id] == nil {
            faults.append(
                CommandError(
                    .rowMissing, "\(table.name): there is no row for \(quoted(essay.id)); every essay needs a quality."))
        }
        try faults.throwIfAny()
        self.qualities = qualities
        self.column = read.column
    }

    /// A finite decimal number; with semicolons between the fields the decimal sign may be a comma.
    private static func number(_ text: String, separator: Character) -> Double? {
        let allowed = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: ","), UInt8(ascii: "-"),
                UInt8(ascii: "+"), UInt8(ascii: "e"), UInt8(ascii: "E"):
                true
            default: false
            }
        }
        guard allowed else { return nil }
        let decimal = separator == ";" ? String(text.map { $0 == "," ? "." : $0 }) : text
        guard let value = Double(decimal), value.isFinite else { return nil }
        return value
    }
}
