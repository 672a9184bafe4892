import Fuzzing
import SampleContracts
import Testing
import Wire

/// Each row of what protobuf-c crashes on, loses or overpays for, and what becomes of it here.
@Suite("The pre-check")
struct PreCheckTests {
    private typealias Sample = SampleV1.Sample

    private func error(_ message: MessageBytes, limits: DecodingLimits = .default) -> DecodingError? {
        do throws(DecodingError) {
            _ = try Sample(decoding: message.bytes, limits: limits)
            return nil
        } catch {
            return error
        }
    }

    private func expect(
        _ code: DecodingError.Code, at path: String, _ message: MessageBytes, _ location: SourceLocation = #_sourceLocation
    ) {
        let error = error(message)
        #expect(error?.code == code && error?.path == path, "\(String(describing: error))", sourceLocation: location)
    }

    /// Samples within samples, so many in all.
    private func nested(_ depth: Int, innermost: MessageBytes = MessageBytes()) -> MessageBytes {
        (1..<depth).reduce(innermost) { inner, _ in MessageBytes().field(35, bytes: inner.bytes) }
    }

    @Test("takes sixty-four levels and refuses sixty-five, at the path of the one too deep")
    func depth() throws {
        #expect(error(nested(64)) == nil)
        let path = Array(repeating: "children[0]", count: 64).joined(separator: ".")
        expect(.tooDeep, at: path, nested(65))
        expect(.tooDeep, at: path, nested(20_000))
        let shallow = DecodingLimits(maxDepth: 2)
        #expect(error(nested(2), limits: shallow) == nil && error(nested(3), limits: shallow)?.code == .tooDeep)
    }

    @Test(
        "refuses text that is not UTF-8",
        arguments: [
            [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF],
            [0xF0, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x82], [0xFF],
        ] as [[UInt8]])
    func invalidUTF8(text: [UInt8]) {
        expect(.invalidUTF8, at: "text", MessageBytes().field(14, bytes: Array("ok ".utf8) + text))
        expect(.invalidUTF8, at: "texts[1]", MessageBytes().field(32, text: "fine").field(32, bytes: text))
        expect(.invalidUTF8, at: "maybe_text", MessageBytes().field(42, bytes: text))
        expect(
            .invalidUTF8, at: "children[1].text_choice",
            MessageBytes().field(35, bytes: []).field(
                35, bytes: MessageBytes().field(52, bytes: text).bytes))
    }

    @Test(
        "takes every well-formed text, the first and the last of each length among them",
        arguments: [
            "", "\u{1}", "\u{7F}", "\u{80}", "\u{7FF}", "\u{800}", "\u{D7FF}", "\u{E000}", "\u{FFFF}", "\u{10000}", "\u{10FFFF}",
        ])
    func validUTF8(text: String) throws {
        #expect(try Sample(decoding: MessageBytes().field(14, text: text).bytes).text == text)
    }

    @Test("refuses a NUL in a string, which protobuf-c would cut off there, and keeps it in bytes")
    func nul() throws {
        for text: [UInt8] in [[0], [0x61, 0, 0x62], [0x61, 0]] {
            expect(.nulInString, at: "text", MessageBytes().field(14, bytes: text))
            #expect(try Sample(decoding: MessageBytes().field(15, bytes: text).bytes).blob == text)
        }
    }

    @Test("refuses another wire type than the declaration's, for every kind of field")
    func wireTypes() throws {
        expect(.wireTypeMismatch, at: "plain_int32", MessageBytes().field(1, fixed32: 1))
        expect(.wireTypeMismatch, at: "plain_int32", MessageBytes().field(1, bytes: [1]))
        expect(.wireTypeMismatch, at: "fixed_int32", MessageBytes().field(3, varint: 1))
        expect(.wireTypeMismatch, at: "fixed_int64", MessageBytes().field(6, fixed32: 1))
        expect(.wireTypeMismatch, at: "twofold", MessageBytes().field(12, varint: 1))
        expect(.wireTypeMismatch, at: "text", MessageBytes().field(14, varint: 1))
        expect(.wireTypeMismatch, at: "blob", MessageBytes().field(15, fixed64: 1))
        expect(.wireTypeMismatch, at: "nested", MessageBytes().field(17, varint: 1))
        expect(.wireTypeMismatch, at: "texts[0]", MessageBytes().field(32, varint: 1))
        expect(.wireTypeMismatch, at: "int32s[1]", MessageBytes().field(21, varint: 1).field(21, fixed32: 1))
        expect(.wireTypeMismatch, at: "number_choice", MessageBytes().field(51, text: "1"))
    }

