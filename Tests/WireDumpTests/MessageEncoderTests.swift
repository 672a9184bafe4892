import SampleContracts
import Testing
import Wire

@testable import WireDump

@Suite("Messages from JSON")
struct MessageEncoderTests {
    private static let type = "huleedu.sample.v1.Sample"

    private let encoder: MessageEncoder
    private let decoder: MessageDecoder

    init() throws {
        let schema = try MessageSchema(descriptorSet: ContractDescriptors.fileDescriptorSet)
        encoder = MessageEncoder(schema: schema)
        decoder = MessageDecoder(schema: schema, redaction: Redaction(showsAll: true))
    }

    private func sample(_ json: String) throws -> SampleV1.Sample {
        try SampleV1.Sample(decoding: encoder.bytes(json, as: Self.type))
    }

    @Test("have every kind of field, by either name, and whole numbers as numbers or as text")
    func everyKind() throws {
        let json = """
            {"plain_int32": -1, "zigzagInt32": -2147483648, "fixed_int32": "-3", "plain_int64": "-9223372036854775808",
             "zigzag_int64": -9223372036854775808, "fixedInt64": -6, "plain_uint32": 4294967295, "fixed_uint32": 8,
             "plain_uint64": 18446744073709551615, "fixed_uint64": "18446744073709551615", "single": 1.5, "twofold": -Z,
             "flag": true, "text": "\\u00e5 \\"x\\"", "blob": "AAH/", "colour": "COLOUR_GREEN",
             "nested": {"name": "n", "values": [1, 300, 70000]}, "int32s": [-1, 2], "zigzag_int32s": [-1, 2],
             "fixed_uint32s": [1], "int64s": ["-1", 5e3], "zigzag_int64s": [-7], "fixed_uint64s": [9], "uint64s": [], "singles": [0.5],
             "twofolds": ["NaN", "Infinity", 3], "flags": [true, false], "texts": ["", "b"], "blobs": [""],
             "colours": ["COLOUR_RED", 7], "children": [{"text": "inner", "children": [{}]}], "unpacked_uint32s": [1, 2],
             "maybe_number": 0, "maybe_text": "", "maybe_twofold": null, "nested_choice": {}}
            """.replacing("-Z", with: "-0.25")
        let sample = try sample(json)
        #expect(sample.plainInt32 == -1 && sample.zigzagInt32 == .min && sample.fixedInt32 == -3)
        #expect(sample.plainInt64 == .min && sample.zigzagInt64 == .min && sample.fixedInt64 == -6)
        #expect(sample.plainUint32 == .max && sample.fixedUint32 == 8)
        #expect(sample.plainUint64 == .max && sample.fixedUint64 == .max)
        #expect(sample.single == 1.5 && sample.twofold == -0.25 && sample.flag)
        #expect(sample.text == "å \"x\"" && sample.blob == [0, 1, 255] && sample.colour == .green)
        #expect(sample.nested == .init(name: "n", values: [1, 300, 70000]))
        #expect(sample.int32s == [-1, 2] && sample.zigzagInt32s == [-1, 2] && sample.fixedUint32s == [1])
        #expect(sample.int64s == [-1, 5000] && sample.zigzagInt64s == [-7] && sample.fixedUint64s == [9])
        #expect(sample.uint64s.isEmpty && sample.singles == [0.5])
        #expect(sample.twofolds.first?.isNaN == true && sample.twofolds.dropFirst() == [.infinity, 3])
        #expect(sample.flags == [true, false] && sample.texts == ["", "b"] && sample.blobs == [[]])
        #expect(sample.colours.map(\.rawValue) == [1, 7])
        #expect(sample.children == [SampleV1.Sample(text: "inner", children: [SampleV1.Sample()])])
        #expect(sample.unpackedUint32s == [1, 2])
        #expect(sample.maybeNumber == 0 && sample.maybeText?.isEmpty == true && sample.maybeTwofold == nil)
        #expect(sample.choice == .nestedChoice(.init()))
    }

