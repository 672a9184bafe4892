/// The statements of a script.
struct SQLScript: Sendable {
    struct Statement: Sendable, Hashable {
        /// As it was written, without the semicolon.
        let text: String
        let tokens: [SQLToken]
        /// Those before it and inside, without their marks.
        let comments: [String]
        /// Where it begins, from one.
        let line: Int

        /// Whether it does its work beside that of others.
        var isConcurrent: Bool { tokens.contains(.word("concurrently")) }
    }

    let statements: [Statement]

    init(_ sql: String) {
        var lexer = SQLLexer(sql)
        var statements: [Statement] = []
        var tokens: [SQLToken] = []
        var comments: [String] = []
        var start = 0
        var line = 1
        func end(at position: Int) {
            guard !tokens.isEmpty else { return }
            statements.append(
                Statement(text: lexer.text(start..<position), tokens: tokens, comments: comments, line: line))
            tokens = []
            comments = []
        }
        reading: while true {
            lexer.skipBlanks()
            let (position, itsLine) = (lexer.position, lexer.line)
            switch lexer.next() {
            case .end:
                end(at: position)
                break reading
            case .comment(let text): comments.append(String(text.trimmingPrefix(while: \.isWhitespace)))
            case .token(.symbol(";")): end(at: position)
            case .token(let token):
                if tokens.isEmpty { (start, line) = (position, itsLine) }
                tokens.append(token)
            }
        }
        self.statements = statements
    }
}

/// Reads tokens from front to back.
struct SQLReader {
    private var tokens: ArraySlice<SQLToken>

    init(_ tokens: some Sequence<SQLToken>) {
        self.tokens = Array(tokens)[...]
    }

    var rest: [SQLToken] { Array(tokens) }

    /// Takes these words, if they come next.
    mutating func take(_ words: String...) -> Bool {
        guard tokens.starts(with: words.map(SQLToken.word)) else { return false }
        tokens = tokens.dropFirst(words.count)
        return true
    }

    /// Takes one of these words, if one comes next.
    mutating func takeAny(_ words: String...) -> String? {
        guard case .word(let word)? = tokens.first, words.contains(word) else { return nil }
        tokens = tokens.dropFirst()
        return word
    }

    /// Takes a name, of which what stands before the last point does not matter: a line has one schema.
    mutating func name() -> String? {
        guard var name = tokens.first?.name else { return nil }
        tokens = tokens.dropFirst()
        while tokens.first == .symbol("."), let next = tokens.dropFirst().first?.name {
            name = next
            tokens = tokens.dropFirst(2)
        }
        return name
    }

    /// Takes names with commas between.
    mutating func names() -> [String] {
        var names: [String] = []
        while let name = name() {
            names.append(name)
            guard tokens.first == .symbol(",") else { break }
            tokens = tokens.dropFirst()
        }
        return names
    }

    /// Goes on behind the first of these words.
    ///
    /// - Returns: false when it does not come any more; then nothing was taken.
    mutating func skip(past word: String) -> Bool {
        guard let index = tokens.firstIndex(of: .word(word)) else { return false }
        tokens = tokens[(index + 1)...]
        return true
    }

    /// What stands between the next parentheses, parted at its commas; none when no parenthesis comes next.
    mutating func list() -> [[SQLToken]] {
        guard tokens.first == .symbol("(") else { return [] }
        var depth = 0
        for (index, token) in zip(tokens.indices, tokens) {
            if token == .symbol("(") { depth += 1 }
            if token == .symbol(")") { depth -= 1 }
            guard depth == 0 else { continue }
            let inside = tokens[(tokens.startIndex + 1)..<index]
            tokens = tokens[(index + 1)...]
            return Self.parts(inside)
        }
        return []
    }

    /// Tokens parted at the commas that stand in no parentheses.
    static func parts(_ tokens: some Sequence<SQLToken>) -> [[SQLToken]] {
        var parts: [[SQLToken]] = [[]]
        var depth = 0
        for token in tokens {
            if token == .symbol("(") { depth += 1 }
            if token == .symbol(")") { depth -= 1 }
            if token == .symbol(","), depth == 0 { parts.append([]) } else { parts[parts.count - 1].append(token) }
        }
        return parts.filter { !$0.isEmpty }
    }
}

extension Sequence<SQLToken> {
    /// Whether these words stand in it, one after the other.
    func has(_ words: String...) -> Bool {
        let tokens = Array(self)
        let wanted = words.map(SQLToken.word)
        return tokens.indices.contains { tokens[$0...].starts(with: wanted) }
    }
}
