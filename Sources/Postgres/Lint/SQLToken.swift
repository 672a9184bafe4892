/// A piece of SQL, as finely as lint has to tell pieces apart.
enum SQLToken: Sendable, Hashable {
    /// A keyword, name or number, in small letters.
    case word(String)
    /// A name in double quotes, as it is.
    case quoted(String)
    /// A text in quotes or between dollars, as it is.
    case text(String)
    case symbol(Unicode.Scalar)

    /// The name that this can be.
    var name: String? {
        switch self {
        case .word(let name), .quoted(let name): name
        case .text, .symbol: nil
        }
    }
}

/// Takes SQL apart, piece by piece.
struct SQLLexer {
    enum Piece { case token(SQLToken), comment(String), end }

    private let scalars: [Unicode.Scalar]
    private(set) var position = 0
    /// Of the position, from one.
    private(set) var line = 1

    init(_ sql: String) {
        scalars = Array(sql.unicodeScalars)
    }

    /// The text between two positions.
    func text(_ range: Range<Int>) -> String {
        var text = ""
        text.unicodeScalars.append(contentsOf: scalars[range])
        return text
    }

    mutating func skipBlanks() {
        while let scalar = peek(), scalar.properties.isWhitespace { advance() }
    }

    /// The next comment or token.
    mutating func next() -> Piece {
        skipBlanks()
        guard let scalar = peek() else { return .end }
        if scalar == "-", peek(1) == "-" { return .comment(lineComment()) }
        if scalar == "/", peek(1) == "*" { return .comment(blockComment()) }
        if scalar == "'" { return .token(.text(quoted(by: "'", escapes: false))) }
        if scalar == "\"" { return .token(.quoted(quoted(by: "\"", escapes: false))) }
        if scalar == "e" || scalar == "E", peek(1) == "'" {
            advance()
            return .token(.text(quoted(by: "'", escapes: true)))
        }
        if scalar == "$", let text = dollarQuoted() { return .token(.text(text)) }
        if Self.isOfWord(scalar) {
            return .token(.word(taken { Self.isOfWord($0) || $0 == "$" }.lowercased()))
        }
        advance()
        return .token(.symbol(scalar))
    }

    // MARK: Private

    private func peek(_ distance: Int = 0) -> Unicode.Scalar? {
        position + distance < scalars.count ? scalars[position + distance] : nil
    }

    private mutating func advance(_ count: Int = 1) {
        for _ in 0..<count {
            if peek() == "\n" { line += 1 }
            position += 1
        }
    }

    private static func isOfWord(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || scalar.properties.isAlphabetic || scalar.properties.numericType != nil
    }

    private mutating func taken(while isTaken: (Unicode.Scalar) -> Bool) -> String {
        let start = position
        while let scalar = peek(), isTaken(scalar) { advance() }
        return text(start..<position)
    }

    private mutating func lineComment() -> String {
        advance(2)
        return taken { $0 != "\n" }
    }

    /// Comments of this kind may hold others.
    private mutating func blockComment() -> String {
        advance(2)
        let start = position
        var depth = 1
        while let scalar = peek() {
            if scalar == "*", peek(1) == "/" {
                depth -= 1
                advance(2)
                if depth == 0 { return text(start..<position - 2) }
            } else if scalar == "/", peek(1) == "*" {
                depth += 1
                advance(2)
            } else {
                advance()
            }
        }
        return text(start..<position)
    }

    private mutating func quoted(by quote: Unicode.Scalar, escapes: Bool) -> String {
        advance()
        var content = ""
        while let scalar = peek() {
            if scalar == quote {
                advance()
                guard peek() == quote else { break }
            } else if escapes, scalar == "\\", peek(1) != nil {
                advance()
            }
            if let scalar = peek() { content.unicodeScalars.append(scalar) }
            advance()
        }
        return content
    }

    /// A text between `$$` or `$tag$`; nil when the dollar begins something else.
    private mutating func dollarQuoted() -> String? {
        var end = position + 1
        while end < scalars.count, Self.isOfWord(scalars[end]) { end += 1 }
        guard end < scalars.count, scalars[end] == "$" else { return nil }
        let tag = scalars[position...end]
        advance(tag.count)
        let start = position
        while position < scalars.count {
            if scalars[position...].starts(with: tag) {
                defer { advance(tag.count) }
                return text(start..<position)
            }
            advance()
        }
        return text(start..<position)
    }
}
