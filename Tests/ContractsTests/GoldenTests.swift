import Contracts
import Foundation
import SampleContracts
import Testing
import Wire

@testable import WireDump

@Suite("Golden fixtures")
struct GoldenTests {
    private static let sets = [
        (Contracts.ContractDescriptors.fileDescriptorSet, GoldenFile.contracts),
        (SampleContracts.ContractDescriptors.fileDescriptorSet, GoldenFile.samples),
    ]
    /// Of messages, of the contracts and of the samples.
    private static let messages = Result {
        try sets.flatMap { try GoldenFile.all(below: $0.1) }.filter { $0.path.hasPrefix("messages/") }
    }
    private static let types = Dictionary(uniqueKeysWithValues: RoundTripTests.types.map { ($0.typeName, $0) })

    @Test("are those that the contracts give; if they are not, run Tools/generate --golden", arguments: [0, 1])
    func current(place: Int) throws {
        let (descriptors, folder) = Self.sets[place]
        let expected = try GoldenFiles(schema: try MessageSchema(descriptorSet: descriptors)).lines
        let committed = try GoldenFile.all(below: folder)
        #expect(Set(committed.map(\.path)) == Set(expected.keys))
        for file in committed where file.lines != expected[file.path] { Issue.record("\(file.path) is of other contracts") }
    }

    @Test("are there for every message and every method")
    func complete() throws {
        #expect(Set(try Self.messages.get().map(\.subject)) == Set(Self.types.keys))
        let files = try Self.sets.flatMap { try GoldenFile.all(below: $0.1) }
        let services = try RoundTripTests.schema.get().services
        for kind in ["calls", "transcripts"] {
            let files = files.filter { $0.path.hasPrefix(kind) }
            #expect(Set(files.map(\.subject)) == Set(services.keys))
            for file in files {
                for method in services[file.subject] ?? [] {
                    #expect(file.lines.contains { $0.hasPrefix(#"{"method":"\#(file.subject)/\#(method)","#) })
                }
            }
        }
    }

    @Test("hold a message with each of its fields, each value of its enums and each arm of its oneofs")
    func everything() throws {
        let schema = try MessageSchema(descriptorSet: Self.sets.flatMap(\.0))
        for file in try Self.messages.get() {
            let message = try #require(schema.messages[file.subject])
            let oneofs = Set(message.fields.compactMap(\.oneof))
            let seen = try file.cases().filter { $0.refused == nil }.map { try WireFields.all(GoldenFile.bytes($0.bytes)[...]) }
            let singles = message.fields.filter { $0.oneof == nil }.count + oneofs.count
            #expect(seen.contains { Set($0.map(\.number)).count == singles } || message.fields.isEmpty, "\(file.path)")
            for field in message.fields {
                let values = seen.flatMap { fields in fields.filter { $0.number == field.number }.map(\.value) }
                #expect(!values.isEmpty, "\(file.path): \(field.name)")
                guard case .enumeration(let type) = field.kind else { continue }
                let numbers = Set(values.flatMap { field.kind.unpacked($0) }.compactMap { field.kind.integer($0) })
                let known = schema.enumerations[type] ?? [:]
                #expect(numbers.isSuperset(of: known.keys.filter { $0 != 0 }.map { Int128($0) }), "\(file.path): \(field.name)")
                #expect(numbers.contains { known[Int32($0)] == nil && $0 != 0 }, "\(file.path): \(field.name)")
            }
        }
    }

    @Test("are read and written by our codec as they say, or refused with the field that they name")
    func codec() throws {
        var refusals = 0
        for file in try Self.messages.get() {
            let type = try #require(Self.types[file.subject])
            for golden in try file.cases() {
                let bytes = GoldenFile.bytes(golden.bytes)
                guard let path = golden.refused else {
                    let written = try type.init(decoding: bytes).encoded()
                    #expect(written == GoldenFile.bytes(golden.again ?? golden.bytes), "\(file.path): \(golden.name)")
                    continue
                }
                let fault = #expect(throws: Wire.DecodingError.self, "\(file.path): \(golden.name)") {
                    try type.init(decoding: bytes)
                }
                #expect(fault?.path == path, "\(file.path): \(golden.name)")
                refusals += 1
            }
        }
        #expect(refusals > 500)
    }

    @Test("are shown as JSON as they say, and that JSON is their bytes again")
    func json() throws {
        let schema = try MessageSchema(descriptorSet: Self.sets.flatMap(\.0))
        let decoder = MessageDecoder(schema: schema, redaction: Redaction(showsAll: true), bytesForm: .base64)
        let encoder = MessageEncoder(schema: schema)
        for file in try Self.messages.get() {
            for (golden, line) in zip(try file.cases(), file.lines) where golden.refused == nil {
                let canonical = GoldenFile.bytes(golden.again ?? golden.bytes)
                let shown = decoder.json(canonical, as: file.subject)
                #expect(line.hasSuffix(#","decoded":\#(shown)}"#), "\(file.path): \(golden.name)")
                #expect(try encoder.bytes(shown, as: file.subject) == canonical, "\(file.path): \(golden.name)")
                guard golden.again == nil else { continue }
                let prefix = #"{"case":\#(JSONText.quoted(golden.name)),"source":"#
                let suffix = #","bytes":"\#(golden.bytes)","decoded":\#(shown)}"#
                let source = String(line.dropFirst(prefix.count).dropLast(suffix.count))
                #expect(line.hasPrefix(prefix) && line.hasSuffix(suffix))
                #expect(try encoder.bytes(source, as: file.subject) == canonical, "\(file.path): \(golden.name)")
            }
        }
    }
}
