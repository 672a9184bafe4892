extension ContractSet {
    /// Reads the bytes of a `FileDescriptorSet`. Google's own files, which come along as imports, are left out.
    package init(descriptorSet bytes: [UInt8]) throws(MessageSchema.SchemaError) {
        // Names and kinds are checked there, once.
        _ = try MessageSchema(descriptorSet: bytes)
        do {
            for file in try WireFields.all(bytes[...]).allBytes(1) { try read(file: try WireFields.all(file)) }
        } catch {
            throw MessageSchema.SchemaError(description: "no descriptor set")
        }
    }

    // Numbers of fields are those of google/protobuf/descriptor.proto.

    private mutating func read(file: [WireField]) throws(WireFields.Malformed) {
        let (name, package) = (file.text(1) ?? "", file.text(2) ?? "")
        guard !name.hasPrefix("google/protobuf/") else { return }
        files[name] = File(name: name, package: package, syntax: file.text(12) ?? "proto2")
        for message in file.allBytes(4) { try read(message: try WireFields.all(message), scope: package) }
        for enumeration in file.allBytes(5) { try read(enumeration: try WireFields.all(enumeration), scope: package) }
        for service in file.allBytes(6) { try read(service: try WireFields.all(service), scope: package) }
    }

    private static func full(_ name: String?, in scope: String) -> String {
        (scope.isEmpty ? "" : scope + ".") + (name ?? "")
    }

    private mutating func read(message: [WireField], scope: String) throws(WireFields.Malformed) {
        let name = Self.full(message.text(1), in: scope)
        var maps: Set<String> = []
        for bytes in message.allBytes(3) {
            let nested = try WireFields.all(bytes)
            let isMap = try nested.allBytes(7).last.map { bytes throws(WireFields.Malformed) in
                try WireFields.all(bytes).integer(7) == 1
            }
            if isMap == true { maps.insert(Self.full(nested.text(1), in: name)) }
            try read(message: nested, scope: name)
        }
        for bytes in message.allBytes(4) { try read(enumeration: try WireFields.all(bytes), scope: name) }
        var groups: [String] = []
        for bytes in message.allBytes(8) { groups.append(try WireFields.all(bytes).text(1) ?? "") }
        var fields: [Int: Field] = [:]
        for bytes in message.allBytes(2) {
            let field = try WireFields.all(bytes)
            // What an optional field stands in is a group of its own, which means nothing.
            let isOptional = field.integer(17) == 1
            let group = field.integer(9).flatMap { index in !isOptional && index < groups.count ? groups[Int(index)] : nil }
            guard let schema = try MessageSchema.field(field) else { continue }
            let isMap = if case .message(let type) = schema.kind { maps.contains(type) } else { false }
            fields[schema.number] = Field(
                number: schema.number, name: schema.name, jsonName: field.text(10) ?? schema.name, kind: schema.kind,
                cardinality: isMap ? .map : schema.isRepeated ? .many : .one, oneof: group)
        }
        messages[name] = Message(
            name: name, fields: fields, reservedNumbers: try Self.reserved(message.allBytes(9), includingEnd: false),
            reservedNames: message.texts(10))
    }

    private mutating func read(enumeration: [WireField], scope: String) throws(WireFields.Malformed) {
        let name = Self.full(enumeration.text(1), in: scope)
        var values: [Int: Set<String>] = [:]
        for bytes in enumeration.allBytes(2) {
            let value = try WireFields.all(bytes)
            values[Int(Int32(truncatingIfNeeded: value.integer(2) ?? 0)), default: []].insert(value.text(1) ?? "")
        }
        enumerations[name] = Enumeration(
            name: name, values: values, reservedNumbers: try Self.reserved(enumeration.allBytes(4), includingEnd: true),
            reservedNames: enumeration.texts(5))
    }

    private mutating func read(service: [WireField], scope: String) throws(WireFields.Malformed) {
        let name = Self.full(service.text(1), in: scope)
        var methods: [String: Method] = [:]
        for bytes in service.allBytes(2) {
            let method = try WireFields.all(bytes)
            let options = try method.allBytes(4).last.map { bytes throws(WireFields.Malformed) in try WireFields.all(bytes) }
            methods[method.text(1) ?? ""] = Method(
                name: method.text(1) ?? "", input: method.text(2) ?? "", output: method.text(3) ?? "",
                clientStreams: method.integer(5) == 1, serverStreams: method.integer(6) == 1,
                idempotency: Int(truncatingIfNeeded: options?.integer(34) ?? 0))
        }
        services[name] = Service(name: name, methods: methods)
    }

    /// - Parameter includingEnd: whether the last number of a range is written, as in enums, or the one behind it.
    private static func reserved(
        _ ranges: [ArraySlice<UInt8>], includingEnd: Bool
    ) throws(WireFields.Malformed) -> Reserved {
        var read: Set<Range<Int>> = []
        for bytes in ranges {
            let range = try WireFields.all(bytes)
            let start = Int(Int32(truncatingIfNeeded: range.integer(1) ?? 0))
            let end = Int(Int32(truncatingIfNeeded: range.integer(2) ?? 0)) + (includingEnd ? 1 : 0)
            guard start < end else { throw WireFields.Malformed() }
            read.insert(start..<end)
        }
        return Reserved(ranges: read)
    }
}

extension [WireField] {
    fileprivate func texts(_ number: Int) -> Set<String> {
        Set(allBytes(number).map { String(decoding: $0, as: UTF8.self) })
    }
}
