/// One way in which a database differs from what its migrations made, or from what this program can work with.
public struct SchemaFault: Sendable, Hashable, CustomStringConvertible {
    public enum Kind: Sendable, Hashable, CaseIterable {
        /// The migrations made it or the program needs it, and it is not there.
        case missing
        /// It is there, and no migration made it.
        case unexpected
        /// It is there, and it is not what the migrations made.
        case different
        /// A value of an enumeration for which this program has no case.
        case unforeseen
    }

    public let kind: Kind
    /// `column essays.note.text`, for example.
    public let name: String
    /// In the server's words; empty for what is unexpected.
    public let expected: String
    /// In the server's words; empty for what is missing.
    public let found: String

    public var description: String {
        switch kind {
        case .missing: "\(name) is missing; expected: \(expected)"
        case .unexpected: "\(name) was made by no migration: \(found)"
        case .different: "\(name): expected \(expected), found \(found)"
        case .unforeseen: "\(name) is none of this program's cases: \(expected)"
        }
    }
}

extension SchemaFault {
    /// An index more than the migrations make that forbids nothing.
    var isAddedIndex: Bool {
        kind == .unexpected && name.hasPrefix("index ") && found.hasPrefix("CREATE INDEX") && !found.hasSuffix("(invalid)")
    }
}
