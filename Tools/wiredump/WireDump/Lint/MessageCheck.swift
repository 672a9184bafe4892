/// Finds what a reader of a message would refuse, by the contracts alone: `proto/PROTOCOL.md`, *Messages*.
package struct MessageCheck: Sendable {
    /// Where something is wrong, `essays[3].id` for one, and what.
    package struct Fault: Error, Sendable, Hashable, CustomStringConvertible {
        package let path: String
        package let reason: String

        package var description: String { path.isEmpty ? reason : "\(path): \(reason)" }
    }

    /// Messages in messages, the outermost included.
    static let deepest = 64
    static let mostFields = 262_144

    private let schema: MessageSchema

    package init(schema: MessageSchema) {
        self.schema = schema
    }

    /// - Parameter type: full name of the message; of one that the contracts do not have nothing is asked.
    package func check(_ bytes: [UInt8], as type: String) throws(Fault) {
        var count = 0
        try check(bytes[...], type, path: "", depth: 1, &count)
    }

    private func check(_ bytes: ArraySlice<UInt8>, _ type: String, path: String, depth: Int, _ count: inout Int) throws(Fault) {
        guard depth <= Self.deepest else { throw Fault(path: path, reason: "more than \(Self.deepest) messages deep") }
        let fields: [WireField]
        do {
            fields = try WireFields.all(bytes)
        } catch {
            throw Fault(path: path, reason: "the bytes are no message")
        }
        count += fields.count
        guard count <= Self.mostFields else { throw Fault(path: path, reason: "more than \(Self.mostFields) fields") }
        guard let message = schema.messages[type] else { return }
        var seen: [Int: Int] = [:]
        for value in fields {
            guard let field = message.field(value.number) else { continue }
            let index = seen[field.number, default: 0]
            seen[field.number] = index + 1
            let place = (path.isEmpty ? "" : path + ".") + field.name + (field.isRepeated ? "[\(index)]" : "")
            try check(value.value, field, isAgain: index > 0, path: place, depth: depth, &count)
        }
    }

    private func check(
        _ value: WireField.Value, _ field: MessageSchema.Field, isAgain: Bool, path: String, depth: Int, _ count: inout Int
    ) throws(Fault) {
        switch (field.kind, value) {
        case (.message(let type), .bytes(let bytes)):
            guard field.isRepeated || !isAgain else { throw Fault(path: path, reason: "comes twice") }
            try check(bytes, type, path: path, depth: depth + 1, &count)
        case (.string, .bytes(let bytes)):
            guard let text = String(validating: bytes, as: UTF8.self) else { throw Fault(path: path, reason: "expected UTF-8") }
            guard !text.utf8.contains(0) else { throw Fault(path: path, reason: "expected text without a NUL") }
        case (.bytes, .bytes), (.double, .fixed64), (.fixed64, .fixed64), (.sfixed64, .fixed64), (.float, .fixed32),
            (.fixed32, .fixed32), (.sfixed32, .fixed32):
            break
        case (.message, _), (.string, _), (.bytes, _): throw Self.mismatch(path)
        case (.double, .bytes(let bytes)), (.fixed64, .bytes(let bytes)), (.sfixed64, .bytes(let bytes)):
            guard field.isRepeated, bytes.count % 8 == 0 else { throw Self.mismatch(path) }
        case (.float, .bytes(let bytes)), (.fixed32, .bytes(let bytes)), (.sfixed32, .bytes(let bytes)):
            guard field.isRepeated, bytes.count % 4 == 0 else { throw Self.mismatch(path) }
        case (.double, _), (.fixed64, _), (.sfixed64, _), (.float, _), (.fixed32, _), (.sfixed32, _): throw Self.mismatch(path)
        case (_, .varint): break
        case (_, .bytes(let bytes)):
            guard field.isRepeated, bytes.last.map({ $0 < 0x80 }) ?? true else { throw Self.mismatch(path) }
        case (_, _): throw Self.mismatch(path)
        }
    }

    private static func mismatch(_ path: String) -> Fault { Fault(path: path, reason: "another wire type than the field's") }
}
