/// A text in plain small letters without accents, each with its place in the original.
///
/// What only looks like a letter becomes one: full-width and mathematical letters, Cyrillic and Greek ones of the same shape. What
/// shows nothing is left out.
struct FoldedText {
    /// A character and where it comes from.
    struct Unit {
        let scalar: Unicode.Scalar
        /// Bytes of the original.
        let range: Range<Int>

        var isLetter: Bool { ("a"..."z").contains(scalar) }
        var isDigit: Bool { ("0"..."9").contains(scalar) }
        var isSpace: Bool { scalar == " " || scalar == "\n" }
    }

    let units: [Unit]

    init(units: [Unit]) {
        self.units = units
    }

    /// Folds a text; where it stands in for a passage, every unit comes from there.
    init(_ text: String, standingFor passage: Range<Int>? = nil) {
        var units: [Unit] = []
        var position = 0
        for scalar in text.unicodeScalars {
            let end = position + UTF8.width(scalar)
            defer { position = end }
            guard let folded = Self.folded(scalar) else { continue }
            units.append(Unit(scalar: folded, range: passage ?? position..<end))
        }
        self.units = units
    }

    /// The letter that a scalar stands for or looks like; nothing for what shows nothing.
    private static func folded(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        switch scalar.value {
        case 0x0A, 0x0D, 0x2028, 0x2029: return "\n"
        case 0x20...0x40, 0x5B...0x7E: return scalar
        case 0x41...0x5A: return Unicode.Scalar(UInt8(scalar.value + 0x20))
        case 0xFF01...0xFF5E: return Unicode.Scalar(scalar.value - 0xFEE0).flatMap(folded)
        case 0x1D400...0x1D6A3: return Unicode.Scalar(UInt8(97 + (scalar.value - 0x1D400) % 26))
        case 0x1D7CE...0x1D7FF: return Unicode.Scalar(UInt8(48 + (scalar.value - 0x1D7CE) % 10))
        case 0x24B6...0x24E9: return Unicode.Scalar(UInt8(97 + (scalar.value - 0x24B6) % 26))
        default: break
        }
        let properties = scalar.properties
        if properties.isDefaultIgnorableCodePoint || properties.generalCategory == .nonspacingMark { return nil }
        if properties.isWhitespace { return " " }
        let small = properties.lowercaseMapping.unicodeScalars.first ?? scalar
        if let letter = shapes[small] { return letter }
        switch properties.generalCategory {
        case .dashPunctuation: return "-"
        case .initialPunctuation, .finalPunctuation: return "\""
        default: return small
        }
    }

    /// Letters by what they look like, the accented ones without their accents.
    private static let shapes: [Unicode.Scalar: Unicode.Scalar] = {
        let groups: [(Unicode.Scalar, String)] = [
            ("a", "àáâãäåāăąаα"), ("b", "ƅЬ"), ("c", "çćčсϲ"), ("d", "ďđԁ"), ("e", "èéêëēėęěеεё"), ("g", "ğģɡ"),
            ("h", "һհɦ"), ("i", "ìíîïīįıіιӏ"), ("j", "ј"), ("k", "κк"), ("l", "ļľłⅼ"), ("m", "мⅿ"), ("n", "ñńņňոη"),
            ("o", "òóôõöøōőоοσ"), ("p", "рρ"), ("q", "ԛ"), ("r", "ŕřг"), ("s", "śşšѕ"), ("t", "ţťтτ"), ("u", "ùúûüūůűų"),
            ("v", "νѵ"), ("w", "ŵԝω"), ("x", "хχ"), ("y", "ýÿуγ"), ("z", "źżž"),
        ]
        var shapes: [Unicode.Scalar: Unicode.Scalar] = [:]
        for (letter, lookalikes) in groups { for scalar in lookalikes.unicodeScalars { shapes[scalar] = letter } }
        return shapes
    }()

    /// The same text with letters that stand alone, four of them or more, put together to words: "i g n o r e", "v-ä-l-j"; nothing
    /// where there are no such.
    ///
    /// One space or sign between two letters is no end of a word; more are.
    func joiningSpacedLetters() -> FoldedText? {
        var joined: [Unit] = []
        var position = 0
        var isChanged = false
        while position < units.count {
            let run = spacedLetters(from: position)
            if run.letters.count >= Self.shortestRun {
                joined += run.letters
                joined.append(Unit(scalar: " ", range: units[position].range))
                position = run.end
                isChanged = true
            } else {
                joined.append(units[position])
                position += 1
            }
        }
        return isChanged ? FoldedText(units: joined) : nil
    }

    /// Letters that must stand alone one after the other before they are taken for words.
    private static let shortestRun = 4
    /// Signs and spaces between two of them at most.
    private static let widestGap = 4

    /// Letters that stand alone from a position on, with spaces where words end, and where they end.
    private func spacedLetters(from start: Int) -> (letters: [Unit], end: Int) {
        var letters: [Unit] = []
        var position = start
        guard start == 0 || !units[start - 1].isLetter else { return ([], start) }
        // The sign between the first two letters, unless it is a space.
        let second = start + 1
        let holder = second < units.count && !units[second].isSpace && !units[second].isLetter ? units[second].scalar : nil
        while position < units.count, units[position].isLetter, position + 1 == units.count || !units[position + 1].isLetter {
            letters.append(units[position])
            var next = position + 1
            while next < units.count, !units[next].isLetter, next - position <= Self.widestGap { next += 1 }
            let gap = next - position - 1
            guard gap <= Self.widestGap, next < units.count, units[next].isLetter else { return (letters, position + 1) }
            // More than one sign ends a word, and so does a space between letters that other signs hold together.
            let isSpace = gap == 1 && units[position + 1].isSpace
            if gap > 1 || (isSpace && holder != nil) { letters.append(Unit(scalar: " ", range: units[position].range)) }
            position = next
        }
        return (letters, position)
    }
}
