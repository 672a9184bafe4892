import Wire

extension AccessTable {
    /// Bytes that a table may have.
    public static let longest = 1 << 20

    /// Reads a table.
    ///
    /// - Throws: ``AccessTableError`` with the line at fault and what was expected there.
    public init(_ text: String) throws(AccessTableError) {
        guard text.utf8.count <= Self.longest else {
            throw AccessTableError(line: nil, expectation: "expected at most \(Self.longest) bytes")
        }
        var given: [(line: Int, role: String)] = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let number = index + 1
            let words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace).map(String.init)
            guard let kind = words.first else { continue }
            switch kind {
            case "role": try addRole(words, number)
            case "token": given += try addToken(words, number).map { (number, $0) }
            case "certificate": given += try addCertificate(words, number).map { (number, $0) }
            default: throw AccessTableError(line: number, expectation: "expected role, token or certificate, got \(kind.echoed)")
            }
        }
        for (line, role) in given where patterns[role] == nil {
            throw AccessTableError(line: line, expectation: "expected a role of this table, got \(role.echoed)")
        }
    }

    private mutating func addRole(_ words: [String], _ line: Int) throws(AccessTableError) {
        guard words.count >= 3 else {
            throw AccessTableError(line: line, expectation: "expected role, its name, and the methods that it may call")
        }
        guard patterns[words[1]] == nil else {
            throw AccessTableError(line: line, expectation: "expected each role once, got \(words[1].echoed) again")
        }
        var set: Set<Pattern> = []
        for word in words[2...] { set.insert(try Self.pattern(word, line)) }
        patterns[words[1]] = set
    }

    private static func pattern(_ word: String, _ line: Int) throws(AccessTableError) -> Pattern {
        guard word != "*" else { return .everything }
        let parts = word.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }), !parts[0].contains("*"),
            parts[1] == "*" || !parts[1].contains("*")
        else {
            throw AccessTableError(
                line: line, expectation: "expected *, a service's name/* or a service's name/a method, got \(word.echoed)")
        }
        return parts[1] == "*" ? .service(parts[0]) : .method(MethodDescriptor(service: parts[0], method: parts[1]))
    }

    private mutating func addToken(_ words: [String], _ line: Int) throws(AccessTableError) -> [String] {
        guard words.count >= 4 else {
            throw AccessTableError(line: line, expectation: "expected token, its owner's name, sha256:…, and roles")
        }
        let digest = words[2].lowercased().dropPrefix("sha256:")
        guard let digest, digest.utf8.count == 64, digest.allSatisfy({ $0.isASCII && $0.isHexDigit }) else {
            throw AccessTableError(line: line, expectation: "expected sha256: and 64 hexadecimal digits")
        }
        guard tokenNames[digest] == nil else {
            throw AccessTableError(line: line, expectation: "expected each token once")
        }
        let roles = Array(words[3...])
        // An owner may have several tokens, so that one can take the other's place; they are worth the same.
        guard tokenRoles[words[1]] ?? roles == roles else {
            throw AccessTableError(line: line, expectation: "expected the same roles for all tokens of \(words[1].echoed)")
        }
        tokenNames[digest] = words[1]
        tokenRoles[words[1]] = roles
        return roles
    }

    private mutating func addCertificate(_ words: [String], _ line: Int) throws(AccessTableError) -> [String] {
        guard words.count >= 3 else {
            throw AccessTableError(line: line, expectation: "expected certificate, a name in it, and roles")
        }
        guard certificateRoles[words[1]] == nil else {
            throw AccessTableError(line: line, expectation: "expected each certificate's name once, got \(words[1].echoed) again")
        }
        let roles = Array(words[2...])
        certificateRoles[words[1]] = roles
        return roles
    }
}

extension String {
    fileprivate func dropPrefix(_ prefix: String) -> String? {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
    }
}

/// What is wrong with a table of who may call what.
public struct AccessTableError: Error, Sendable, CustomStringConvertible {
    /// The line at fault, the first being 1; nil where it is the whole.
    public let line: Int?
    public let expectation: String

    public var description: String { line.map { "line \($0): \(expectation)" } ?? expectation }
}