    @Test("takes repeated numbers packed, unpacked and mixed, and keeps their order")
    func packing() throws {
        let mixed = MessageBytes().field(21, varint: 1).field(21, bytes: [2, 3]).field(21, bytes: []).field(21, varint: 4)
        #expect(try Sample(decoding: mixed.bytes).int32s == [1, 2, 3, 4])
        #expect(try Sample(decoding: MessageBytes().field(36, bytes: [1, 2]).bytes).unpackedUint32s == [1, 2])
        let fixed = MessageBytes().field(23, fixed32: 1).field(23, bytes: [2, 0, 0, 0, 3, 0, 0, 0])
        #expect(try Sample(decoding: fixed.bytes).fixedUint32s == [1, 2, 3])
        let doubles = MessageBytes().field(30, bytes: MessageBytes.littleEndian(1.5.bitPattern, count: 8))
        #expect(try Sample(decoding: doubles.bytes).twofolds == [1.5])
        #expect(try Sample(decoding: MessageBytes().field(31, bytes: [0, 1, 2]).bytes).flags == [false, true, true])
        expect(.truncated, at: "int32s[0]", MessageBytes().field(21, bytes: [0x80]))
        expect(.truncated, at: "fixed_uint32s[0]", MessageBytes().field(23, bytes: [1, 2, 3]))
    }

    @Test("refuses groups, known and unknown, by name")
    func groups() {
        expect(.malformed, at: "99", MessageBytes().tag(99, type: 3).tag(99, type: 4))
        expect(.malformed, at: "99", MessageBytes().tag(99, type: 4))
        expect(.wireTypeMismatch, at: "nested", MessageBytes().tag(17, type: 3).tag(17, type: 4))
    }

    @Test("steps over unknown fields of every other wire type")
    func unknownFields() throws {
        let strange = MessageBytes().field(99, varint: .max).field(100, fixed64: 1).field(101, fixed32: 1)
            .field(102, bytes: [0, 0xFF]).field((1 << 29) - 1, varint: 0).field(14, text: "kept")
        #expect(try Sample(decoding: strange.bytes).text == "kept")
        expect(.truncated, at: "99", MessageBytes().tag(99, type: 1).raw([1, 2, 3]))
    }

    @Test("refuses field number zero, numbers past the last one and wire types that there are not")
    func tags() {
        expect(.malformed, at: "", MessageBytes().tag(0, type: 0).raw([0]))
        expect(.malformed, at: "", MessageBytes().tag(1 << 29, type: 0).raw([0]))
        expect(.malformed, at: "", MessageBytes().tag(1, type: 6))
        expect(.malformed, at: "", MessageBytes().tag(1, type: 7))
        expect(.malformed, at: "nested", MessageBytes().field(17, bytes: [0]))
    }

    @Test("takes numbers of ten bytes that fit, and refuses longer ones and those that do not")
    func varints() throws {
        let last = [UInt8](repeating: 0xFF, count: 9) + [1]
        #expect(try Sample(decoding: MessageBytes().tag(9, type: 0).raw(last).bytes).plainUint64 == .max)
        let zero = [UInt8](repeating: 0x80, count: 9) + [0]
        #expect(try Sample(decoding: MessageBytes().tag(9, type: 0).raw(zero).bytes).plainUint64 == 0)
        expect(.malformed, at: "plain_uint64", MessageBytes().tag(9, type: 0).raw([UInt8](repeating: 0xFF, count: 9) + [2]))
        expect(.malformed, at: "plain_uint64", MessageBytes().tag(9, type: 0).raw([UInt8](repeating: 0x80, count: 10) + [0]))
        expect(.truncated, at: "plain_uint64", MessageBytes().tag(9, type: 0).raw([0x80, 0x80]))
    }

