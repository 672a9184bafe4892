/// What the messages and enums of all files are called in Swift.
struct TypeNames {
    private var swiftNames: [String: String] = [:]

    init(_ files: [SchemaFile]) {
        for file in files {
            let prefix = file.package + "."
            func add(_ fullName: String) {
                swiftNames[fullName] = file.namespace + "." + fullName.dropFirst(prefix.count)
            }
            func add(_ message: SchemaMessage) {
                add(message.fullName)
                message.messages.forEach { add($0) }
                message.enums.forEach { add($0.fullName) }
            }
            file.messages.forEach { add($0) }
            file.enums.forEach { add($0.fullName) }
        }
    }

    /// The Swift name of a message or an enum, with its namespace.
    func swift(_ fullName: String) -> String {
        guard let name = swiftNames[fullName] else { preconditionFailure("protoc resolves every type: \(fullName)") }
        return name
    }

    /// The Swift type of one value of a field.
    func element(_ kind: SchemaField.Kind) -> String {
        switch kind {
        case .string: "String"
        case .bytes: "[UInt8]"
        case .bool: "Bool"
        case .int32: "Int32"
        case .int64: "Int64"
        case .uint32: "UInt32"
        case .uint64: "UInt64"
        case .float: "Float"
        case .double: "Double"
        case .message(let name), .enumeration(let name): swift(name)
        }
    }
}