    @Test("are what they were before they were shown")
    func wayBack() throws {
        let sample = SampleV1.Sample(
            plainInt32: -5, zigzagInt64: .min, fixedUint64: .max, single: 0.1, twofold: 1e300, flag: true,
            text: "a\u{1}b\u{202E}\u{1F600}\n", colour: .red, nested: .init(name: "n", values: [0, 1]),
            twofolds: [-.infinity, .leastNonzeroMagnitude], colours: [.green, .init(rawValue: -3)],
            children: [.init(), .init(text: "x")],
            maybeNumber: 0)
        #expect(try self.sample(decoder.json(sample.encoded(), as: Self.type)) == sample)
    }

    @Test("are written in one way: by the fields' numbers, packed where the contract says so, without defaults that say nothing")
    func canonical() throws {
        let json = #"{"unpacked_uint32s": [1, 0], "uint32s": [1, 0], "flag": false, "text": "", "plain_int32": 5, "single": 0}"#
        #expect(try encoder.bytes(json, as: Self.type) == [0x08, 5, 0xDA, 0x01, 2, 1, 0, 0xA0, 0x02, 1, 0xA0, 0x02, 0])
        let kept = #"{"nested": {}, "maybe_text": "", "number_choice": 0, "colour": 0}"#
        #expect(try encoder.bytes(kept, as: Self.type) == [0x8A, 0x01, 0, 0xD2, 0x02, 0, 0x98, 0x03, 0])
    }

    @Test(
        "that are none say where, what was expected, and what was found",
        arguments: [
            ("", "expected JSON"), ("{", "expected JSON"), ("[]", "the request: expected an object, got an array"),
            (#"{"txt": "a"}"#, "txt: huleedu.sample.v1.Sample has no such field; it has plain_int32, "),
            (#"{"text": 1}"#, "text: expected text, got a number"),
            (
                #"{"children": [{}, {"nested": {"values": [1, "x"]}}]}"#,
                "children[1].nested.values[1]: expected a whole number from 0 to 4294967295, got text"
            ),
            (#"{"plain_uint32": -1}"#, "plain_uint32: expected a whole number from 0 to 4294967295, got a number"),
            (#"{"plain_uint32": 4294967296}"#, "expected a whole number from 0 to 4294967295"),
            (#"{"plain_int32": 1.5}"#, "expected a whole number from -2147483648 to 2147483647"),
            (#"{"plain_int64": 9223372036854775808}"#, "expected a whole number from -9223372036854775808"),
            (#"{"plain_uint64": "18446744073709551616"}"#, "expected a whole number from 0 to 18446744073709551615, got text"),
            (#"{"texts": "a"}"#, "texts: expected an array, got text"),
            (#"{"flag": "true"}"#, "flag: expected true or false, got text"),
            (#"{"blob": "*"}"#, "blob: expected text in base64, got text"),
            (#"{"colour": "BLUE"}"#, "expected one of COLOUR_UNSPECIFIED, COLOUR_RED, COLOUR_GREEN; got 'BLUE'"),
            (#"{"single": 1e39}"#, "single: expected a number of single precision, got a number"),
            (#"{"nested": null, "twofold": []}"#, "twofold: expected a number, got an array"),
            (#"{"plain_int32": 1, "plainInt32": 1}"#, "expected once, under one of its names"),
        ])
    func mistakes(json: String, expected: String) throws {
        let mistake = #expect(throws: MessageEncoder.Mistake.self) { try sample(json) }
        #expect(mistake?.description.contains(expected) == true, "\(mistake?.description ?? "")")
    }

    @Test("nest as deep as they can be shown, and no deeper")
    func depth() throws {
        func nested(_ count: Int) -> String {
            String(repeating: #"{"children": ["#, count: count - 1) + "{}" + String(repeating: "]}", count: count - 1)
        }
        _ = try sample(nested(MessageDecoder.deepest))
        let mistake = #expect(throws: MessageEncoder.Mistake.self) { try sample(nested(MessageDecoder.deepest + 1)) }
        #expect(mistake?.description.hasSuffix("expected at most \(MessageDecoder.deepest) messages in one another") == true)
    }
}
