import Testing

@testable import FakeProvider

@Suite("JSON")
struct JSONTests {
    /// One of everything.
    private let sample =
        #"{"a":[1,-2.5e+10,0,true,false,null],"b":"line\nquote\"slash\\\u0001\ttab","ä":{},"c":[],"🦉":"\ud83e\udd89 å"}"#

    @Test("what is written is what was read, in order")
    func roundTrip() throws {
        let value = try JSONParser.parse(Array(sample.utf8))
        #expect(value.members?.map(\.name) == ["a", "b", "ä", "c", "🦉"])
        #expect(value["a"]?.elements?.first?.integer == 1)
        #expect(value["a"]?.elements?[1].double == -2.5e10)
        #expect(value["🦉"]?.text == "🦉 å")
        #expect(try JSONParser.parse(value.encoded) == value)
        #expect(String(decoding: value.encoded, as: UTF8.self).hasPrefix(#"{"a":[1,-2.5e+10,0,true,"#))
    }

    @Test("the last of two members with one name counts")
    func duplicates() throws {
        #expect(try JSONParser.parse(Array(#"{"a":1,"a":2}"#.utf8))["a"]?.integer == 2)
    }

    @Test(
        "what is not JSON is refused",
        arguments: [
            "", " ", "{", "}", "[1,]", "[,1]", "{\"a\"}", "{\"a\":}", "{a:1}", "{\"a\":1,}", "01", "1.", ".5", "+1", "-", "1e",
            "tru", "nul", "'a'", "\"a", "\"\\x\"", "\"\\u12\"", "\"\\u+123\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"",
            "\"\n\"", "1 2", "[1]]", "NaN", "Infinity",
        ])
    func syntaxErrors(text: String) {
        #expect(throws: JSONSyntaxError.self) { try JSONParser.parse(Array(text.utf8)) }
    }

    @Test(
        "bytes that are not UTF-8 are refused inside a string", arguments: [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xC0, 0x80]])
    func invalidUTF8(bytes: [UInt8]) {
        #expect(throws: JSONSyntaxError.self) { try JSONParser.parse([0x22] + bytes + [0x22]) }
    }

    @Test("nesting is accepted up to the limit and not beyond")
    func depth() throws {
        func nested(_ depth: Int) -> [UInt8] {
            Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
        }
        #expect(throws: Never.self) { try JSONParser.parse(nested(JSONParser.maxDepth)) }
        #expect(throws: JSONSyntaxError.self) { try JSONParser.parse(nested(JSONParser.maxDepth + 1)) }
        #expect(throws: JSONSyntaxError.self) { try JSONParser.parse(Array(String(repeating: "[", count: 1_000_000).utf8)) }
    }

    @Test("a number has at most sixty-four characters")
    func numberLength() {
        #expect(throws: Never.self) { try JSONParser.parse(Array(String(repeating: "1", count: 64).utf8)) }
        #expect(throws: JSONSyntaxError.self) { try JSONParser.parse(Array(String(repeating: "1", count: 65).utf8)) }
    }

    @Test("a text cut off after any byte is refused")
    func truncation() {
        let bytes = Array(sample.utf8)
        for count in bytes.indices {
            #expect(throws: JSONSyntaxError.self, "after \(count) bytes") { try JSONParser.parse(Array(bytes.prefix(count))) }
        }
    }

    @Test("mutated texts are refused or read, and what is read can be written and read again", arguments: 0..<8)
    func mutation(seed: UInt64) throws {
        var generator = SplitMix(state: seed)
        for _ in 0..<2000 {
            var bytes = Array(sample.utf8)
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let index = Int.random(in: bytes.indices, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.remove(at: index)
                default: bytes.insert(bytes[Int.random(in: bytes.indices, using: &generator)], at: index)
                }
            }
            guard let value = try? JSONParser.parse(bytes) else { continue }  // Refusing is one of the two right outcomes.
            #expect(try JSONParser.parse(value.encoded) == value)
        }
    }
}

/// A small generator of random numbers that is the same everywhere (Steele, Lea and Flood 2014).
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
