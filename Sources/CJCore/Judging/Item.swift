/// A thing that is judged; an essay, at the services' edge.
public struct Item: Sendable, Hashable, Identifiable {
    /// Names an item within an assessment. Never shown to a judge.
    public struct ID: Sendable, Hashable, Comparable, ExpressibleByStringLiteral, CustomStringConvertible {
        public let rawValue: String

        /// Takes over a name given by the caller.
        public init(_ rawValue: String) {
            self.rawValue = rawValue
        }

        public init(stringLiteral value: String) {
            self.init(value)
        }

        public var description: String { rawValue }

        /// Orders by the bytes of the names, so that the order is the same on every machine and in every locale.
        public static func < (one: ID, other: ID) -> Bool {
            one.rawValue.utf8.lexicographicallyPrecedes(other.rawValue.utf8)
        }

        /// Two names are the same when their bytes are; canonically equivalent spellings stay apart.
        public static func == (one: ID, other: ID) -> Bool {
            // Strings that are not equivalent do not have the same bytes, and say so fast.
            one.rawValue == other.rawValue && one.rawValue.utf8.elementsEqual(other.rawValue.utf8)
        }

        public func hash(into hasher: inout Hasher) {
            // The same bytes have the same hash; equivalent spellings share it, which does no harm.
            hasher.combine(rawValue)
        }
    }

    public let id: ID

    /// Makes an item of a name.
    public init(id: ID) {
        self.id = id
    }
}
