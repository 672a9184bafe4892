/// Two items put to a judge, in the order in which the judge sees them.
public struct Comparison: Sendable, Hashable {
    public let first: Item.ID
    public let second: Item.ID

    /// Creates a comparison, unless an item would meet itself.
    public init(first: Item.ID, second: Item.ID) throws(PairingError) {
        guard first != second else { throw .itemMeetsItself(first) }
        self.first = first
        self.second = second
    }

    /// For two items that are known to differ.
    init(distinct first: Item.ID, _ second: Item.ID) {
        precondition(first != second, "an item cannot meet itself")
        self.first = first
        self.second = second
    }

    /// The same two items, whatever their order.
    public var pair: Pair { Pair(of: self) }

    /// The same two items in the other order.
    public var swapped: Comparison { Comparison(distinct: second, first) }
}

/// Two different items without order; a comparison and its swapped twin have the same pair.
public struct Pair: Sendable, Hashable {
    /// The item whose name comes first in byte order.
    public let lower: Item.ID
    public let upper: Item.ID

    /// Pairs two items, unless they are one.
    public init(_ one: Item.ID, _ other: Item.ID) throws(PairingError) {
        self.init(of: try Comparison(first: one, second: other))
    }

    init(of comparison: Comparison) {
        let isOrdered = comparison.first < comparison.second
        lower = isOrdered ? comparison.first : comparison.second
        upper = isOrdered ? comparison.second : comparison.first
    }
}

/// Why two items cannot be paired.
public struct PairingError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What went wrong.
    public enum Code: Sendable, Hashable {
        /// An item would be compared with itself.
        case itemMeetsItself
    }

    public let code: Code
    /// For a person to read; names the item.
    public let message: String

    /// An item would be compared with itself.
    public static func itemMeetsItself(_ item: Item.ID) -> PairingError {
        PairingError(code: .itemMeetsItself, message: "\(item) cannot be compared with itself")
    }

    public var description: String { message }
}
