internal import CDescriptors

/// Turns the C structures of a `FileDescriptorProto` into a schema.
struct SchemaReader {
    private let file: Google__Protobuf__FileDescriptorProto
    private let comments: [[Int32]: String]
    private let package: String

    init(_ file: Google__Protobuf__FileDescriptorProto) {
        self.file = file
        package = text(file.package)
        comments = Self.comments(file)
    }

    func read(isWanted: Bool) throws(SchemaError) -> SchemaFile {
        let path = text(file.name)
        let namespace = text(file.options?.pointee.swift_prefix)
        guard !namespace.isEmpty || !isWanted else {
            throw SchemaError("\(path): expected option swift_prefix, the name of the Swift namespace")
        }
        guard text(file.syntax) == "proto3" || !isWanted else { throw SchemaError("\(path): expected syntax proto3") }
        return SchemaFile(
            path: path, package: package, namespace: namespace,
            messages: try messages(file.message_type, file.n_message_type, scope: package, path: [4]),
            enums: enums(file.enum_type, file.n_enum_type, scope: package, path: [5]),
            services: try services(), isWanted: isWanted)
    }

    // MARK: - Messages

    private func messages(
        _ list: UnsafeMutablePointer<UnsafeMutablePointer<Google__Protobuf__DescriptorProto>?>?, _ count: Int, scope: String,
        path: [Int32]
    ) throws(SchemaError) -> [SchemaMessage] {
        var messages: [SchemaMessage] = []
        for (index, descriptor) in elements(list, count).enumerated() {
            messages.append(try message(descriptor, scope: scope, path: path + [Int32(index)]))
        }
        return messages
    }

    private func message(
        _ descriptor: Google__Protobuf__DescriptorProto, scope: String, path: [Int32]
    ) throws(SchemaError) -> SchemaMessage {
        let name = text(descriptor.name)
        let fullName = "\(scope).\(name)"
        guard descriptor.options?.pointee.map_entry != 1 else {
            throw SchemaError("\(scope): maps are not supported; use a repeated message with a key and a value")
        }
        let fields = elements(descriptor.field, descriptor.n_field)
        let numbers = fields.map(\.number).sorted()
        var read: [SchemaField] = []
        for (index, field) in fields.enumerated() {
            read.append(
                try self.field(
                    field, in: fullName, comment: comment(path + [2, Int32(index)]),
                    place: numbers.firstIndex(of: field.number) ?? 0))
        }
        return SchemaMessage(
            fullName: fullName, name: name, comment: comment(path), fields: read,
            oneofs: elements(descriptor.oneof_decl, descriptor.n_oneof_decl).enumerated().map {
                SchemaOneof(name: text($0.element.name), comment: comment(path + [8, Int32($0.offset)]))
            },
            messages: try messages(descriptor.nested_type, descriptor.n_nested_type, scope: fullName, path: path + [3]),
            enums: enums(descriptor.enum_type, descriptor.n_enum_type, scope: fullName, path: path + [4]))
    }

    private func field(
        _ field: Google__Protobuf__FieldDescriptorProto, in message: String, comment: String, place: Int
    ) throws(SchemaError) -> SchemaField {
        let kind = try kind(of: field, in: message)
        let presence: SchemaField.Presence
        if field.label == GOOGLE__PROTOBUF__FIELD_DESCRIPTOR_PROTO__LABEL__LABEL_REPEATED {
            presence = .repeated
        } else if field.proto3_optional != 0 {
            presence = .optional
        } else if field.has_oneof_index != 0 {
            presence = .member(Int(field.oneof_index))
        } else if case .message(let name) = kind {
            guard name != message else { throw SchemaError("\(message).\(text(field.name)): a message can't hold itself") }
            presence = .optional
        } else {
            presence = .plain
        }
        return SchemaField(
            name: text(field.name), number: field.number, comment: comment, kind: kind, presence: presence, place: place)
    }

