import CJCore

/// Judgements that somebody else collected, read from comma-separated values as they stream in.
///
/// Columns: either `winner` and `loser`, or `first`, `second` and `winner`, where the winner is one of the two, or `tie` or nothing for
/// neither. There may be `judge`, `margin` (`slight`, `clear` or nothing) and `weight` (how many judgements the row stands for). Other
/// columns are ignored. Rows are kept as numbers, 24 bytes each, and every name once.
struct JudgementFile {
    /// Bytes of one line at most.
    static let longestLine = 1 << 20
    /// Rows at most.
    static let maximumRows = 50_000_000
    /// Judgements that a row may stand for.
    static let largestWeight = 1e9
    private static let chunkBytes = 256 << 10

    private(set) var rows: [Row] = []
    /// Whether it is known which item of each judgement was shown first.
    private(set) var tellsPositions = false

    let name: String
    private var layout: Layout?
    private var parser: CSVParser?
    private var items = Names()
    private var judges = Names()
    /// Bytes after the last whole line.
    private var rest: [UInt8] = []
    private var lines = 0

    /// One judgement, its names as numbers.
    struct Row: Hashable {
        let first: Int32
        let second: Int32
        let judge: Int32
        let outcome: Outcome
        let margin: Margin?
        let weight: Double
    }

    /// Names, numbered in the order in which they came.
    private struct Names {
        private(set) var all: [String] = []
        private var numbers: [String: Int32] = [:]

        mutating func number(of name: String) -> Int32 {
            if let known = numbers[name] { return known }
            let number = Int32(all.count)
            numbers[name] = number
            all.append(name)
            return number
        }
    }

    /// Share of the judgements, by weight, that were for the item shown first; a tie is for neither.
    var firstShare: Double {
        var (first, all) = (0.0, 0.0)
        for row in rows {
            first += row.outcome == .first ? row.weight : 0
            all += row.weight
        }
        return all > 0 ? first / all : 0
    }

    /// The judgements, for an estimator; what was read is let go of.
    consuming func judgements() -> NamedJudgements {
        var indexed = IndexedJudgements(itemCount: items.all.count)
        indexed.reserveCapacity(rows.count)
        for row in rows {
            indexed.append(
                first: Int(row.first), second: Int(row.second), outcome: row.outcome, margin: row.margin, judge: Int(row.judge),
                weight: row.weight)
        }
        rows = []
        return NamedJudgements(
            items: items.all.map { Item.ID($0) }, judges: judges.all.map { Judge.ID($0) }, judgements: indexed)
    }

    /// Where the columns stand.
    private struct Layout {
        let judge: Int?
        let margin: Int?
        let weight: Int?
        let winner: Int
        let places: Places
        let columnCount: Int

        enum Places {
            case loser(Int)
            case positions(first: Int, second: Int)
        }
    }

    init(name: String) {
        self.name = name
    }

    /// Reads a whole source.
    static func read(_ source: ByteSource) throws(CommandError) -> JudgementFile {
        var file = JudgementFile(name: source.name)
        while let bytes = try source.next(upTo: chunkBytes) { try file.append(bytes) }
        try file.end()
        return file
    }

    /// Takes the next bytes, of any number.
    mutating func append(_ bytes: [UInt8]) throws(CommandError) {
        rest += bytes
        guard let lineEnd = rest.lastIndex(of: UInt8(ascii: "\n")) else {
            guard rest.count <= Self.longestLine else {
                throw CommandError(.tableMalformed, "\(name), line \(lines + 1): longer than \(Self.longestLine) bytes.")
            }
            return
        }
        let whole = Array(rest[...lineEnd])
        rest.removeSubrange(...lineEnd)
        try take(whole)
    }

    /// Ends the file.
    mutating func end() throws(CommandError) {
        let whole = rest
        rest = []
        try take(whole)
        if var parser {
            try take(parser.end())
            self.parser = parser
        }
        guard layout != nil else {
            throw CommandError(.tableEmpty, "\(name) is empty; expected a header line, as in judge,winner,loser.")
        }
        guard !rows.isEmpty else {
            throw CommandError(.noJudgements, "\(name) holds no judgements below its header.")
        }
    }

    private mutating func take(_ bytes: [UInt8]) throws(CommandError) {
        if let offset = UTF8Check.firstInvalidByte(of: bytes) {
            let line = lines + 1 + bytes[..<offset].count { $0 == UInt8(ascii: "\n") }
            throw CommandError(.tableNotUTF8, "\(name), line \(line): not UTF-8. Save the table as CSV UTF-8.")
        }
        lines += bytes.count { $0 == UInt8(ascii: "\n") }
        guard var parser else { return try takeFirst(bytes) }
        let records = try parser.records(inLines: bytes)
        self.parser = parser
        try take(records)
    }

