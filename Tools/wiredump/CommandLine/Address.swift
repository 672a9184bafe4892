import ArgumentParser

/// A host and a port.
struct Address: Sendable, Hashable {
    let host: String
    let port: Int

    /// Whether it is of this machine and of no other's concern.
    var isNear: Bool {
        host == "localhost" || host == "::1" || host.hasPrefix("127.") && host.allSatisfy { $0 == "." || $0.isWholeNumber }
    }

    /// Reads `HOST:PORT` or `[HOST]:PORT`.
    init(_ text: String, _ option: String) throws {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]), colon != text.startIndex
        else { throw ValidationError("\(option): expected HOST:PORT; '\(text)' is none.") }
        let host = text[..<colon]
        self.host = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : String(host)
        self.port = Int(port)
    }
}
