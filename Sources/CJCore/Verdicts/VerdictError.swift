/// Why a reply is not a verdict.
public struct VerdictError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong with it.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// Longer than any verdict can be.
        case tooLarge
        /// Not UTF-8.
        case invalidText
        /// Not JSON.
        case malformed
        /// Nested deeper than any verdict can be.
        case tooDeep
        /// JSON, but not an object.
        case notAnObject
        case missingField
        /// A field that verdicts do not have.
        case unknownField
        /// A field that is there twice.
        case duplicateField
        /// A field whose value is of the wrong kind.
        case wrongType
        /// A field whose value is of the right kind and not allowed.
        case outOfRange
        /// A margin for an undecided verdict, or none for a decided one.
        case contradiction
    }

    public let code: Code
    /// The field that is at fault; nothing where the fault is not a field's.
    public let field: String?
    /// For a person to read. Contains nothing of the reply but the name of a field.
    public let message: String

    init(_ code: Code, field: String? = nil, _ message: String) {
        self.code = code
        self.field = field
        self.message = message
    }

    public var description: String { message }
}
