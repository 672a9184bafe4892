/// Passages that look like the judge's reply, the lines of the prompt, or the marks of a conversation with a model.
enum ForgedText {
    static func passages(in text: FoldedText) -> [Passage] {
        fields(in: text) + marks(in: text) + fences(in: text)
    }

    /// Fields of a reply, and what they are given.
    private static let fields: [(name: String, values: [String])] = [
        ("winner", ["first", "second", "undecided", "essay", "text"]), ("verdict", ["first", "second", "essay", "text"]),
        ("margin", ["clear", "slight", "none"]), ("vinnare", ["first", "second", "text", "den"]),
        ("utslag", ["first", "second", "text", "den"]), ("judgement", ["first", "second", "essay", "text"]),
        ("judgment", ["first", "second", "essay", "text"]), ("decision", ["first", "second", "essay", "text"]),
    ]
    /// What stands in no essay, wherever it stands.
    private static let marks: [(mark: String, kind: InstructionAttempt.Kind)] = [
        ("submit_verdict", .forgery), ("\"rationale\"", .forgery), ("\"confidence\":", .forgery), ("</essay", .forgery),
        ("<essay", .forgery), ("<verdict", .forgery), ("<winner", .forgery), ("[inst]", .address), ("[/inst]", .address),
        ("<|", .address), ("<<sys>>", .address), ("### instruction", .address), ("###instruction", .address),
        ("### system", .address), ("[system", .address), ("<system", .address), ("</system", .address),
        ("<instructions", .address),
        ("<!--", .hidden),
    ]
    /// What a line has that says that an essay begins or ends.
    private static let turns: Set<String> = ["end", "begin", "start", "slut", "borjan", "beginning"]
    private static let essays: Set<String> = ["essay", "text", "texten", "submission", "uppsats", "uppsatsen"]

    private static func marks(in text: FoldedText) -> [Passage] {
        marks.flatMap { mark, kind in
            let pattern = Array(mark.unicodeScalars)
            return text.units.indices.filter { matches(pattern, in: text.units, at: $0) }.map {
                passage(kind, in: text.units, from: $0, count: pattern.count)
            }
        }
    }

    /// A field's name that stands alone, a colon or an equals sign, and one of its values, with any quotes and spaces between.
    private static func fields(in text: FoldedText) -> [Passage] {
        let units = text.units
        return fields.flatMap { name, values -> [Passage] in
            let pattern = Array(name.unicodeScalars)
            return units.indices.compactMap { start in
                guard start == 0 || !units[start - 1].isLetter, matches(pattern, in: units, at: start) else { return nil }
                let sign = skip(in: units, from: start + pattern.count)
                guard sign < units.count, units[sign].scalar == ":" || units[sign].scalar == "=" else { return nil }
                let value = skip(in: units, from: sign + 1)
                guard let found = values.first(where: { matches(Array($0.unicodeScalars), in: units, at: value) }) else {
                    return nil
                }
                return passage(.forgery, in: units, from: start, count: value + found.unicodeScalars.count - start)
            }
        }
    }

    /// Short lines that say that an essay begins or ends: those that begin with signs, and those that have nothing else but a number.
    private static func fences(in text: FoldedText) -> [Passage] {
        let units = text.units
        var passages: [Passage] = []
        var start = 0
        while start < units.count {
            let end = units[start...].firstIndex { $0.scalar == "\n" } ?? units.count
            if (1...longestFence).contains(end - start), isFence(units[start..<end]) {
                passages.append(passage(.forgery, in: units, from: start, count: end - start))
            }
            start = end + 1
        }
        return passages
    }

    /// Characters of the longest line that is looked at.
    private static let longestFence = 80
    /// Signs at the beginning from which a line is no longer a sentence.
    private static let fewestSigns = 2

    private static func isFence(_ line: ArraySlice<FoldedText.Unit>) -> Bool {
        let signs = line.prefix { !$0.isLetter && !$0.isDigit }.count { !$0.isSpace }
        let words = line.split { !$0.isLetter && !$0.isDigit }.map { String(String.UnicodeScalarView($0.map(\.scalar))) }
        guard words.contains(where: turns.contains), words.contains(where: essays.contains) else { return false }
        if signs >= fewestSigns { return true }
        let others = words.filter { !turns.contains($0) && !essays.contains($0) && !["of", "the", "pa", "av"].contains($0) }
        return turns.contains(words[0]) && others.allSatisfy { $0.utf8.allSatisfy { (48...57).contains($0) } }
    }

    /// Past spaces and quotes.
    private static func skip(in units: [FoldedText.Unit], from start: Int) -> Int {
        var position = start
        while position < units.count, " \"'`\\>".unicodeScalars.contains(units[position].scalar) { position += 1 }
        return position
    }

    private static func matches(_ pattern: [Unicode.Scalar], in units: [FoldedText.Unit], at start: Int) -> Bool {
        guard start + pattern.count <= units.count else { return false }
        for (offset, scalar) in pattern.enumerated() where units[start + offset].scalar != scalar { return false }
        return true
    }

    private static func passage(
        _ kind: InstructionAttempt.Kind, in units: [FoldedText.Unit], from start: Int, count: Int
    ) -> Passage {
        Passage(kind: kind, range: units[start].range.lowerBound..<units[start + count - 1].range.upperBound)
    }
}
