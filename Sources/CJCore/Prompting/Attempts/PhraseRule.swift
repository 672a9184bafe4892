/// Words that in this order, near each other and in one sentence, speak to the judge.
///
/// A rule is written as its words with spaces between them. `a|b` is either word; `a*` every word that begins with it; a number before a
/// word is how many others may stand between it and the one before. The first word may carry a mark: `^` it opens a sentence or a line;
/// `!` it gives an order: it opens a clause, or stands after a word with which one asks. A last word may end in `:`, a colon follows, or in
/// `.`, a sign or the end follows.
struct PhraseRule {
    private let kind: InstructionAttempt.Kind
    private let parts: [Part]
    private let opening: Opening

    private enum Opening { case anywhere, sentence, order }

    private struct Part {
        var words: Set<String> = []
        var stems: [String] = []
        /// Words that may stand before it, after the part before.
        var gap = 0
        var sign: Unicode.Scalar?

        func matches(_ word: Word) -> Bool {
            guard words.contains(word.text) || stems.contains(where: word.text.hasPrefix) else { return false }
            switch sign {
            case ":": return word.sign == ":" || word.sign == "="
            case ".": return word.sign != nil
            default: return true
            }
        }
    }

    /// Words after which an order may follow, in both languages.
    private static let asking: Set<String> = [
        "please", "kindly", "now", "just", "simply", "then", "so", "must", "should", "shall", "always", "only", "to", "you",
        "and", "could",
        "would", "snalla", "nu", "bara", "da", "ska", "maste", "bor", "alltid", "du", "och", "kan", "vanligen", "far",
    ]
    /// Words that make an order of somebody else's, or no order at all, of what follows two words later.
    private static let telling: Set<String> = [
        "i", "we", "they", "he", "she", "people", "students", "pupils", "teachers", "who", "that", "told", "asked", "want",
        "wanted", "had",
        "have", "has", "not", "never", "able", "tend", "try", "jag", "vi", "de", "han", "hon", "man", "elever", "eleverna",
        "larare", "lararna",
        "som", "att", "inte", "aldrig", "juryn",
    ]

    /// Reads a rule.
    init(_ kind: InstructionAttempt.Kind, _ text: String) {
        self.kind = kind
        var opening = Opening.anywhere
        var parts: [Part] = []
        var gap = 0
        for (index, token) in text.split(separator: " ").enumerated() {
            if let number = Int(token) {
                gap = number
                continue
            }
            var token = token
            if index == 0, let mark = token.first, mark == "^" || mark == "!" {
                opening = mark == "^" ? .sentence : .order
                token.removeFirst()
            }
            var part = Part()
            part.gap = gap
            gap = 0
            if let last = token.last, last == ":" || last == "." {
                part.sign = last == ":" ? ":" : "."
                token.removeLast()
            }
            for word in token.split(separator: "|") {
                if word.last == "*" { part.stems.append(String(word.dropLast())) } else { part.words.insert(String(word)) }
            }
            parts.append(part)
        }
        self.parts = parts
        self.opening = opening
    }

    /// Where a text has the words of any rule.
    static func passages(in words: [Word]) -> [Passage] {
        words.indices.flatMap { start in
            (byFirstWord[words[start].text] ?? []).compactMap { all[$0].passage(from: start, in: words) }
                + byStem.compactMap { all[$0].passage(from: start, in: words) }
        }
    }

    /// Rules by the words with which they may begin, and those that begin with a stem.
    private static let byFirstWord: [String: [Int]] = all.indices.reduce(into: [:]) { table, rule in
        for word in all[rule].parts[0].words { table[word, default: []].append(rule) }
    }
    private static let byStem = all.indices.filter { !all[$0].parts[0].stems.isEmpty }

    /// The passage that begins with a word.
    private func passage(from start: Int, in words: [Word]) -> Passage? {
        guard parts[0].matches(words[start]), opens(at: start, in: words), let end = end(of: 1, after: start, in: words) else {
            return nil
        }
        return Passage(kind: kind, range: words[start].range.lowerBound..<words[end].range.upperBound)
    }

    /// The last word of a match of the parts from `part` on, behind a word.
    private func end(of part: Int, after position: Int, in words: [Word]) -> Int? {
        guard part < parts.count else { return position }
        for step in 0...parts[part].gap {
            let next = position + 1 + step
            guard next < words.count, words[next].sentence == words[position].sentence else { return nil }
            if parts[part].matches(words[next]), let end = end(of: part + 1, after: next, in: words) { return end }
        }
        return nil
    }

    private func opens(at start: Int, in words: [Word]) -> Bool {
        switch opening {
        case .anywhere: return true
        case .sentence: return words[start].opensSentence
        case .order:
            if words[start].opensClause { return true }
            guard start > 0, words[start - 1].sentence == words[start].sentence, Self.asking.contains(words[start - 1].text)
            else {
                return false
            }
            let before = (max(0, start - 3)..<(start - 1)).filter { words[$0].sentence == words[start].sentence }
            return !before.contains { Self.telling.contains(words[$0].text) }
        }
    }
}