    /// The first bytes tell what separates fields.
    private mutating func takeFirst(_ bytes: [UInt8]) throws(CommandError) {
        var text = String(decoding: bytes, as: UTF8.self)
        if text.unicodeScalars.first == "\u{FEFF}" { text.unicodeScalars.removeFirst() }
        var limits = CSVTable.Limits()
        limits.rows = Self.maximumRows
        var parser = CSVParser(separator: CSVTable.separator(of: text), name: name, limits: limits)
        let records = try parser.records(in: text)
        self.parser = parser
        try take(records)
    }

    private mutating func take(_ records: [CSVTable.Row]) throws(CommandError) {
        for record in records {
            guard let layout else {
                layout = try readHeader(record)
                continue
            }
            rows.append(try row(in: record, layout: layout))
        }
    }

    private mutating func readHeader(_ header: CSVTable.Row) throws(CommandError) -> Layout {
        func column(_ name: String) -> Int? { header.fields.firstIndex { $0.lowercased() == name } }
        let places: Layout.Places
        if let first = column("first"), let second = column("second") {
            places = .positions(first: first, second: second)
            tellsPositions = true
        } else if let loser = column("loser") {
            places = .loser(loser)
        } else {
            throw missingColumns(header)
        }
        guard let winner = column("winner") else { throw missingColumns(header) }
        return Layout(
            judge: column("judge"), margin: column("margin"), weight: column("weight"), winner: winner, places: places,
            columnCount: header.fields.count)
    }

    private func missingColumns(_ header: CSVTable.Row) -> CommandError {
        CommandError(
            .columnMissing,
            """
            \(name), line \(header.line): expected the columns winner and loser, or first, second and winner (and perhaps judge, margin and weight); \
            found \(header.fields.map(quoted).joined(separator: ", ")).
            """)
    }

    private mutating func row(in record: CSVTable.Row, layout: Layout) throws(CommandError) -> Row {
        guard record.fields.count == layout.columnCount else {
            throw CommandError(
                .tableMalformed,
                """
                \(name), line \(record.line): expected \(count(layout.columnCount, "field")) as in the header, \
                found \(record.fields.count).
                """)
        }
        let winner = record.fields[layout.winner]
        let first: String
        let second: String
        switch layout.places {
        case .loser(let loser): (first, second) = (winner, record.fields[loser])
        case .positions(let one, let other): (first, second) = (record.fields[one], record.fields[other])
        }
        guard !first.isEmpty, !second.isEmpty else { throw unusable(record, "an item without a name") }
        guard first != second else { throw unusable(record, "\(quoted(first)) is compared with itself") }
        let (firstNumber, secondNumber) = (items.number(of: first), items.number(of: second))
        let judge = judges.number(of: layout.judge.map { record.fields[$0] } ?? "")
        guard max(items.all.count, judges.all.count) <= IndexedJudgements.maximumItems else {
            throw unusable(record, "more than \(IndexedJudgements.maximumItems) items or judges")
        }
        return Row(
            first: firstNumber, second: secondNumber, judge: judge,
            outcome: try outcome(winner, first: first, second: second, in: record),
            margin: try layout.margin.flatMap { column throws(CommandError) in try margin(record.fields[column], in: record) },
            weight: try layout.weight.map { column throws(CommandError) in try weight(record.fields[column], in: record) } ?? 1)
    }

    private func outcome(
        _ winner: String, first: String, second: String, in record: CSVTable.Row
    ) throws(CommandError) -> Outcome {
        switch winner {
        case first: .first
        case second: .second
        case "", "tie": .tie
        default:
            throw unusable(
                record, "the winner is \(quoted(winner)); expected \(quoted(first)), \(quoted(second)), or tie for neither")
        }
    }

    private func margin(_ text: String, in record: CSVTable.Row) throws(CommandError) -> Margin? {
        guard !text.isEmpty else { return nil }
        guard let margin = Margin(rawValue: text) else {
            throw unusable(record, "the margin is \(quoted(text)); expected slight, clear or nothing")
        }
        return margin
    }

    private func weight(_ text: String, in record: CSVTable.Row) throws(CommandError) -> Double {
        guard let weight = Double(text), weight > 0, weight <= Self.largestWeight else {
            throw unusable(record, "the weight is \(quoted(text)); expected a number above 0 and up to a billion, as in 1 or 2.5")
        }
        return weight
    }

    private func unusable(_ record: CSVTable.Row, _ what: String) -> CommandError {
        CommandError(.judgementUnusable, "\(name), line \(record.line): \(what).")
    }
}