    private func kind(
        of field: Google__Protobuf__FieldDescriptorProto, in message: String
    ) throws(SchemaError) -> SchemaField.Kind {
        let typeName = String(text(field.type_name).drop { $0 == "." })
        return switch field.type {
        case GOOGLE__PROTOBUF__FIELD_DESCRIPTOR_PROTO__TYPE__TYPE_STRING: .string
        case GOOGLE__PROTOBUF__FIELD_DESCRIPTOR_PROTO__TYPE__TYPE_BYTES: .bytes
        case GOOGLE__PROTOBUF__FIELD_DESCRIPTOR_PROTO__TYPE__TYPE_BOOL: .bool
        case GOOGLE__PROTOBUF__FIELD_DESCRIPTOR_PROTO__TYPE__TYPE_FLOAT: .float
        case GOOGLE__PROTOBUF__FIELD_DESCRIPTOR_PROTO__TYPE__TYPE_DOUBLE: .double
        case GOOGLE__PROTOBUF__FIELD_DESCRIPTOR_PROTO__TYPE__TYPE_INT32,
            GOOGLE__PROTOBUF__FIELD_DESCRIPTOR_PROTO__TYPE__TYPE_SINT32,
            GOOGLE__PROTOBUF__FIELD_DESCRIPTOR_PROTO__TYPE__TYPE_SFIXED32:
            .int32
        case GOOGLE__PROTOBUF__FIELD_DESCRIPTOR_PROTO__TYPE__TYPE_INT64,
            GOOGLE__PROTOBUF__FIELD_DESCRIPTOR_PROTO__TYPE__TYPE_SINT64,
            GOOGLE__PROTOBUF__FIELD_DESCRIPTOR_PROTO__TYPE__TYPE_SFIXED64:
            .int64
        case GOOGLE__PROTOBUF__FIELD_DESCRIPTOR_PROTO__TYPE__TYPE_UINT32,
            GOOGLE__PROTOBUF__FIELD_DESCRIPTOR_PROTO__TYPE__TYPE_FIXED32:
            .uint32
        case GOOGLE__PROTOBUF__FIELD_DESCRIPTOR_PROTO__TYPE__TYPE_UINT64,
            GOOGLE__PROTOBUF__FIELD_DESCRIPTOR_PROTO__TYPE__TYPE_FIXED64:
            .uint64
        case GOOGLE__PROTOBUF__FIELD_DESCRIPTOR_PROTO__TYPE__TYPE_MESSAGE: .message(typeName)
        case GOOGLE__PROTOBUF__FIELD_DESCRIPTOR_PROTO__TYPE__TYPE_ENUM: .enumeration(typeName)
        default: throw SchemaError("\(message).\(text(field.name)): groups are not supported")
        }
    }

    // MARK: - Enums and services

    private func enums(
        _ list: UnsafeMutablePointer<UnsafeMutablePointer<Google__Protobuf__EnumDescriptorProto>?>?, _ count: Int, scope: String,
        path: [Int32]
    ) -> [SchemaEnum] {
        elements(list, count).enumerated().map { index, descriptor in
            let place = path + [Int32(index)]
            return SchemaEnum(
                fullName: "\(scope).\(text(descriptor.name))", name: text(descriptor.name), comment: comment(place),
                values: elements(descriptor.value, descriptor.n_value).enumerated().map {
                    SchemaEnum.Value(
                        name: text($0.element.name), number: $0.element.number, comment: comment(place + [2, Int32($0.offset)]))
                })
        }
    }

    private func services() throws(SchemaError) -> [SchemaService] {
        var services: [SchemaService] = []
        for (index, service) in elements(file.service, file.n_service).enumerated() {
            let path: [Int32] = [6, Int32(index)]
            var methods: [SchemaService.Method] = []
            for (index, method) in elements(service.method, service.n_method).enumerated() {
                methods.append(
                    SchemaService.Method(
                        name: text(method.name), comment: comment(path + [2, Int32(index)]),
                        request: String(text(method.input_type).drop { $0 == "." }),
                        response: String(text(method.output_type).drop { $0 == "." }), streaming: Self.streaming(of: method),
                        isIdempotent: Self.isIdempotent(method)))
            }
            services.append(
                SchemaService(
                    fullName: "\(package).\(text(service.name))", name: text(service.name), comment: comment(path),
                    methods: methods))
        }
        return services
    }

    private static func streaming(of method: Google__Protobuf__MethodDescriptorProto) -> SchemaService.Streaming {
        switch (method.client_streaming != 0, method.server_streaming != 0) {
        case (false, false): .neither
        case (false, true): .server
        case (true, false): .client
        case (true, true): .both
        }
    }

    private static func isIdempotent(_ method: Google__Protobuf__MethodDescriptorProto) -> Bool {
        guard let options = method.options?.pointee, options.has_idempotency_level != 0 else { return false }
        return options.idempotency_level != GOOGLE__PROTOBUF__METHOD_OPTIONS__IDEMPOTENCY_LEVEL__IDEMPOTENCY_UNKNOWN
    }

    // MARK: - Comments

    private func comment(_ path: [Int32]) -> String { comments[path] ?? "" }

    private static func comments(_ file: Google__Protobuf__FileDescriptorProto) -> [[Int32]: String] {
        guard let source = file.source_code_info?.pointee else { return [:] }
        var comments: [[Int32]: String] = [:]
        for location in elements(source.location, source.n_location) {
            let comment = text(location.leading_comments)
            guard !comment.isEmpty else { continue }
            comments[Array(UnsafeBufferPointer(start: location.path, count: location.n_path))] = comment
        }
        return comments
    }
}

/// A C string's text; empty where there is none.
func text(_ pointer: UnsafePointer<CChar>?) -> String {
    pointer.map { String(cString: $0) } ?? ""
}

/// A C string's text; empty where there is none.
func text(_ pointer: UnsafeMutablePointer<CChar>?) -> String {
    text(UnsafePointer(pointer))
}

/// The structures that a C list points to.
func elements<Element>(_ list: UnsafeMutablePointer<UnsafeMutablePointer<Element>?>?, _ count: Int) -> [Element] {
    UnsafeBufferPointer(start: list, count: count).compactMap { $0?.pointee }
}
