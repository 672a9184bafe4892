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
            let (own, others) = (one.rawValue.utf8Span.span, other.rawValue.utf8Span.span)
            for place in 0..<min(own.count, others.count) where own[place] != others[place] {
                return own[place] < others[place]
            }
            return own.count < others.count
        }

        /// Two names are the same when their bytes are; canonically equivalent spellings stay apart.
        public static func == (one: ID, other: ID) -> Bool {
            let (own, others) = (one.rawValue.utf8Span.span, other.rawValue.utf8Span.span)
            guard own.count == others.count else { return false }
            for place in own.indices where own[place] != others[place] { return false }
            return true
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
