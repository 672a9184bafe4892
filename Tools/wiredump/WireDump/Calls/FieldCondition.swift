import Wire

/// A condition on a field of the messages of a call, as `essays.id=class-7` or `limit > 10`.
///
/// It holds for a message in which any value at the path does. A field that is absent has its default, where its message is there and its contract
/// does not tell its absence.
package struct FieldCondition: Sendable {
    package enum Comparison: String, Sendable, Hashable, CaseIterable {
        case notEqual = "!="
        case equal = "="
        case less = "<"
        case greater = ">"
        case contains
    }

    /// What is wrong with the text of a condition.
    package struct ParseError: Error, Sendable, Hashable, CustomStringConvertible {
        package let description: String
    }

    private struct Target: Sendable {
        let steps: [MessageSchema.Field]
        let operand: FieldOperand
    }

    static let longestPath = 32

    private let comparison: Comparison
    private let schema: MessageSchema
    /// Where the field is, by the full names of the messages in which it is.
    private let targets: [String: Target]

    /// - Throws: ``ParseError`` where the text is no condition, or no request and no answer of the contracts has such a field.
    package init(_ text: String, schema: MessageSchema) throws(ParseError) {
        let (path, comparison, value) = try Self.parts(text)
        var targets: [String: Target] = [:]
        var fault: ParseError?
        for type in Set(schema.methods.flatMap { [$0.input, $0.output] }).sorted() {
            guard let steps = schema.fields(path, in: type), let field = steps.last else { continue }
            do throws(ParseError) {
                targets[type] = Target(
                    steps: steps, operand: try FieldOperand(value, for: field, comparison, schema: schema))
            } catch {
                fault = error
            }
        }
        let name = path.joined(separator: ".")
        guard !targets.isEmpty else {
            throw fault ?? ParseError(description: "no request and no answer of the contracts has a field '\(name)'")
        }
        self.comparison = comparison
        self.schema = schema
        self.targets = targets
    }

    /// Whether it holds for one of a call's messages, of those that were kept.
    package func holds(for call: Call) -> Bool {
        guard let name = call.method, let method = schema.method(name.service, name.method) else { return false }
        return call.messages.contains { message in
            targets[message.side == .client ? method.input : method.output].map { holds($0, $0.steps[...], message.bytes[...]) }
                ?? false
        }
    }

    private func holds(_ target: Target, _ steps: ArraySlice<MessageSchema.Field>, _ bytes: ArraySlice<UInt8>) -> Bool {
        // Bytes that are no message have no fields.
        guard let field = steps.first, let fields = try? WireFields.all(bytes) else { return false }
        let values = fields.filter { $0.number == field.number }.map(\.value)
        // The last value of a field that is not repeated is the one that counts.
        let counting = field.isRepeated ? values : values.suffix(1)
        if case .message = field.kind {
            return counting.contains { value in
                guard case .bytes(let inner) = value else { return false }
                return holds(target, steps.dropFirst(), inner)
            }
        }
        guard !counting.isEmpty || field.isRepeated || field.tellsAbsence else {
            return target.operand.holds(field.kind.defaultValue, comparison, field.kind)
        }
        return counting.flatMap { field.kind.unpacked($0) }.contains { target.operand.holds($0, comparison, field.kind) }
    }

    // MARK: - Reading it

    private static func parts(_ text: String) throws(ParseError) -> (path: [String], Comparison, value: String) {
        let path = text.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }
        let names = path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        let rest = text[path.endIndex...].drop(while: \.isWhitespace)
        guard names.allSatisfy({ !$0.isEmpty }), names.count <= longestPath,
            let comparison = Comparison.allCases.first(where: { rest.hasPrefix($0.rawValue) })
        else {
            throw ParseError(
                description:
                    "expected FIELD, one of =, !=, <, > and contains, and a value, as essays.id=class-7; '\(text)' is none")
        }
        let value = rest.dropFirst(comparison.rawValue.count).drop(while: \.isWhitespace)
        let isQuoted = value.count >= 2 && value.hasPrefix("\"") && value.hasSuffix("\"")
        return (names, comparison, String(isQuoted ? value.dropFirst().dropLast() : value))
    }
}
