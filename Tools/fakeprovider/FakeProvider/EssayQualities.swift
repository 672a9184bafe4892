internal import FoundationEssentials

/// Why a table of qualities could not be read.
public struct QualitiesError: Error, Sendable, CustomStringConvertible {
    /// What is wrong, and with which file or line.
    public let message: String

    public var description: String { message }
}

/// Reads qualities from a table and the essays that it names.
enum EssayQualities {
    /// The longest table that is read.
    static let maxTableBytes = 16 << 20

    static func read(csv: String, column: String, folder: String) throws(QualitiesError) -> [String: Double] {
        let table = try rows(String(decoding: try contents(csv, limit: maxTableBytes), as: UTF8.self), name: csv)
        guard let header = table.first else { throw QualitiesError(message: "\(csv) is empty") }
        guard let fileIndex = header.firstIndex(of: "file") else { throw QualitiesError(message: "\(csv) has no column file") }
        guard let valueIndex = header.firstIndex(of: column) else {
            throw QualitiesError(message: "\(csv) has no column \(column)")
        }
        var qualities: [String: Double] = [:]
        for (line, row) in table.enumerated().dropFirst() {
            guard row.count == header.count else {
                throw QualitiesError(message: "\(csv) has \(row.count) fields in row \(line + 1), not \(header.count)")
            }
            guard let value = Double(row[valueIndex]), value.isFinite else {
                throw QualitiesError(message: "\(csv) has no number for \(row[fileIndex]) in column \(column)")
            }
            let text = try contents(folder + "/" + row[fileIndex], limit: maxTableBytes)
            qualities[Digest.hex(text)] = value
            qualities[Digest.hex(trimmed(String(decoding: text, as: UTF8.self)))] = value
        }
        return qualities
    }

    /// The text without white space at either end.
    static func trimmed(_ text: String) -> String {
        var rest = text[...]
        while let first = rest.first, first.isWhitespace { rest.removeFirst() }
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return String(rest)
    }

    /// Rows of comma-separated values (RFC 4180): fields may be quoted, a quote inside is doubled, rows end with LF or CR LF.
    static func rows(_ text: String, name: String) throws(QualitiesError) -> [[String]] {
        var rows: [[String]] = []
        var row: [String] = []
        var field = ""
        var isQuoted = false
        var scalars = text.unicodeScalars.makeIterator()
        var next = scalars.next()
        // A byte order mark is not part of the first column's name.
        if next == "\u{FEFF}" { next = scalars.next() }
        while let scalar = next {
            next = scalars.next()
            switch (scalar, isQuoted) {
            case ("\"", true) where next == "\"":
                field.unicodeScalars.append(scalar)
                next = scalars.next()
            case ("\"", true): isQuoted = false
            case ("\"", false) where field.isEmpty: isQuoted = true
            case (",", false):
                row.append(field)
                field = ""
            case ("\r", false) where next == "\n": break
            case ("\n", false):
                if !(row.isEmpty && field.isEmpty) { rows.append(row + [field]) }
                row = []
                field = ""
            default: field.unicodeScalars.append(scalar)
            }
        }
        guard !isQuoted else { throw QualitiesError(message: "\(name) ends inside a quoted field") }
        if !(row.isEmpty && field.isEmpty) { rows.append(row + [field]) }
        return rows
    }

    private static func contents(_ path: String, limit: Int) throws(QualitiesError) -> [UInt8] {
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw QualitiesError(message: "\(path) can't be read")
        }
        guard data.count <= limit else { throw QualitiesError(message: "\(path) has more than \(limit) bytes") }
        return Array(data)
    }
}
