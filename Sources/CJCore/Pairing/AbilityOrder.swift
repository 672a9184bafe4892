/// The items of a board in ascending order of their abilities, those of equal ability in an order of chance.
struct AbilityOrder {
    private let ascending: [Int]
    /// Place of each item in that order.
    private let ranks: [Int]

    /// - Parameter abilities: of all items, by place.
    init(_ abilities: [Double], using generator: inout some RandomNumberGenerator) {
        var ascending = Array(abilities.indices)
        generator.shuffle(&ascending)
        ascending.sort { abilities[$0] < abilities[$1] }
        var ranks = Array(repeating: 0, count: abilities.count)
        for (rank, item) in ascending.enumerated() { ranks[item] = rank }
        self.ascending = ascending
        self.ranks = ranks
    }

    /// Whether an item stands after another.
    func isAbove(_ one: Int, _ other: Int) -> Bool { ranks[one] > ranks[other] }

    /// Some of the items, in this order.
    func items(among some: [Int]) -> [Int] {
        guard some.count < ascending.count else { return ascending }
        var isAmong = Array(repeating: false, count: ascending.count)
        for item in some { isAmong[item] = true }
        return ascending.filter { isAmong[$0] }
    }
}
