import Contracts
import Foundation
import SampleContracts
import Testing
import Wire

@testable import WireDump

/// Programs of two versions of the contracts, each with the messages of the other.
@Suite("Messages between versions of the contracts")
struct CompatibilityTests {
    private static let present =
        Contracts.ContractDescriptors.fileDescriptorSet + SampleContracts.ContractDescriptors.fileDescriptorSet

    enum Version: CaseIterable {
        /// That was published last.
        case published
        /// That lacks half of what there is.
        case older

        func schema() throws -> MessageSchema {
            switch self {
            case .published:
                let root = GoldenFile.contracts.deletingLastPathComponent()
                return try MessageSchema(descriptorSet: Array(Data(contentsOf: root.appending(path: "baseline.binpb"))))
            case .older: return try MessageSchema(descriptorSet: OlderContracts.descriptorSet(before: present))
            }
        }
    }

    private static let types = Dictionary(uniqueKeysWithValues: RoundTripTests.types.map { ($0.typeName, $0) })

    @Test("of an older one are read by the present one, and nothing of them is lost", arguments: Version.allCases)
    func oldWithNew(version: Version) throws {
        let old = try version.schema()
        let present = try MessageSchema(descriptorSet: Self.present)
        var count = 0
        for (name, message) in try Self.messages(of: old) {
            let type = try #require(Self.types[name], "\(name) is gone")
            let again = try type.init(decoding: message).encoded()
            #expect(again == message, "\(name)")
            // By the names of both.
            #expect(Self.decoder(present).json(again, as: name) == Self.decoder(old).json(message, as: name), "\(name)")
            count += 1
        }
        #expect(count > 400)
    }

    @Test("of the present one are read by an older one, and nothing is lost that it knows", arguments: Version.allCases)
    func newWithOld(version: Version) throws {
        let old = try version.schema()
        let present = try MessageSchema(descriptorSet: Self.present)
        var isLess = false
        for (name, message) in try Self.messages(of: present) where old.messages[name] != nil {
            let known = try Self.known(message[...], name, old)
            let read = Self.decoder(old).value(message, as: name)
            #expect(try MessageEncoder(schema: old).bytes(Self.named(read), as: name) == known, "\(name)")
            #expect(try Self.types[name]?.init(decoding: known).encoded() == known, "\(name)")
            isLess = isLess || known != message
        }
        #expect(isLess || version == .published)
    }

    /// The bytes of every golden message that can be read.
    private static func messages(of schema: MessageSchema) throws -> [(name: String, bytes: [UInt8])] {
        try schema.messages.keys.sorted().flatMap { name in
            let lines = try GoldenMessage(name, schema: schema).lines()
            return try GoldenFile(path: name, lines: lines).cases().compactMap { golden in
                golden.refused == nil ? (name, GoldenFile.bytes(golden.again ?? golden.bytes)) : nil
            }
        }
    }

    private static func decoder(_ schema: MessageSchema) -> MessageDecoder {
        MessageDecoder(schema: schema, redaction: Redaction(showsAll: true), bytesForm: .base64)
    }

    /// What of a message's bytes a schema knows.
    private static func known(_ bytes: ArraySlice<UInt8>, _ type: String, _ schema: MessageSchema) throws -> [UInt8] {
        var result = WireBytes()
        for field in try WireFields.all(bytes) {
            switch (schema.messages[type]?.field(field.number)?.kind, field.value) {
            case (nil, _): continue
            case (.message(let inner)?, .bytes(let content)):
                result.delimited(field.number, try known(content, inner, schema))
            default: result.append(field.value, field.number)
            }
        }
        return result.bytes
    }

    /// Without what stands under the numbers of fields, because the contracts have no name for it.
    private static func named(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let members):
            .object(members.filter { Int($0.key) == nil }.mapValues { named($0) })
        case .array(let values): .array(values.map { named($0) })
        default: value
        }
    }
}
