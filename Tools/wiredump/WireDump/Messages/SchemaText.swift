/// Contracts as their source would have them.
package struct SchemaText: Sendable {
    private let schema: MessageSchema

    package init(_ schema: MessageSchema) {
        self.schema = schema
    }

    /// What a service, a method, a message or an enum looks like; nil when there is nothing of the name.
    package func lines(of name: String) -> [String]? {
        if let message = schema.messages[name] {
            return ["message \(name) {"] + message.fields.map { "  \(line($0))" } + ["}"]
        }
        if let values = schema.enumerations[name] {
            return ["enum \(name) {"] + values.sorted { $0.key < $1.key }.map { "  \($0.value) = \($0.key);" } + ["}"]
        }
        let ofService = schema.methods.filter { $0.service == name }
        guard ofService.isEmpty else { return ["service \(name) {"] + ofService.map { "  \(line($0))" } + ["}"] }
        return schema.methods.first { "\($0.service)/\($0.name)" == name }.map { [line($0)] }
    }

    private func line(_ method: MessageSchema.Method) -> String {
        "rpc \(method.name)(\(method.clientStreams ? "stream " : "")\(method.input)) "
            + "returns (\(method.serverStreams ? "stream " : "")\(method.output));"
    }

    private func line(_ field: MessageSchema.Field) -> String {
        let kind =
            switch field.kind {
            case .message(let name), .enumeration(let name): name
            default: "\(field.kind)"
            }
        return "\(field.isRepeated ? "repeated " : "")\(kind) \(field.name) = \(field.number);"
    }
}
