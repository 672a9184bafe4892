import Contracts
import Testing

@testable import WireDump

/// Contracts come from servers and files of others.
@Suite("Sets of contracts")
struct MessageSchemaTests {
    private static func message(_ name: String, fields: [[UInt8]] = [], nested: [[UInt8]] = []) -> [UInt8] {
        var bytes = WireBytes()
        bytes.delimited(1, name.utf8)
        for field in fields { bytes.delimited(2, field) }
        for message in nested { bytes.delimited(3, message) }
        return bytes.bytes
    }

    private static func field(_ name: String, number: UInt64) -> [UInt8] {
        var bytes = WireBytes()
        bytes.delimited(1, name.utf8)
        bytes.varint(3, number)
        bytes.varint(5, 9)
        return bytes.bytes
    }

    private static func isRead(_ message: [UInt8]) -> Bool {
        var file = WireBytes()
        file.delimited(4, message)
        var set = WireBytes()
        set.delimited(1, file.bytes)
        return (try? MessageSchema(descriptorSet: set.bytes)) != nil
    }

    @Test("are read with numbers of fields up to 536,870,911")
    func numbers() {
        for (number, isRead) in [
            (1, true), (0, false), (536_870_911, true), (536_870_912, false), (UInt64.max, false),
        ] as [(UInt64, Bool)] {
            #expect(Self.isRead(Self.message("M", fields: [Self.field("f", number: number)])) == isRead)
        }
    }

    @Test("are read with full names of up to a thousand bytes that are names")
    func names() {
        for (outer, isRead) in [(998, true), (999, false)] {
            let message = Self.message(String(repeating: "M", count: outer), nested: [Self.message("N")])
            #expect(Self.isRead(message) == isRead)
        }
        for name in ["M\u{1B}[2J", "M N", "Må"] { #expect(!Self.isRead(Self.message(name))) }
        #expect(!Self.isRead(Self.message("M", fields: [Self.field("f\n", number: 1)])))
    }

    @Test("are read with up to 32 messages in one another")
    func depth() {
        func nested(_ count: Int) -> [UInt8] {
            (1..<count).reduce(Self.message("M")) { message, _ in Self.message("M", nested: [message]) }
        }
        #expect(Self.isRead(nested(MessageSchema.deepest)))
        #expect(!Self.isRead(nested(MessageSchema.deepest + 1)))
    }

    @Test("that are this project's own are read whole")
    func own() throws {
        let schema = try MessageSchema(descriptorSet: ContractDescriptors.fileDescriptorSet)
        #expect(schema.messages.count > 70 && schema.messages.values.contains { !$0.fields.isEmpty })
        #expect(schema.method("huleedu.events.v1.EventFeed", "Follow")?.serverStreams == true)
    }
}
