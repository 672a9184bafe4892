/// Writes a message as a Swift value and the code that carries it over the wire.
struct MessageGenerator {
    let message: SchemaMessage
    let names: TypeNames

    // MARK: - The value

    /// Writes the structure, with its nested types.
    func declaration(into source: inout SourceText) {
        source.documentation(message.comment)
        source.block("public struct \(message.name): Sendable, Hashable") { source in
            for (property, comment) in properties {
                source.documentation(comment)
                source.line("public var \(property.name): \(property.type)")
            }
            if !properties.isEmpty { source.line() }
            initializer(into: &source)
            for (index, oneof) in message.oneofs.enumerated() where !members(of: index).isEmpty {
                source.line()
                self.oneof(oneof, index: index, into: &source)
            }
            for nested in message.messages {
                source.line()
                MessageGenerator(message: nested, names: names).declaration(into: &source)
            }
            for nested in message.enums {
                source.line()
                EnumGenerator(enumeration: nested).declaration(into: &source)
            }
        }
    }

    private struct Property {
        let name: String
        let type: String
        let initial: String
    }

    /// One property for each field, and one for each oneof at the place of its first member.
    private var properties: [(Property, comment: String)] {
        var seen: Set<Int> = []
        return message.fields.compactMap { field in
            let element = names.element(field.kind)
            let name = Names.property(field.name)
            switch field.presence {
            case .plain: return (Property(name: name, type: element, initial: initial(field.kind)), field.comment)
            case .optional: return (Property(name: name, type: element + "?", initial: "nil"), field.comment)
            case .repeated: return (Property(name: name, type: "[\(element)]", initial: "[]"), field.comment)
            case .member(let index):
                guard seen.insert(index).inserted else { return nil }
                let oneof = message.oneofs[index]
                let property = Property(name: Names.property(oneof.name), type: oneofName(oneof) + "?", initial: "nil")
                return (property, oneof.comment)
            }
        }
    }

    private func initializer(into source: inout SourceText) {
        let parameters = properties.map { "\($0.0.name): \($0.0.type) = \($0.0.initial)" }
        guard !parameters.isEmpty else {
            source.line("public init() {}")
            return
        }
        source.block("public init(\n    \(parameters.joined(separator: ",\n    "))\n)") { source in
            for (property, _) in properties { source.line("self.\(property.name) = \(property.name)") }
        }
    }

    private func initial(_ kind: SchemaField.Kind) -> String {
        switch kind {
        case .string: "\"\""
        case .bytes: "[]"
        case .bool: "false"
        case .int32, .int64, .uint32, .uint64, .float, .double: "0"
        case .enumeration: ".init(rawValue: 0)"
        case .message: "nil"
        }
    }

    private func oneof(_ oneof: SchemaOneof, index: Int, into source: inout SourceText) {
        source.documentation(oneof.comment)
        source.block("public enum \(oneofName(oneof)): Sendable, Hashable") { source in
            for field in members(of: index) {
                source.documentation(field.comment)
                source.line("case \(Names.property(field.name))(\(names.element(field.kind)))")
            }
        }
    }

    private func oneofName(_ oneof: SchemaOneof) -> String {
        let name = Names.property(oneof.name)
        return name.prefix(1).uppercased() + name.dropFirst()
    }

    private func members(of oneof: Int) -> [SchemaField] {
        message.fields.filter { if case .member(oneof) = $0.presence { true } else { false } }
    }

    // MARK: - The wire

    /// Writes the conformances of the message and of those nested in it.
    func conformance(into source: inout SourceText) {
        source.line()
        source.block("extension \(names.swift(message.fullName)): WireMessage") { source in
            source.line("public static let typeName = \"\(message.fullName)\"")
            source.line("static let shape = MessageShape(\(Names.accessor(message.fullName))())")
            if let first = properties.first?.0 {
                source.line()
                source.block("public init()") { $0.line("self.init(\(first.name): \(first.initial))") }
            }
            source.line()
            source.block("public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError)") {
                $0.line("self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }")
            }
            source.line()
            source.block("public func encode(into buffer: inout [UInt8]) throws(EncodingError)") {
                $0.line("try MessageCodec.encode(shape: Self.shape, into: &buffer, write)")
            }
            source.line()
            source.block("init(reading cMessage: MessageReader)") { reading(into: &$0) }
            source.line()
            source.block("func write(to cMessage: MessageWriter) throws(EncodingError)") { writing(into: &$0) }
        }
        for nested in message.messages {
            MessageGenerator(message: nested, names: names).conformance(into: &source)
        }
    }

