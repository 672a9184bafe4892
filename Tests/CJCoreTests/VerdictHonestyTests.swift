import Testing

@testable import CJCore

/// A winner is the judge's or there is none: whatever bytes come, a verdict has the outcome that an independent reading finds.
@Suite("No winner that the judge did not name")
struct VerdictHonestyTests {
    private static let replies = [
        #"{"rationale":"Essay 1 is better than Essay 2.","winner":"first","margin":"clear","confidence":4}"#,
        #"{"rationale":"The second one, not \"first\".","winner":"second","margin":"slight","confidence":2}"#,
        #"{"rationale":"","winner":"undecided","margin":"none","confidence":1}"#,
        #"{"rationale":"åäö 😀 \u0066irst","winner":"\u0073econd","margin":"clear","confidence":5}"#,
        #"{"winner":"first","confidence":3,"rationale":"winner: second"}"#,
        #"{"winner":"second","confidence":3,"rationale":"{\"winner\":\"first\"}"}"#,
    ]

    /// What is put into replies: other replies' parts, other spellings, what JSON reads as the same and what it does not.
    private static let pieces = [
        #""winner":"first""#, #""winner":"second""#, #""winner":"undecided""#, #""Winner":"second""#, #""w\u0069nner":"first""#,
        #""winner" : null"#, #""winner":["first"]"#, #""winner":{"winner":"second"}"#, #""winner":"ﬁrst""#, #""winner":"fırst""#,
        #""winner":"first\u200b""#, #""winner":"first ""#, #""winner":"FIRST""#, #""winner":true"#, #""winner":1"#,
        #""wіnner":"second""#, #""winner\u0000":"first""#, #""margin":"clear""#, #""margin":"none""#, #""confidence":5"#,
        #""rationale":"second""#, "\"", "\\", "{", "}", "[", "]", ",", ":", "first", "second", "\\u", "\\ud83d", "\u{0}", "\n",
        "/*", "*/",
        "//", "\u{FEFF}", "'", "```json", "null",
    ]

    @Test(
        "However replies are cut, glued, nested, repeated and garbled, a verdict says what its winner field says",
        arguments: 0..<6)
    func mutations(seed: Int) {
        var generator = SplitMix64(seed: UInt64(900 + seed))
        var verdicts = 0
        for _ in 0..<40_000 {
            let bytes = Self.garbled(Array(Self.replies[seed].utf8), using: &generator)
            for levels in VerdictLevels.allCases { verdicts += Self.check(bytes, levels) ? 1 : 0 }
        }
        #expect(verdicts > 100, "most mutations break a reply, some do not")
    }

    @Test("Every reply cut at every byte, and every two of them glued together anywhere, says what its winner field says")
    func cuts() {
        for one in Self.replies {
            let head = Array(one.utf8)
            for length in 0...head.count {
                for levels in VerdictLevels.allCases {
                    _ = Self.check(Array(head.prefix(length)), levels)
                    for other in Self.replies { _ = Self.check(Array(head.prefix(length)) + Array(other.utf8), levels) }
                }
            }
        }
    }

    @Test("Bytes at random, and pieces of replies in any order, are no verdict unless they name a winner")
    func noise() {
        var generator = SplitMix64(seed: 77)
        for _ in 0..<40_000 {
            let bytes = (0..<generator.below(120)).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
            _ = Self.check(bytes, .four)
            let text =
                "{" + (0..<generator.below(6)).map { _ in Self.pieces[generator.below(Self.pieces.count)] }.joined(separator: ",")
                + "}"
            for levels in VerdictLevels.allCases { _ = Self.check(Array(text.utf8), levels) }
        }
    }

    @Test("Two winners are none, in any order and any spelling of the key")
    func twoWinners() {
        let keys = ["winner", "w\\u0069nner", "\\u0077inner"]
        for one in keys {
            for other in keys {
                for (first, second) in [("first", "second"), ("first", "first"), ("undecided", "second")] {
                    let reply = #"{"rationale":"","\#(one)":"\#(first)","confidence":3,"\#(other)":"\#(second)"}"#
                    #expect((try? VerdictParser.parse(Array(reply.utf8), levels: .two)) == nil)
                }
            }
        }
    }

