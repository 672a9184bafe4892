/// Cutting of whole lines in which nothing is quoted, byte by byte: what most tables with millions of rows consist of.
extension CSVParser {
    /// Takes whole lines of UTF-8, each with its end.
    ///
    /// - Returns: as ``records(in:)`` does for the same text.
    mutating func records(inLines bytes: [UInt8]) throws(CommandError) -> [CSVTable.Row] {
        guard isBetweenLines, let plain = PlainLines(bytes, separator: separator) else {
            return try records(in: String(decoding: bytes, as: UTF8.self))
        }
        var records: [CSVTable.Row] = []
        for line in plain.lines {
            if let fields = try fields(of: bytes[line], separator: plain.separator) {
                records.append(try record(of: fields))
            }
            passLine()
        }
        return records
    }

    /// Nothing for a line without anything on it.
    private func fields(of line: ArraySlice<UInt8>, separator: UInt8) throws(CommandError) -> [String]? {
        var fields: [String] = []
        var start = line.startIndex
        for place in line.indices where line[place] == separator {
            fields.append(text(of: line[start..<place]))
            start = place + 1
        }
        fields.append(text(of: line[start...]))
        return fields == [""] ? nil : fields
    }

    /// A field without the space round it.
    private func text(of field: ArraySlice<UInt8>) -> String {
        var field = field
        while let first = field.first, Self.isSpace(first) { field.removeFirst() }
        while let last = field.last, Self.isSpace(last) { field.removeLast() }
        let text = String(decoding: field, as: UTF8.self)
        // Space that is not ASCII can stand at the ends only of what begins or ends with another byte than ASCII's.
        guard let first = field.first, let last = field.last, max(first, last) >= 0x80 else { return text }
        return trimmed(text.unicodeScalars)
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}

/// Lines that hold no quotation mark, no NUL, and a carriage return only before their end.
private struct PlainLines {
    let separator: UInt8
    /// Without their ends.
    private(set) var lines: [Range<Int>] = []

    init?(_ bytes: [UInt8], separator: Unicode.Scalar) {
        guard bytes.last == UInt8(ascii: "\n"), separator.isASCII else { return nil }
        self.separator = UInt8(truncatingIfNeeded: separator.value)
        var start = 0
        for (place, byte) in bytes.enumerated() {
            switch byte {
            case UInt8(ascii: "\""), 0: return nil
            case UInt8(ascii: "\r"):
                guard bytes[place + 1] == UInt8(ascii: "\n") else { return nil }
            case UInt8(ascii: "\n"):
                let hasReturn = place > start && bytes[place - 1] == UInt8(ascii: "\r")
                lines.append(start..<(hasReturn ? place - 1 : place))
                start = place + 1
            default: break
            }
        }
    }
}
