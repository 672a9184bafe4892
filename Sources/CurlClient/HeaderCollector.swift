/// Puts the header fields of the final response together from the lines that libcurl hands over.
///
/// An exchange may hold several header blocks: interim responses before the final one, and trailers after the body. All of them
/// count towards the limit; only the final response's fields are kept.
struct HeaderCollector {
    private enum State {
        case beforeStatusLine
        case inBlock(status: Int)
        case finished
    }

    private let limit: Int
    private var state = State.beforeStatusLine
    private(set) var byteCount = 0
    private(set) var headers = HTTPHeaders()
    private var status: Int?

    init(limit: Int) {
        self.limit = limit
    }

    /// The final response's status, once its fields have come completely.
    ///
    /// libcurl 7.88 takes a connection that ends among the header fields for a response without body, so its word is not enough.
    var completeStatus: Int? {
        guard case .finished = state else { return nil }
        return status
    }

    /// Takes one line with its line break. Returns false when the limit is passed; the transfer must then end.
    mutating func receive(line: some Collection<UInt8>) -> Bool {
        byteCount += line.count
        guard byteCount <= limit else { return false }
        let content = Self.trimmed(line)
        switch state {
        case .finished:
            break
        case .beforeStatusLine:
            guard let status = Self.statusCode(in: content) else { break }
            self.status = status
            headers = HTTPHeaders()
            state = .inBlock(status: status)
        case .inBlock(let status):
            if content.isEmpty {
                state = (100..<200).contains(status) ? .beforeStatusLine : .finished
            } else if let colon = content.firstIndex(of: UInt8(ascii: ":")) {
                headers.append(
                    HTTPHeaders.Field(
                        name: String(decoding: Self.trimmed(content[..<colon]), as: UTF8.self),
                        value: String(decoding: Self.trimmed(content[content.index(after: colon)...]), as: UTF8.self)))
            }
        }
        return true
    }

    /// The code in `HTTP/1.1 200 OK` or `HTTP/2 200`.
    private static func statusCode(in line: some Collection<UInt8>) -> Int? {
        guard line.starts(with: "HTTP/".utf8) else { return nil }
        let words = line.split(separator: UInt8(ascii: " "), maxSplits: 2)
        guard words.count > 1, words[1].count == 3 else { return nil }
        return Int(String(decoding: words[1], as: UTF8.self))
    }

    /// Removes spaces, tabs and line breaks from both ends.
    private static func trimmed<Bytes: Collection<UInt8>>(_ bytes: Bytes) -> Bytes.SubSequence {
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A }
        var rest = bytes.drop(while: isBlank)
        var lastVisible = rest.startIndex
        for index in rest.indices where !isBlank(rest[index]) { lastVisible = rest.index(after: index) }
        rest = rest[..<lastVisible]
        return rest
    }
}
