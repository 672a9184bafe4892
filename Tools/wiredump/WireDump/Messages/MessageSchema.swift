package import Wire

/// What messages, enums and methods there are: the content of a `google.protobuf.FileDescriptorSet`.
package struct MessageSchema: Sendable {
    package struct SchemaError: Error, Sendable, Hashable, CustomStringConvertible {
        package let description: String
    }

    package enum Kind: Sendable, Hashable {
        case double, float, int64, uint64, int32, fixed64, fixed32, bool, string, bytes, uint32, sfixed32, sfixed64, sint32,
            sint64
        case message(String)
        case enumeration(String)
    }

    package struct Field: Sendable, Hashable {
        package let number: Int
        package let name: String
        package let kind: Kind
        package let isRepeated: Bool
        /// Whether its numbers stand together in one value, where it is repeated.
        let isPacked: Bool
        /// Which of its message's groups it stands in, of whose fields at most one is there; nil for none.
        let oneof: Int?
        /// Whether one can tell that it is absent: it is `optional`, or one of several of which one is there.
        package let tellsAbsence: Bool
    }

    package struct Message: Sendable, Hashable {
        package let name: String
        /// In the order of their declaration.
        package let fields: [Field]
        /// Where the field of a number stands, for numbers that are as small as most; -1 for none.
        private let places: [Int]
        /// The number of the field that names the type of the message in `payload`, as an event has it; nil where there is none.
        let typeNumber: Int?

        init(name: String, fields: [Field]) {
            self.name = name
            self.fields = fields
            places = (0..<64).map { number in fields.firstIndex { $0.number == number } ?? -1 }
            typeNumber = fields.first { $0.name == "type" && $0.kind == .string }?.number
        }

        func field(_ number: Int) -> Field? {
            guard number < places.count else { return fields.first { $0.number == number } }
            return places[number] < 0 ? nil : fields[places[number]]
        }
    }

    package struct Method: Sendable, Hashable {
        package let service: String
        package let name: String
        /// Full names of messages.
        package let input: String
        package let output: String
        package let clientStreams: Bool
        package let serverStreams: Bool
    }

    package private(set) var messages: [String: Message] = [:]
    /// Names by number, by full name.
    package private(set) var enumerations: [String: [Int32: String]] = [:]
    /// In the order of their declaration.
    package private(set) var methods: [Method] = []

    /// Messages declared in one another; a set with deeper ones is none.
    static let deepest = 32
    /// Bytes of a full name; a set with longer ones is none. Every name of a message holds those that it is declared in.
    static let longestName = 1000

    /// Knows nothing.
    package init() {}

    /// Reads the bytes of a `FileDescriptorSet`.
    package init(descriptorSet bytes: [UInt8]) throws(SchemaError) {
        do {
            let files = try WireFields.all(bytes[...]).allBytes(1)
            guard !files.isEmpty else { throw WireFields.Malformed() }
            for file in files { try read(file: try WireFields.all(file)) }
        } catch {
            throw SchemaError(description: "no descriptor set: make one with protoc --include_imports --descriptor_set_out")
        }
    }

    package func method(_ service: String, _ name: String) -> Method? {
        methods.first { $0.service == service && $0.name == name }
    }

    /// The fields of a path of names; nil where the message has no such.
    func fields(_ path: [String], in type: String) -> [Field]? {
        var fields: [Field] = []
        var message = messages[type]
        for name in path {
            guard let field = message?.fields.first(where: { $0.name == name }) else { return nil }
            fields.append(field)
            if case .message(let inner) = field.kind { message = messages[inner] } else { message = nil }
        }
        return fields
    }

    // Numbers of fields are those of google/protobuf/descriptor.proto.

    private mutating func read(file: [WireField]) throws(WireFields.Malformed) {
        let package = try Self.name(file.text(2), in: "")
        for message in file.allBytes(4) { try read(message: try WireFields.all(message), scope: package, depth: 0) }
        for enumeration in file.allBytes(5) { try read(enumeration: try WireFields.all(enumeration), scope: package) }
        for service in file.allBytes(6) { try read(service: try WireFields.all(service), scope: package) }
    }

    private static func name(_ name: String?, in scope: String) throws(WireFields.Malformed) -> String {
        let full = (scope.isEmpty ? "" : scope + ".") + (name ?? "")
        guard full.utf8.count <= longestName, isName(full) else { throw WireFields.Malformed() }
        return full
    }

    /// Whether a text is what names are made of, so that it may stand in any output.
    private static func isName(_ text: String) -> Bool {
        text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "_"), UInt8(ascii: "."):
                true
            default: false
            }
        }
    }

    private mutating func read(message: [WireField], scope: String, depth: Int) throws(WireFields.Malformed) {
        guard depth < Self.deepest else { throw WireFields.Malformed() }
        let name = try Self.name(message.text(1), in: scope)
        var fields: [Field] = []
        for bytes in message.allBytes(2) {
            if let field = try Self.field(try WireFields.all(bytes)) { fields.append(field) }
        }
        messages[name] = Message(name: name, fields: fields)
        for nested in message.allBytes(3) { try read(message: try WireFields.all(nested), scope: name, depth: depth + 1) }
        for enumeration in message.allBytes(4) { try read(enumeration: try WireFields.all(enumeration), scope: name) }
    }

    /// The full name that a reference stands for.
    private static func reference(_ text: String?) throws(WireFields.Malformed) -> String {
        try name(text.map { String($0.drop { $0 == "." }) }, in: "")
    }

    static func field(_ field: [WireField]) throws(WireFields.Malformed) -> Field? {
        guard let name = field.text(1), let number = field.integer(3), let type = field.integer(5) else { return nil }
        guard (1..<1 << 29).contains(number) else { throw WireFields.Malformed() }
        let reference = try reference(field.text(6))
        let kinds: [UInt64: Kind] = [
            1: .double, 2: .float, 3: .int64, 4: .uint64, 5: .int32, 6: .fixed64, 7: .fixed32, 8: .bool, 9: .string,
            11: .message(reference), 12: .bytes, 13: .uint32, 14: .enumeration(reference), 15: .sfixed32, 16: .sfixed64,
            17: .sint32, 18: .sint64,
        ]
        guard let kind = kinds[type] else { return nil }
        var isUnpacked = false
        for options in field.allBytes(8) { isUnpacked = try WireFields.all(options).integer(2) == 0 }
        let group = field.integer(9).map { Int(truncatingIfNeeded: $0) }
        // An optional field is the only one of its group.
        return Field(
            number: Int(number), name: try Self.name(name, in: ""), kind: kind, isRepeated: field.integer(4) == 3,
            isPacked: !isUnpacked, oneof: field.integer(17) == 1 ? nil : group, tellsAbsence: group != nil)
    }

    private mutating func read(enumeration: [WireField], scope: String) throws(WireFields.Malformed) {
        var names: [Int32: String] = [:]
        for bytes in enumeration.allBytes(2) {
            let value = try WireFields.all(bytes)
            let number = Int32(truncatingIfNeeded: value.integer(2) ?? 0)
            // The first of several names is the one that is written.
            if names[number] == nil { names[number] = try Self.name(value.text(1), in: "") }
        }
        enumerations[try Self.name(enumeration.text(1), in: scope)] = names
    }

    private mutating func read(service: [WireField], scope: String) throws(WireFields.Malformed) {
        let name = try Self.name(service.text(1), in: scope)
        for bytes in service.allBytes(2) {
            let method = try WireFields.all(bytes)
            methods.append(
                Method(
                    service: name, name: try Self.name(method.text(1), in: ""), input: try Self.reference(method.text(2)),
                    output: try Self.reference(method.text(3)), clientStreams: method.integer(5) == 1,
                    serverStreams: method.integer(6) == 1))
        }
    }
}

extension MessageSchema.Method {
    /// Nil for one request and one answer.
    package var kind: StreamKind? {
        switch (clientStreams, serverStreams) {
        case (false, false): nil
        case (false, true): .serverStreaming
        case (true, false): .clientStreaming
        case (true, true): .bidirectional
        }
    }
}
