/// Cuts text into records and fields, one scalar after the other, in pieces of any length.
struct CSVParser {
    let separator: Unicode.Scalar

    private enum State {
        /// Before the first character of a field.
        case fieldStart
        case unquoted
        case quoted
        /// After a quotation mark inside a quoted field: the field's end, or the first half of a doubled mark.
        case quoteSeen
    }

    private let name: String
    private let limits: CSVTable.Limits

    private var state = State.fieldStart
    private var previous: Unicode.Scalar = " "
    private var line = 1
    private var recordLine = 1
    private var quoteLine = 1
    private var recordCount = 0
    private var field = String.UnicodeScalarView()
    private var fields: [String] = []
    private var finished: [CSVTable.Row] = []

    init(separator: Unicode.Scalar, name: String, limits: CSVTable.Limits) {
        self.separator = separator
        self.name = name
        self.limits = limits
    }

    /// Takes the next piece of text.
    ///
    /// - Returns: the records that end in it, the header among them; blank lines are left out.
    mutating func records(in text: String) throws(CommandError) -> [CSVTable.Row] {
        for scalar in text.unicodeScalars {
            // "\r\n" is one line end: its second half is passed over, except in quotation marks, where both are the field's.
            if scalar == "\n", previous == "\r", state != .quoted {
                previous = scalar
                continue
            }
            try take(scalar)
            if scalar == "\n" && previous != "\r" || scalar == "\r" { line += 1 }
            if state == .fieldStart, fields.isEmpty, field.isEmpty { recordLine = line }
            previous = scalar
        }
        return takeFinished()
    }

    /// Ends the text.
    ///
    /// - Returns: the last record, unless a line end has ended it already.
    mutating func end() throws(CommandError) -> [CSVTable.Row] {
        guard state != .quoted else {
            throw malformed(quoteLine, "a quotation mark is opened and never closed")
        }
        if !(state == .fieldStart && fields.isEmpty) { try endRecord() }
        return takeFinished()
    }

    private mutating func takeFinished() -> [CSVTable.Row] {
        defer { finished = [] }
        return finished
    }

    private mutating func take(_ scalar: Unicode.Scalar) throws(CommandError) {
        guard scalar != "\0" else { throw malformed(line, "a NUL byte, where text is expected") }
        switch (state, scalar) {
        case (.quoted, "\""):
            state = .quoteSeen
        case (.quoted, _):
            field.append(scalar)
        case (.quoteSeen, "\""):
            field.append("\"")
            state = .quoted
        case (_, separator):
            try endField()
        case (_, "\n"), (_, "\r"):
            try endRecord()
        case (.fieldStart, "\""):
            field = String.UnicodeScalarView()
            quoteLine = line
            state = .quoted
        case (.fieldStart, _):
            // Space before a quotation mark is tolerated: the field has not begun as long as only space was seen.
            field.append(scalar)
            if !scalar.properties.isWhitespace { state = .unquoted }
        case (.unquoted, "\""):
            throw malformed(
                line, "a quotation mark inside an unquoted field; put the whole field in quotation marks and double this one")
        case (.unquoted, _):
            field.append(scalar)
        case (.quoteSeen, _):
            guard scalar.properties.isWhitespace else {
                throw malformed(
                    line, "text after a closing quotation mark; expected \(quoted(String(separator))) or the line's end")
            }
        }
    }

    private mutating func endField() throws(CommandError) {
        guard fields.count < limits.columns else {
            throw malformed(recordLine, "more than \(limits.columns) fields in one record")
        }
        fields.append(state == .quoteSeen ? String(field) : trimmed(field))
        field = String.UnicodeScalarView()
        state = .fieldStart
    }

    private mutating func endRecord() throws(CommandError) {
        let wasQuoted = state == .quoteSeen
        try endField()
        defer { fields = [] }
        // A line without anything on it is no record.
        guard fields != [""] || wasQuoted else { return }
        finished.append(try record(of: fields))
    }

    /// A record that has ended, counted.
    mutating func record(of fields: [String]) throws(CommandError) -> CSVTable.Row {
        guard fields.count <= limits.columns else {
            throw malformed(recordLine, "more than \(limits.columns) fields in one record")
        }
        guard recordCount <= limits.rows else {
            throw CommandError(.tableTooLarge, "\(name) has more than \(limits.rows) rows.")
        }
        recordCount += 1
        return CSVTable.Row(line: recordLine, fields: fields)
    }

    /// Whether nothing of a line has been taken yet.
    var isBetweenLines: Bool { state == .fieldStart && fields.isEmpty && field.isEmpty && previous != "\r" }

    /// Counts a line that was taken without looking at its scalars.
    mutating func passLine() {
        line += 1
        recordLine = line
        previous = "\n"
    }

    func trimmed(_ field: String.UnicodeScalarView) -> String {
        guard let first = field.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = field.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return String(field[first...last])
    }

    private func malformed(_ line: Int, _ what: String) -> CommandError {
        CommandError(.tableMalformed, "\(name), line \(line): \(what).")
    }
}
