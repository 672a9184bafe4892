import Contracts
import FuzzTargets
import Fuzzing
import SampleContracts
import Testing
import Wire

@Suite("Messages")
struct RoundTripTests {
    private typealias Sample = SampleV1.Sample

    static let schema = Result {
        try DescriptorSchema(
            Contracts.ContractDescriptors.fileDescriptorSet + SampleContracts.ContractDescriptors.fileDescriptorSet)
    }
    static let types: [any WireMessage.Type] = ContractMessages.all + [Sample.self, Sample.Nested.self]

    @Test("come back byte for byte from their Swift values, whatever they hold", arguments: types.map { $0.typeName })
    func roundTrip(name: String) throws {
        let type = try #require(Self.types.first { $0.typeName == name })
        let schema = try Self.schema.get()
        var random = RandomMessage(schema: schema, seed: 11)
        var longest = 0
        for _ in 0..<300 {
            let bytes = random.bytes(of: name)
            longest = max(longest, bytes.count)
            #expect(try type.init(decoding: bytes).encoded() == bytes)
        }
        #expect(longest > 0 || schema.messages[name]?.isEmpty == true)
    }

    @Test("are all there: the descriptors, the generated types and this list name the same")
    func completeness() throws {
        #expect(Set(try Self.schema.get().messages.keys) == Set(Self.types.map { $0.typeName }))
    }

    @Test("with nothing in them are empty")
    func defaults() throws {
        for type in Self.types { #expect(try type.init().encoded() == []) }
    }

    @Test("tell a field that is absent from one that holds its default, where the contract says optional")
    func presence() throws {
        let absent = try Sample(decoding: [])
        #expect(absent.maybeNumber == nil && absent.maybeText == nil && absent.maybeBlob == nil)
        #expect(absent.maybeFlag == nil && absent.maybeTwofold == nil && absent.maybeColour == nil && absent.nested == nil)
        let present = Sample(
            nested: Sample.Nested(), maybeNumber: 0, maybeText: "", maybeBlob: [], maybeFlag: false, maybeTwofold: 0,
            maybeColour: .unspecified)
        let bytes = try present.encoded()
        #expect(bytes.count > 10)
        #expect(try Sample(decoding: bytes) == present)
    }

    @Test("hold one member of a oneof, its default included")
    func oneof() throws {
        let choices: [Sample.Choice?] = [
            nil, .numberChoice(0), .numberChoice(.max), .textChoice(""), .textChoice("å"), .nestedChoice(Sample.Nested()),
            .nestedChoice(Sample.Nested(name: "n", values: [0, 1])), .blobChoice([]), .blobChoice([0]),
            .colourChoice(.unspecified),
            .colourChoice(.green),
        ]
        for choice in choices {
            let sample = Sample(choice: choice)
            #expect(try Sample(decoding: sample.encoded()) == sample)
        }
    }

    @Test("keep the extremes of every kind of number, but for the sign of zero, which protobuf-c drops")
    func extremes() throws {
        let sample = Sample(
            plainInt32: .min, zigzagInt32: .min, fixedInt32: .min, plainInt64: .min, zigzagInt64: .min, fixedInt64: .min,
            plainUint32: .max, fixedUint32: .max, plainUint64: .max, fixedUint64: .max, single: -.infinity,
            twofold: .leastNonzeroMagnitude, int32s: [.min, -1, 0, 1, .max], zigzagInt32s: [.min, -1, 0, 1, .max],
            int64s: [.min, -1, 0, 1, .max], zigzagInt64s: [.min, -1, 0, 1, .max], twofolds: [-0.0, .infinity])
        let again = try Sample(decoding: sample.encoded())
        #expect(again == sample)
        #expect(again.twofolds[0].sign == .minus, "in a list it keeps its sign")
        #expect(try Sample(twofold: -0.0).encoded().isEmpty)
    }

    @Test("refuse to be written with a NUL in a string, and say where")
    func nulWhenEncoding() {
        let faults: [(Sample, String)] = [
            (Sample(text: "a\0b"), "text"),
            (Sample(texts: ["fine", "\0"]), "texts[1]"),
            (Sample(maybeText: "\0"), "maybe_text"),
            (Sample(choice: .textChoice("\0")), "text_choice"),
            (Sample(children: [Sample(), Sample(nested: Sample.Nested(name: "\0"))]), "children[1].nested.name"),
        ]
        for (sample, path) in faults {
            #expect { try sample.encoded() } throws: { error in
                (error as? EncodingError).map { $0.code == .nulInString && $0.path == path } ?? false
            }
        }
    }

    @Test("are appended to what a buffer holds already")
    func appending() throws {
        var buffer: [UInt8] = [1, 2]
        try Sample(text: "a").encode(into: &buffer)
        #expect(buffer == [1, 2, 0x72, 1, 0x61])
    }
}
