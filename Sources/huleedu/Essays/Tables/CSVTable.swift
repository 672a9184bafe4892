/// A table read from comma-separated values (RFC 4180), with the line on which every row began.
///
/// The first record names the columns. A UTF-8 byte order mark is dropped; `\r\n`, `\n` and `\r` end a line; a field in
/// quotation marks may hold commas, line ends and doubled quotation marks. Records that are blank lines are skipped. Where the
/// first record holds a semicolon and no comma, the semicolon separates: that is how spreadsheets in Swedish and most
/// European settings save. Space round an unquoted field is dropped.
struct CSVTable: Sendable, Hashable {
    /// What a table may hold.
    struct Limits: Sendable, Hashable {
        var bytes = 1024 * 1024
        var columns = 64
        var rows = 10_000
    }

    /// One record below the header.
    struct Row: Sendable, Hashable {
        /// Line of the file, counted from one, on which the record begins.
        let line: Int
        /// As many as there are columns.
        let fields: [String]
    }

    /// The file as the person named it.
    let name: String
    let columns: [String]
    let rows: [Row]
    /// `,` or `;`.
    let separator: Character

    /// Parses the bytes of a file.
    static func parse(_ bytes: [UInt8], name: String, limits: Limits = Limits()) throws(CommandError) -> CSVTable {
        let text = try text(of: bytes, name: name, limits: limits)
        var parser = CSVParser(separator: separator(of: text), name: name, limits: limits)
        let records = try parser.records(in: text) + parser.end()
        guard let header = records.first else {
            throw CommandError(.tableEmpty, "\(name) is empty; expected a header line that names the columns.")
        }
        for (index, column) in header.fields.enumerated() where header.fields[..<index].contains(column) {
            throw CommandError(.columnAmbiguous, "\(name), line \(header.line): two columns are named \(quoted(column)).")
        }
        for record in records.dropFirst() where record.fields.count != header.fields.count {
            throw CommandError(
                .tableMalformed,
                """
                \(name), line \(record.line): expected \(count(header.fields.count, "field")) as in the header, \
                found \(record.fields.count).
                """)
        }
        return CSVTable(
            name: name, columns: header.fields, rows: Array(records.dropFirst()), separator: Character(parser.separator))
    }

    /// Reads and parses a file.
    static func read(
        _ path: String, limits: Limits = Limits(), files: FileAccess = .system
    ) throws(CommandError) -> CSVTable {
        let bytes: [UInt8]
        do throws(FileFailure) {
            bytes = try files.read(path, limits.bytes + 1)
        } catch {
            throw CommandError(.tableUnreadable, "The table \(path) cannot be read: \(error.message).", cause: error)
        }
        return try parse(bytes, name: path, limits: limits)
    }

    /// Where a column stands, by its exact name or, failing that, by its name in any case.
    func index(ofColumn column: String, for purpose: String) throws(CommandError) -> Int {
        if let exact = columns.firstIndex(of: column) { return exact }
        if let loose = columns.firstIndex(where: { $0.lowercased() == column.lowercased() }) { return loose }
        throw CommandError(
            .columnMissing,
            """
            \(name), line 1: there is no column \(quoted(column)), which should hold \(purpose); \
            the columns are \(columns.map(quoted).joined(separator: ", ")).
            """)
    }

    private static func text(of bytes: [UInt8], name: String, limits: Limits) throws(CommandError) -> String {
        guard bytes.count <= limits.bytes else {
            throw CommandError(.tableTooLarge, "\(name) is larger than \(limits.bytes) bytes, too large for a table of essays.")
        }
        if let offset = UTF8Check.firstInvalidByte(of: bytes) {
            let line = 1 + bytes[..<offset].count { $0 == UInt8(ascii: "\n") }
            throw CommandError(
                .tableNotUTF8, "\(name), line \(line): the byte at offset \(offset) is not UTF-8. Save the table as CSV UTF-8.")
        }
        let text = String(decoding: bytes, as: UTF8.self)
        return text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
    }

    /// The character that separates the fields of a text, by its first line.
    static func separator(of text: String) -> Unicode.Scalar {
        let firstLine = text.unicodeScalars.prefix { $0 != "\n" && $0 != "\r" }
        return firstLine.contains(";") && !firstLine.contains(",") ? ";" : ","
    }
}