    private func reading(into source: inout SourceText) {
        source.line("self.init()")
        for field in message.fields {
            let name = Names.property(field.name)
            switch field.presence {
            case .plain:
                source.line("\(name) = \(read(field))")
            case .optional:
                if case .message(let type) = field.kind {
                    source.line("\(name) = cMessage.message(\(field.place)).map(\(names.swift(type)).init(reading:))")
                } else {
                    source.line("if cMessage.isSet(\(field.place)) { \(name) = \(read(field)) }")
                }
            case .repeated:
                source.line("\(name) = \(readAll(field))")
            case .member(let index):
                let oneof = Names.property(message.oneofs[index].name)
                if case .message(let type) = field.kind {
                    source.line(
                        "if cMessage.isSet(\(field.place)), let member = cMessage.message(\(field.place)) { "
                            + "\(oneof) = .\(name)(\(names.swift(type))(reading: member)) }"
                    )
                } else {
                    source.line("if cMessage.isSet(\(field.place)) { \(oneof) = .\(name)(\(read(field))) }")
                }
            }
        }
    }

    private func read(_ field: SchemaField) -> String {
        switch field.kind {
        case .enumeration(let name): "\(names.swift(name))(rawValue: cMessage.int32(\(field.place)))"
        default: "cMessage.\(accessor(field.kind))(\(field.place))"
        }
    }

    private func readAll(_ field: SchemaField) -> String {
        switch field.kind {
        case .message(let name): "cMessage.messages(\(field.place)).map(\(names.swift(name)).init(reading:))"
        case .enumeration(let name): "cMessage.int32s(\(field.place)).map(\(names.swift(name)).init(rawValue:))"
        case .bytes: "cMessage.byteStrings(\(field.place))"
        default: "cMessage.\(accessor(field.kind))s(\(field.place))"
        }
    }

    private func writing(into source: inout SourceText) {
        for field in message.fields {
            let name = Names.property(field.name)
            switch field.presence {
            case .plain:
                source.line(write(field, value: name))
            case .optional:
                source.block("if let \(name)") { source in
                    if case .message = field.kind {} else { source.line("cMessage.choose(\(field.place))") }
                    source.line(write(field, value: name))
                }
            case .repeated:
                source.line("if !\(name).isEmpty { \(writeAll(field, values: name)) }")
            case .member(let index):
                source.block("if case .\(name)(let \(name)) = \(Names.property(message.oneofs[index].name))") { source in
                    source.line("cMessage.choose(\(field.place))")
                    source.line(write(field, value: name))
                }
            }
        }
    }

    private func write(_ field: SchemaField, value: String) -> String {
        switch field.kind {
        case .message: "try cMessage.set(\(field.place), message: \(value).write)"
        case .string: "try cMessage.set(\(field.place), string: \(value))"
        case .enumeration: "cMessage.set(\(field.place), int32: \(value).rawValue)"
        default: "cMessage.set(\(field.place), \(accessor(field.kind)): \(value))"
        }
    }

    private func writeAll(_ field: SchemaField, values: String) -> String {
        switch field.kind {
        case .message:
            "try cMessage.set(\(field.place), messages: \(values)) { (element, writer) throws(EncodingError) in try element.write(to: writer) }"
        case .string: "try cMessage.set(\(field.place), strings: \(values))"
        case .bytes: "cMessage.set(\(field.place), byteStrings: \(values))"
        case .enumeration: "cMessage.set(\(field.place), int32s: \(values).map(\\.rawValue))"
        default: "cMessage.set(\(field.place), \(accessor(field.kind))s: \(values))"
        }
    }

    private func accessor(_ kind: SchemaField.Kind) -> String {
        switch kind {
        case .string: "string"
        case .bytes: "bytes"
        case .bool: "bool"
        case .int32, .enumeration: "int32"
        case .int64: "int64"
        case .uint32: "uint32"
        case .uint64: "uint64"
        case .float: "float"
        case .double: "double"
        case .message: "message"
        }
    }
}
