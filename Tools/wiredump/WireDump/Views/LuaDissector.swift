/// Writes a dissector for Wireshark, in Lua, that knows the frames, their envelopes and the messages of contracts.
package struct LuaDissector: Sendable {
    private let schema: MessageSchema
    private let ports: [UInt16]

    /// - Parameter ports: of servers; other connections are told by their first frame.
    package init(_ schema: MessageSchema, ports: [UInt16] = []) {
        self.schema = schema
        self.ports = ports
    }

    package var text: String {
        let methods = schema.methods.map { method in
            "  [\(Self.quoted("\(method.service)/\(method.name)"))] = "
                + "{input = \(Self.quoted(method.input)), output = \(Self.quoted(method.output))},"
        }
        let messages = schema.messages.values.sorted { $0.name < $1.name }.map { message in
            "  [\(Self.quoted(message.name))] = {\(message.fields.map(Self.field).joined(separator: ", "))},"
        }
        let enumerations = schema.enumerations.sorted { $0.key < $1.key }.map { name, values in
            let names = values.sorted { $0.key < $1.key }.map { "[\($0.key)] = \(Self.quoted($0.value))" }
            return "  [\(Self.quoted(name))] = {\(names.joined(separator: ", "))},"
        }
        let tables = [
            ["local ports = {\(ports.map(String.init).joined(separator: ", "))}"],
            ["local methods = {"] + methods + ["}"], ["local messages = {"] + messages + ["}"],
            ["local enumerations = {"] + enumerations + ["}"],
        ]
        return Self.head + "\n" + tables.joined().joined(separator: "\n") + "\n\n" + Self.program + "\n"
    }

    private static func field(_ field: MessageSchema.Field) -> String {
        let kind =
            switch field.kind {
            case .message(let type): "kind = \"message\", type = \(quoted(type))"
            case .enumeration(let type): "kind = \"enumeration\", type = \(quoted(type))"
            default: "kind = \"\(field.kind)\""
            }
        return "[\(field.number)] = {name = \(quoted(field.name)), \(kind)}"
    }

    /// A text that every version of Lua reads as it is, whatever it holds.
    static func quoted(_ text: String) -> String {
        let bytes = text.utf8.map { byte in
            let isPlain = (0x20..<0x7F).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
            if isPlain { return String(UnicodeScalar(byte)) }
            let digits = String(byte)
            return "\\" + String(repeating: "0", count: 3 - digits.count) + digits
        }
        return "\"" + bytes.joined() + "\""
    }
}