    /// Whether the bytes are a verdict; one that names another winner than the independent reading is a fault.
    private static func check(_ bytes: [UInt8], _ levels: VerdictLevels) -> Bool {
        // Most bytes are no verdict, which is all that is asked of them.
        guard let verdict = try? VerdictParser.parse(bytes, levels: levels) else { return false }
        let named = IndependentReading.winner(in: bytes)
        #expect(named == verdict.outcome.name, "\(String(decoding: bytes, as: UTF8.self))")
        #expect((verdict.margin == nil) == (levels == .two || verdict.outcome == .tie))
        return true
    }

    private static func garbled(_ reply: [UInt8], using generator: inout SplitMix64) -> [UInt8] {
        var bytes = reply
        for _ in 0...generator.below(3) {
            let place = generator.below(bytes.count + 1)
            switch generator.below(6) {
            case 0: bytes.removeSubrange(place..<min(bytes.count, place + 1 + generator.below(6)))
            case 1: bytes.insert(contentsOf: pieces[generator.below(pieces.count)].utf8, at: place)
            case 2: bytes.insert(UInt8(truncatingIfNeeded: generator.next()), at: place)
            case 3:
                // A part of the reply once more, elsewhere.
                let start = generator.below(bytes.count + 1)
                bytes.insert(contentsOf: bytes[start..<min(bytes.count, start + generator.below(40))], at: place)
            case 4:
                // One of the names in place of another.
                let names = ["first", "second", "undecided", "winner", "rationale"].map { Array($0.utf8) }
                let (from, to) = (names[generator.below(5)], names[generator.below(5)])
                if let range = bytes.firstRange(of: from) { bytes.replaceSubrange(range, with: to) }
            default: if place < bytes.count { bytes[place] = UInt8(truncatingIfNeeded: generator.next()) }
            }
            if bytes.isEmpty { bytes = reply }
        }
        return bytes
    }
}

extension Outcome {
    fileprivate var name: String {
        switch self {
        case .first: "first"
        case .second: "second"
        case .tie: "undecided"
        }
    }
}

/// Finds the winner of a reply by another way than the parser: it walks over strings and depths, and knows nothing of the rest of JSON.
private enum IndependentReading {
    /// The text of the only field `winner` of the outermost object; nothing where there is none, or more than one.
    static func winner(in bytes: [UInt8]) -> String? {
        var depth = 0
        var strings: [(text: String, depth: Int, end: Int)] = []
        var position = 0
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: "\""):
                let start = position + 1
                position = start
                while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
                    position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
                }
                guard position <= bytes.count else { return nil }
                strings.append((plain(bytes[min(start, bytes.count)..<min(position, bytes.count)]), depth, position + 1))
            default: break
            }
            position += 1
        }
        let keys = strings.indices.filter { index in
            let end = strings[index].end
            let next = bytes[min(end, bytes.count)...].first { ![0x20, 0x0A, 0x0D, 0x09].contains($0) }
            return strings[index].depth == 1 && next == UInt8(ascii: ":") && strings[index].text == "winner"
        }
        guard keys.count == 1, keys[0] + 1 < strings.count, strings[keys[0] + 1].depth == 1 else { return nil }
        return strings[keys[0] + 1].text
    }

    /// A string with the escapes of plain letters read.
    private static func plain(_ bytes: ArraySlice<UInt8>) -> String {
        var text = ""
        var rest = String(decoding: bytes, as: UTF8.self).unicodeScalars[...]
        while let scalar = rest.popFirst() {
            if scalar == "\\", rest.first == "u", let code = UInt32(String(rest.dropFirst().prefix(4)), radix: 16),
                let letter = Unicode.Scalar(code)
            {
                text.unicodeScalars.append(letter)
                rest = rest.dropFirst(5)
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
