import CJCore

/// Judgements that somebody else collected, read from comma-separated values as they stream in.
///
/// Columns: `judge` (may be missing), and either `winner` and `loser`, or `first`, `second` and `winner`, where the winner is one of the
/// two. Other columns are ignored. Items and judges that occur often are kept once.
struct JudgementFile {
    /// Bytes of one line at most.
    static let longestLine = 1 << 20
    /// Rows at most.
    static let maximumRows = 50_000_000
    private static let chunkBytes = 256 << 10

    private(set) var judgements: [Judgement] = []
    /// Whether it is known which item of each judgement was shown first.
    private(set) var tellsPositions = false

    private let name: String
    private var layout: Layout?
    private var parser: CSVParser?
    private var items: [String: Item.ID] = [:]
    private var judges: [String: Judge.ID] = [:]
    /// Bytes after the last whole line.
    private var rest: [UInt8] = []
    private var lines = 0

    /// Where the columns stand.
    private struct Layout {
        let judge: Int?
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
        guard !judgements.isEmpty else {
            throw CommandError(.noJudgements, "\(name) holds no judgements below its header.")
        }
    }

    private mutating func take(_ bytes: [UInt8]) throws(CommandError) {
        if let offset = UTF8Check.firstInvalidByte(of: bytes) {
            let line = lines + 1 + bytes[..<offset].count { $0 == UInt8(ascii: "\n") }
            throw CommandError(.tableNotUTF8, "\(name), line \(line): not UTF-8. Save the table as CSV UTF-8.")
        }
        lines += bytes.count { $0 == UInt8(ascii: "\n") }
        var text = String(decoding: bytes, as: UTF8.self)
        var parser: CSVParser
        if let known = self.parser {
            parser = known
        } else {
            if text.unicodeScalars.first == "\u{FEFF}" { text.unicodeScalars.removeFirst() }
            var limits = CSVTable.Limits()
            limits.rows = Self.maximumRows
            parser = CSVParser(separator: CSVTable.separator(of: text), name: name, limits: limits)
        }
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
            judgements.append(try judgement(in: record, layout: layout))
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
        return Layout(judge: column("judge"), winner: winner, places: places, columnCount: header.fields.count)
    }

    private func missingColumns(_ header: CSVTable.Row) -> CommandError {
        CommandError(
            .columnMissing,
            """
            \(name), line \(header.line): expected the columns winner and loser, or first, second and winner (and perhaps judge); \
            found \(header.fields.map(quoted).joined(separator: ", ")).
            """)
    }

    private mutating func judgement(in record: CSVTable.Row, layout: Layout) throws(CommandError) -> Judgement {
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
        guard !first.isEmpty, !second.isEmpty else {
            throw CommandError(.judgementUnusable, "\(name), line \(record.line): an item without a name.")
        }
        guard winner == first || winner == second else {
            throw CommandError(
                .judgementUnusable,
                """
                \(name), line \(record.line): the winner is \(quoted(winner)); \
                expected \(quoted(first)) or \(quoted(second)).
                """)
        }
        let judge = intern(judge: layout.judge.map { record.fields[$0] } ?? "")
        do throws(PairingError) {
            return Judgement(
                comparison: try Comparison(first: intern(first), second: intern(second)),
                outcome: winner == first ? .first : .second, judge: judge)
        } catch {
            throw CommandError(
                .judgementUnusable, "\(name), line \(record.line): \(quoted(first)) is compared with itself.", cause: error)
        }
    }

    private mutating func intern(_ item: String) -> Item.ID {
        if let known = items[item] { return known }
        let id = Item.ID(item)
        items[item] = id
        return id
    }

    private mutating func intern(judge: String) -> Judge.ID {
        if let known = judges[judge] { return known }
        let id = Judge.ID(judge)
        judges[judge] = id
        return id
    }
}
