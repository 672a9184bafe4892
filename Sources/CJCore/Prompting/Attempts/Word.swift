/// A word of a folded text, and how it stands in its sentence.
struct Word {
    /// In plain small letters; digits within a word are read as the letters they resemble.
    let text: String
    /// Bytes of the original.
    let range: Range<Int>
    /// Counts the sentences; words of different ones say nothing together.
    let sentence: Int
    /// Whether a sentence, a line, or what follows a colon or a quotation mark begins here.
    let opensSentence: Bool
    /// Whether a clause begins here, as after a comma.
    let opensClause: Bool
    /// What follows directly, but for spaces; nothing where that is a word.
    let sign: Unicode.Scalar?

    /// The words of a text.
    static func words(of text: FoldedText) -> [Word] {
        var reader = WordReader(units: text.units)
        return reader.read()
    }
}

/// Splits a folded text into words.
private struct WordReader {
    let units: [FoldedText.Unit]
    private var words: [Word] = []
    private var sentence = 0
    private var opensSentence = true
    private var opensClause = true

    init(units: [FoldedText.Unit]) {
        self.units = units
    }

    mutating func read() -> [Word] {
        var position = 0
        while position < units.count {
            if isPartOfWord(position) {
                position = word(from: position)
            } else {
                position = sign(at: position)
            }
        }
        return words
    }

    private func isPartOfWord(_ position: Int) -> Bool {
        let unit = units[position]
        if unit.isLetter || unit.isDigit { return true }
        // An apostrophe, or a sign that stands for a letter, within a word.
        guard ["'", "@", "$", "_"].contains(unit.scalar), position > 0, position + 1 < units.count else { return false }
        return units[position - 1].isLetter && (units[position + 1].isLetter || units[position + 1].isDigit)
    }

    private mutating func word(from start: Int) -> Int {
        var end = start
        while end < units.count, isPartOfWord(end) { end += 1 }
        let part = units[start..<end]
        let isMixed = part.contains(where: \.isLetter) && part.contains(where: \.isDigit)
        var text = String.UnicodeScalarView()
        for unit in part where unit.scalar != "'" { text.append(isMixed ? Self.letter(unit.scalar) : unit.scalar) }
        var next = end
        while next < units.count, units[next].scalar == " " { next += 1 }
        words.append(
            Word(
                text: String(text), range: units[start].range.lowerBound..<units[end - 1].range.upperBound, sentence: sentence,
                opensSentence: opensSentence, opensClause: opensClause,
                sign: next == units.count ? "\n" : isPartOfWord(next) ? nil : units[next].scalar))
        opensSentence = false
        opensClause = false
        return end
    }

    /// Moves past what is no part of a word.
    private mutating func sign(at position: Int) -> Int {
        switch units[position].scalar {
        case " ", "'", "/": break
        case "\n":
            // A line may be broken within a sentence; two line feeds end it.
            if position + 1 < units.count, units[position + 1].scalar == "\n" { sentence += 1 }
            opensSentence = true
            opensClause = true
        case ".", "!", "?":
            sentence += 1
            opensSentence = true
            opensClause = true
        case ":", "\"", "[", "]", "<", ">", "#", "*", "=", "(", "{", "`":
            opensSentence = true
            opensClause = true
        default: opensClause = true
        }
        return position + 1
    }

    /// The letter that a digit or a sign within a word resembles.
    private static func letter(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar {
        case "0": "o"
        case "1": "i"
        case "3": "e"
        case "4", "@": "a"
        case "5", "$": "s"
        case "7": "t"
        default: scalar
        }
    }
}
