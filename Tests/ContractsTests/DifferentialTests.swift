import Contracts
import Foundation
import Fuzzing
import SampleContracts
import Testing
import Wire

@testable import WireDump

/// The same messages for our codec and for Google's: what one takes, the other takes, and both write it alike.
@Suite(
    "Our codec and Google's",
    .enabled(if: OtherCodec.isInstalled, "needs python3-protobuf; Tools/setup --tests installs it"),
    .timeLimit(.minutes(5)))
struct DifferentialTests {
    private static let contracts =
        Contracts.ContractDescriptors.fileDescriptorSet + SampleContracts.ContractDescriptors.fileDescriptorSet
    /// Of each message.
    private static let randomMessages = 20
    private static let spoiltMessages = 150

    @Test("of Debian's C++ library, but for what is meant to be otherwise")
    func compiled() async throws { try await Self.compare(OtherCodec.compiled) }

    @Test("in Python alone, but for what is meant to be otherwise")
    func interpreted() async throws { try await Self.compare(OtherCodec.interpreted) }

    @Test("that PyPI has, but for what is meant to be otherwise")
    func published() async throws {
        try await Self.withFolder { folder in
            guard let codec = try await OtherCodec.published(in: folder.appending(path: "venv")) else {
                try Test.cancel("PyPI's protobuf can't be installed here")
            }
            try await Self.compare(codec)
        }
    }

    private static func withFolder(_ body: (URL) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "huleedu-codec-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }  // What is left over lies in the temporary folder.
        try await body(folder)
    }

    private static func compare(_ codec: OtherCodec) async throws {
        let questions = try questions()
        var answers: [OtherCodec.Answer] = []
        try await withFolder { answers = try await codec.answers(to: questions, contracts: contracts, in: $0) }
        try #require(answers.count == questions.count)
        let types = Dictionary(uniqueKeysWithValues: RoundTripTests.types.map { ($0.typeName, $0) })
        let schema = try MessageSchema(descriptorSet: contracts)
        let encoder = MessageEncoder(schema: schema)
        var seen: [DeliberateDifference: Int] = [:]
        var agreed = 0
        for (question, answer) in zip(questions, answers) {
            let type = try #require(types[question.type])
            let ours = Reading(of: question.bytes, as: type)
            let theirs = answer.written.map { Reading.taken(GoldenFile.bytes($0)) } ?? .refused(nil)
            if ours.agrees(with: theirs) {
                agreed += 1
            } else if let difference = DeliberateDifference(
                ours: ours, theirs: theirs, as: type, repeatsArm: repeatsArm(question.bytes[...], question.type, schema))
            {
                seen[difference, default: 0] += 1
            } else {
                Issue.record("\(codec.name) \(question.type) \(question.bytes.hexadecimal): \(ours), theirs \(theirs)")
            }
            // JSON is asked for of messages alone that both read.
            guard question.json != nil, case .taken(let bytes) = ours else { continue }
            #expect(answer.parsed.map(GoldenFile.bytes) == bytes, "\(codec.name) reads our JSON of \(question.type)")
            let json = try #require(answer.json)
            #expect(try encoder.bytes(json, as: question.type) == bytes, "we read \(codec.name)'s JSON of \(question.type)")
        }
        #expect(agreed > 10_000)
        for difference in DeliberateDifference.allCases {
            let isSeen = seen[difference] != nil
            #expect(isSeen == difference.isExpected(of: codec.name), "\(codec.name), \(difference): \(difference.reason)")
        }
    }

    /// Whether a message of a oneof comes twice in a message, or in one within it.
    private static func repeatsArm(_ bytes: ArraySlice<UInt8>, _ type: String, _ schema: MessageSchema) -> Bool {
        // Bytes that cannot be read hold nothing twice.
        guard let fields = try? WireFields.all(bytes) else { return false }
        var seen: Set<Int> = []
        return fields.contains { field in
            guard let declared = schema.messages[type]?.field(field.number), case .message(let inner) = declared.kind,
                case .bytes(let content) = field.value
            else { return false }
            return declared.oneof != nil && !seen.insert(field.number).inserted || repeatsArm(content, inner, schema)
        }
    }

    /// Sound messages that random ones seldom are.
    private static let curiosities: [MessageBytes] = [
        MessageBytes().tag(99, type: 3).field(1, varint: 1).tag(99, type: 4),
        MessageBytes().field(12, fixed64: (-0.0).bitPattern),
        MessageBytes().field(53, bytes: [0x0A, 1, 0x61]).field(53, bytes: [0x10, 5]),
        (0..<200).reduce(MessageBytes()) { message, _ in message.field(35, bytes: []) },
        MessageBytes().raw([0x88, 0x80, 0x80, 0x80, 0x80, 0x00, 0x01]),
        MessageBytes().raw([0x20] + [UInt8](repeating: 0xFF, count: 9) + [0x7F]),
    ]

    /// Random messages, with their JSON, spoilt ones, curious ones, and the golden ones.
    private static func questions() throws -> [OtherCodec.Question] {
        let schema = try RoundTripTests.schema.get()
        let decoder = MessageDecoder(
            schema: try MessageSchema(descriptorSet: contracts), redaction: Redaction(showsAll: true), bytesForm: .base64)
        var random = RandomMessage(schema: schema, seed: 1)
        var mutator = Mutator(seed: 2)
        var questions: [OtherCodec.Question] = []
        for type in schema.messages.keys.sorted() {
            let messages = (0..<randomMessages).map { _ in random.bytes(of: type) }
            questions += messages.map {
                OtherCodec.Question(type: type, bytes: $0, json: decoder.json($0, as: type))
            }
            questions += (0..<spoiltMessages).map { _ in OtherCodec.Question(type: type, bytes: mutator.mutate(messages)) }
        }
        questions += curiosities.map { OtherCodec.Question(type: "huleedu.sample.v1.Sample", bytes: $0.bytes) }
        for folder in [GoldenFile.contracts, GoldenFile.samples] {
            for file in try GoldenFile.all(below: folder) where file.path.hasPrefix("messages/") {
                questions += try file.cases().map {
                    OtherCodec.Question(type: file.subject, bytes: GoldenFile.bytes($0.bytes))
                }
            }
        }
        return questions
    }
}

/// What became of a message's bytes.
enum Reading: Equatable {
    /// They are a message, which is written like this.
    case taken([UInt8])
    /// They are none; why, where that is known.
    case refused(Wire.DecodingError?)

    init(of bytes: [UInt8], as type: any WireMessage.Type) {
        do throws(Wire.DecodingError) {
            let message = try type.init(decoding: bytes)
            // What was read can be written, or it would not have been read.
            self = .taken((try? message.encoded()) ?? [])
        } catch {
            self = .refused(error)
        }
    }

    func agrees(with other: Reading) -> Bool {
        switch (self, other) {
        case (.taken(let one), .taken(let two)): one == two
        case (.refused, .refused): true
        default: false
        }
    }
}
