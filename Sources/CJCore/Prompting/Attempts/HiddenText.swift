/// Text that is not there for people: in another writing, backwards, or in characters that show nothing.
enum HiddenText {
    /// What a passage would say.
    struct Disguise {
        let text: FoldedText
        let range: Range<Int>
    }

    /// What could be meant by other readings of the text: letters moved by thirteen and the whole backwards, where words of the text would
    /// be telling then; and words in base 64, hexadecimal digits or percent codes.
    static func disguises(of text: String, folded: FoldedText, words: [Word]) -> [Disguise] {
        let whole = 0..<text.utf8.count
        var disguises = codes(in: Array(text.utf8)).map {
            Disguise(text: FoldedText($0.meaning, standingFor: $0.range), range: $0.range)
        }
        var readings: [FoldedText] = []
        if words.contains(where: { tellingRotated.contains($0.text) }) { readings.append(rotated(folded)) }
        if words.contains(where: { tellingReversed.contains($0.text) }) {
            readings.append(FoldedText(units: folded.units.reversed()))
        }
        for reading in readings {
            disguises.append(
                Disguise(text: FoldedText(units: reading.units.map { .init(scalar: $0.scalar, range: whole) }), range: whole))
        }
        return disguises
    }

    /// Words without which hardly any attempt does.
    private static let telling = [
        "essay", "essays", "text", "winner", "instructions", "rules", "rubric", "criteria", "grade", "verdict", "judge",
        "examiner", "first",
        "second", "uppsats", "uppsatsen", "texten", "vinnare", "instruktioner", "regler", "kriterierna", "betyg", "bedomare",
    ]
    private static let tellingRotated = Set(
        telling.map { word in String(String.UnicodeScalarView(word.unicodeScalars.map(rotated))) })
    private static let tellingReversed = Set(telling.map { String($0.reversed()) })

    /// A small letter moved by thirteen.
    private static func rotated(_ letter: Unicode.Scalar) -> Unicode.Scalar {
        Unicode.Scalar(UInt8((letter.value - 97 + 13) % 26 + 97))
    }

    /// Letters, tags and the like that show nothing, where there are too many of them for an accident.
    static func invisible(in text: String) -> [Passage] {
        var passages: [Passage] = []
        var position = 0
        var run: (count: Int, range: Range<Int>)?
        for scalar in text.unicodeScalars {
            let end = position + UTF8.width(scalar)
            if isInvisible(scalar) {
                run = ((run?.count ?? 0) + 1, (run?.range.lowerBound ?? position)..<end)
            } else {
                if let run, run.count >= fewestInvisible { passages.append(Passage(kind: .hidden, range: run.range)) }
                run = nil
            }
            position = end
        }
        if let run, run.count >= fewestInvisible { passages.append(Passage(kind: .hidden, range: run.range)) }
        return passages
    }

    /// Invisible characters in a row that no keyboard and no emoji leaves; the flags of Wales and Scotland have six.
    private static let fewestInvisible = 8
    /// Characters that a code needs before it is read.
    private static let shortestCode = 16

    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0xE0000...0xE007F, 0x200B...0x200F, 0x2060...0x2064, 0xFEFF, 0x180E, 0xFE00...0xFE0F, 0xE0100...0xE01EF: true
        default: false
        }
    }

    private static func rotated(_ text: FoldedText) -> FoldedText {
        FoldedText(
            units: text.units.map { unit in
                guard unit.isLetter else { return unit }
                return FoldedText.Unit(scalar: rotated(unit.scalar), range: unit.range)
            })
    }

    /// Long words of the digits of base 64 or of hexadecimal numbers, and what they say.
    private static func codes(in bytes: [UInt8]) -> [(meaning: String, range: Range<Int>)] {
        var codes: [(meaning: String, range: Range<Int>)] = []
        var start = 0
        while start < bytes.count {
            var end = start
            while end < bytes.count, value(of: bytes[end]) != nil { end += 1 }
            if end - start >= shortestCode {
                let word = bytes[start..<end]
                for meaning in [base64(word), hexadecimal(String(decoding: word, as: UTF8.self))].compactMap({
                    $0.flatMap { String(validating: $0, as: UTF8.self) }
                }) {
                    codes.append((meaning, start..<end))
                }
            }
            start = max(end, start + 1)
        }
        return codes + [percentCode(in: bytes)].compactMap(\.self)
    }

    /// The whole text with its percent codes read, where there are some in it.
    private static func percentCode(in bytes: [UInt8]) -> (meaning: String, range: Range<Int>)? {
        var decoded: [UInt8] = []
        var position = 0
        var count = 0
        while position < bytes.count {
            if bytes[position] == UInt8(ascii: "%"), position + 2 < bytes.count,
                let code = hexadecimal(String(decoding: bytes[(position + 1)...(position + 2)], as: UTF8.self))
            {
                decoded += code
                position += 3
                count += 1
            } else {
                decoded.append(bytes[position])
                position += 1
            }
        }
        return count >= fewestPercentCodes ? (String(decoding: decoded, as: UTF8.self), 0..<bytes.count) : nil
    }

    /// Percent codes from which a text is no longer one that speaks of shares.
    private static let fewestPercentCodes = 4

    private static func base64(_ word: ArraySlice<UInt8>) -> [UInt8]? {
        var decoded: [UInt8] = []
        var (bits, count): (UInt32, Int) = (0, 0)
        for byte in word {
            guard let value = value(of: byte) else { return nil }
            bits = bits << 6 | value
            count += 6
            if count >= 8 {
                count -= 8
                decoded.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return decoded
    }

    private static func hexadecimal(_ word: String) -> [UInt8]? {
        guard word.utf8.count % 2 == 0 else { return nil }
        var decoded: [UInt8] = []
        var rest = word[...]
        while !rest.isEmpty {
            guard let byte = UInt8(rest.prefix(2), radix: 16) else { return nil }
            decoded.append(byte)
            rest = rest.dropFirst(2)
        }
        return decoded
    }

    /// Value of a digit of base 64; nothing for other bytes, the padding among them.
    private static func value(of byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
        case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
        default: nil
        }
    }
}
