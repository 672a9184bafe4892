import Testing

@testable import huleedu

@Suite struct EssayTextTests {
    @Test(arguments: [
        ("plain", "plain"), ("\u{FEFF}marked", "marked"), ("a\r\nb\rc\n", "a\nb\nc"), ("\n\n a \n\n", "a"), ("\r\r\n\nx", "x"),
        ("a\r\r\nb", "a\n\nb"), ("in\u{FEFF}side", "in\u{FEFF}side"), ("  två  ord  ", "två  ord"),
    ])
    func normalisesMarkLineEndsAndEdgesOnly(given: String, expected: String) throws {
        let text = try EssayText.decode(Array(given.utf8))
        #expect(Array(text.unicodeScalars) == Array(expected.unicodeScalars))
    }

    @Test func leavesLettersInTheirUnicodeForm() throws {
        let decomposed = "a\u{30A}"
        #expect(Array(try EssayText.decode(Array(decomposed.utf8)).utf8) == Array(decomposed.utf8))
    }

    @Test(
        arguments: [
            ([0x80], 0), ([0x61, 0xC3], 1), ([0x61, 0xC3, 0x28], 1), ([0xE2, 0x82], 0), ([0xC0, 0xAF], 0),
            ([0xED, 0xA0, 0x80], 0),
            ([0xF4, 0x90, 0x80, 0x80], 0), ([0xF0, 0x9F, 0x98], 0), ([0x61, 0xF5], 1), ([0xE0, 0x80, 0x80], 0),
            ([0xC3, 0xA5, 0xFF], 2),
        ] as [([UInt8], Int)])
    func tellsWhereBytesStopBeingUTF8(bytes: [UInt8], offset: Int) {
        #expect(throws: EssayText.Fault.notUTF8(byteOffset: offset)) { try EssayText.decode(bytes) }
    }

    @Test func agreesWithTheStandardLibraryOnWhatIsUTF8() {
        var random = SplitMix(state: 42)
        let seeds = [Array("Åsa läser – \u{1F600} 漢字".utf8), Array("plain text".utf8)]
        for round in 0..<20_000 {
            var bytes = seeds[round % 2]
            for _ in 0...(random.next() % 3) {
                bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
            }
            #expect((UTF8Check.firstInvalidByte(of: bytes) == nil) == (String(validating: bytes, as: UTF8.self) != nil))
        }
    }

    @Test func everyPrefixOfATextIsReadOrRefusedByName() {
        let bytes = Array("\u{FEFF}Två rader\r\nmed å, ö och \u{1F600}\0slut".utf8)
        for length in 0...bytes.count {
            do throws(EssayText.Fault) {
                let text = try EssayText.decode(Array(bytes.prefix(length)))
                #expect(!text.isEmpty && !text.contains("\r"))
            } catch {
                switch error {
                case .blank: #expect(length <= 3)
                case .notUTF8(let offset): #expect(offset < length)
                case .containsNUL(let offset): #expect(bytes[offset] == 0)
                case .looksLikeUTF16: Issue.record("a UTF-8 mark was taken for UTF-16")
                }
            }
        }
    }
}
