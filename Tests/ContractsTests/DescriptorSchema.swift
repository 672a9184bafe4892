@testable import Wire

/// What a descriptor set says of its messages, read without the code that is under test.
struct DescriptorSchema {
    struct Field {
        var number: UInt64 = 0
        var type: UInt64 = 0
        var typeName = ""
        var isRepeated = false
        var isPacked = true
        var isOptional = false
        var oneof: UInt64?
    }

    private(set) var messages: [String: [Field]] = [:]
    /// Methods by the full name of their service.
    private(set) var services: [String: [String]] = [:]

    init(_ descriptorSet: [UInt8]) throws {
        for file in try Self.fields(descriptorSet) where file.number == 1 {
            let content = try Self.fields(file.bytes)
            let package = Self.text(2, of: content)
            for message in content where message.number == 4 { try read(message.bytes, scope: package) }
            for service in content where service.number == 6 {
                let parts = try Self.fields(service.bytes)
                let name = Self.text(1, of: parts)
                services["\(package).\(name)"] = try parts.filter { $0.number == 2 }.map { method in
                    Self.text(1, of: try Self.fields(method.bytes))
                }
            }
        }
    }

    private mutating func read(_ message: [UInt8], scope: String) throws {
        let parts = try Self.fields(message)
        let name = "\(scope).\(Self.text(1, of: parts))"
        messages[name] = try parts.filter { $0.number == 2 }.map { try Self.field($0.bytes) }.sorted { $0.number < $1.number }
        for nested in parts where nested.number == 3 { try read(nested.bytes, scope: name) }
    }

    /// `FieldDescriptorProto`, by its field numbers.
    private static func field(_ bytes: [UInt8]) throws -> Field {
        var field = Field()
        for part in try fields(bytes) {
            switch part.number {
            case 3: field.number = part.value
            case 4: field.isRepeated = part.value == 3
            case 5: field.type = part.value
            case 6: field.typeName = String(part.text.dropFirst())
            case 8: field.isPacked = try fields(part.bytes).first { $0.number == 2 }?.value != 0
            case 9: field.oneof = part.value
            case 17: field.isOptional = part.value == 1
            default: break
            }
        }
        return field
    }

    private struct Part {
        let number: UInt32
        var value: UInt64 = 0
        var bytes: [UInt8] = []

        var text: String { String(decoding: bytes, as: UTF8.self) }
    }

    private static func text(_ number: UInt32, of parts: [Part]) -> String {
        for part in parts where part.number == number { return part.text }
        return ""
    }

    private static func fields(_ bytes: [UInt8]) throws -> [Part] {
        try bytes.withUnsafeBytes { bytes in
            var scanner = WireScanner(bytes)
            var parts: [Part] = []
            while !scanner.isAtEnd {
                let tag = try scanner.tag()
                switch tag.type {
                case .varint: parts.append(Part(number: tag.field, value: try scanner.varint()))
                case .lengthDelimited:
                    parts.append(Part(number: tag.field, bytes: Array(try scanner.lengthDelimited())))
                default: try scanner.skip(tag.type)
                }
            }
            return parts
        }
    }
}
