/// Finds the executions of one statement in what a PostgreSQL client sends, as text or prepared before.
///
/// A find reaches from the message that names the statement to the `Sync` or `Query` after which the server answers. Source: the chapter
/// "Message Formats" of PostgreSQL's documentation, version 3.0 of the protocol.
public struct PostgresStatement: TrafficMatcher {
    private let sql: [UInt8]
    private var pending: [UInt8] = []
    private var isStarting = true
    /// Names under which the statement is prepared.
    private var names: Set<[UInt8]> = []
    /// Where the execution that is under way began, counted in bytes of the connection.
    private var beginning: Int?
    private var seen = 0

    /// Requests for encryption, after which the connection begins once more.
    private static let encryptionRequests: Set<UInt32> = [80_877_103, 80_877_104]

    public init(_ sql: String) {
        self.sql = Array(sql.utf8)
    }

    public mutating func finds(in bytes: [UInt8]) -> [Range<Int>] {
        let before = seen
        pending += bytes
        seen += bytes.count
        var position = seen - pending.count
        var rest = pending[...]
        var finds: [Range<Int>] = []
        while let length = messageLength(rest) {
            let message = rest.prefix(length)
            if let start = take(message, at: position) { finds.append(max(0, start - before)..<(position + length - before)) }
            position += length
            rest = rest.dropFirst(length)
        }
        pending = Array(rest)
        return finds
    }

    /// Bytes of the first message; nil while some are missing.
    private func messageLength(_ bytes: ArraySlice<UInt8>) -> Int? {
        let type = isStarting ? 0 : 1
        guard bytes.count >= type + 4 else { return nil }
        let length = type + max(4, Int(Self.number(bytes.dropFirst(type))))
        return bytes.count >= length ? length : nil
    }

    /// - Returns: where the execution began that ends with this message.
    private mutating func take(_ message: ArraySlice<UInt8>, at position: Int) -> Int? {
        guard !isStarting else {
            isStarting = message.count == 8 && Self.encryptionRequests.contains(Self.number(message.dropFirst(4)))
            return nil
        }
        let body = message.dropFirst(5)
        switch message.first {
        case UInt8(ascii: "Q"): return Self.texts(body, 1)[0] == sql ? position : nil
        case UInt8(ascii: "P"):
            let texts = Self.texts(body, 2)
            if texts[1] == sql { names.insert(texts[0]) } else { names.remove(texts[0]) }
        case UInt8(ascii: "B"):
            if names.contains(Self.texts(body, 2)[1]) { beginning = beginning ?? position }
        case UInt8(ascii: "S"):
            defer { beginning = nil }
            return beginning
        default: break
        }
        return nil
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// The first texts of a message, each of which ends with a zero.
    private static func texts(_ body: ArraySlice<UInt8>, _ count: Int) -> [[UInt8]] {
        var rest = body
        return (0..<count).map { _ in
            let text = rest.prefix { $0 != 0 }
            rest = rest.dropFirst(text.count + 1)
            return Array(text)
        }
    }
}