    @Test("takes tags and lengths of five bytes, as protobuf-c does, and names the field of a longer one")
    func overlongTagsAndLengths() throws {
        #expect(try Sample(decoding: [0xF2, 0x80, 0x80, 0x80, 0x00, 1, 0x61]).text == "a")
        #expect(try Sample(decoding: [0x72, 0x81, 0x80, 0x80, 0x80, 0x00, 0x61]).text == "a")
        expect(.malformed, at: "", MessageBytes().raw([0xF2, 0x80, 0x80, 0x80, 0x80, 0x00, 1, 0x61]))
        expect(.malformed, at: "text", MessageBytes().raw([0x72, 0x81, 0x80, 0x80, 0x80, 0x80, 0x00, 0x61]))
    }

    @Test("refuses lengths that point past the end")
    func lengths() {
        expect(.truncated, at: "text", MessageBytes().tag(14, type: 2).raw([2, 0x61]))
        expect(.truncated, at: "blob", MessageBytes().tag(15, type: 2).raw([0xFF, 0xFF, 0xFF, 0xFF, 0x0F]))
        expect(.truncated, at: "nested", MessageBytes().tag(17, type: 2).raw([1]))
        expect(.truncated, at: "nested.name", MessageBytes().field(17, bytes: [0x0A, 5, 0x61]))
    }

    @Test("refuses a message that is cut off inside a field, at every byte")
    func truncation() throws {
        let parts = [
            MessageBytes().field(1, varint: 300).bytes, MessageBytes().field(3, fixed32: 1).bytes,
            MessageBytes().field(12, fixed64: 1).bytes, MessageBytes().field(14, text: "text").bytes,
            MessageBytes().field(17, bytes: MessageBytes().field(1, text: "name").bytes).bytes,
            MessageBytes().field(21, bytes: [1, 2, 3]).bytes,
        ]
        let whole = parts.flatMap { $0 }
        var ends: Set = [0]
        for part in parts { ends.insert((ends.max() ?? 0) + part.count) }
        for count in 0...whole.count {
            let isSound = error(MessageBytes().raw(Array(whole.prefix(count)))) == nil
            #expect(isSound == ends.contains(count), "\(count) bytes")
        }
    }

    @Test("keeps the last of repeated occurrences, of a oneof's members too")
    func lastWins() throws {
        let twice = MessageBytes().field(14, text: "one").field(14, text: "two").field(52, text: "text").field(51, varint: 0)
        let sample = try Sample(decoding: twice.bytes)
        #expect(sample.text == "two" && sample.choice == .numberChoice(0))
        let nested = MessageBytes().field(1, text: "first").field(2, bytes: [1]).bytes
        let chosen = MessageBytes().field(53, bytes: nested).field(53, bytes: MessageBytes().field(2, bytes: [2]).bytes)
        #expect(try Sample(decoding: chosen.bytes).choice == .nestedChoice(Sample.Nested(values: [2])))
    }

    @Test("refuses a message in pieces, which protobuf-c copies again with each piece, or fails to merge")
    func messagesInPieces() throws {
        expect(.malformed, at: "nested", MessageBytes().field(17, bytes: []).field(17, bytes: []))
        expect(
            .malformed, at: "children[1].nested",
            MessageBytes().field(35, bytes: []).field(
                35, bytes: MessageBytes().field(17, bytes: [0x0A, 0]).field(1, varint: 1).field(17, bytes: []).bytes))
    }

    @Test("keeps enum values that nobody has named")
    func unknownEnumValues() throws {
        let sample = try Sample(decoding: MessageBytes().field(16, varint: 77).field(34, bytes: [1, 99]).bytes)
        #expect(sample.colour.rawValue == 77 && sample.colours.map(\.rawValue) == [1, 99])
        #expect("\(sample.colour)" == "77" && "\(sample.colours[0])" == "COLOUR_RED")
        #expect(try sample.encoded() == MessageBytes().field(16, varint: 77).field(34, bytes: [1, 99]).bytes)
    }
}
