/// Many judgements in little room, with the names that their numbers stand for.
public struct NamedJudgements: Sendable {
    /// Ascending and without repetition.
    public let items: [Item.ID]
    /// In the order of their names.
    public let judges: [Judge.ID]
    public let judgements: IndexedJudgements
    let index: [Item.ID: Int]

    /// Names what was numbered; the numbers are changed to follow the order of the names.
    ///
    /// - Parameters:
    ///   - items: A name for every item, no two the same.
    ///   - judges: A name for every judge, no two the same.
    public init(items: [Item.ID], judges: [Judge.ID], judgements: consuming IndexedJudgements) {
        precondition(items.count == judgements.itemCount && judges.count >= judgements.judgeCount, "everybody needs a name")
        let itemOrder = items.indices.sorted { items[$0] < items[$1] }
        let judgeOrder = judges.indices.sorted { judges[$0].rawValue.utf8.lexicographicallyPrecedes(judges[$1].rawValue.utf8) }
        self.items = itemOrder.map { items[$0] }
        self.judges = judgeOrder.map { judges[$0] }
        judgements.renumber(items: Self.inverse(itemOrder), judges: Self.inverse(judgeOrder))
        self.judgements = judgements
        index = Dictionary(self.items.enumerated().map { ($1, $0) }) { _, _ in preconditionFailure("two items have one name") }
    }

    /// Numbers items and judges in the order of their names; judgements of items that are not among `items` are left out.
    init(items: [Item.ID], judgements: [Judgement]) {
        self.items = Set(items).sorted()
        index = Dictionary(uniqueKeysWithValues: zip(self.items, 0...))
        let named = Self.sorted(Set(judgements.lazy.map(\.judge)))
        judges = named.isEmpty ? [""] : named
        let judgeNumbers = Dictionary(uniqueKeysWithValues: zip(judges, 0...))
        var indexed = IndexedJudgements(itemCount: self.items.count, judgeCount: judges.count)
        indexed.reserveCapacity(judgements.count)
        for judgement in judgements {
            guard let first = index[judgement.comparison.first], let second = index[judgement.comparison.second],
                let judge = judgeNumbers[judgement.judge]
            else { continue }
            indexed.append(
                first: first, second: second, outcome: judgement.outcome, margin: judgement.margin, judge: judge,
                weight: judgement.weight)
        }
        self.judgements = indexed
    }

    /// By the bytes of their names.
    private static func sorted(_ judges: some Sequence<Judge.ID>) -> [Judge.ID] {
        judges.sorted { $0.rawValue.utf8.lexicographicallyPrecedes($1.rawValue.utf8) }
    }

    /// Where each number of an order stands in it.
    private static func inverse(_ order: [Int]) -> [Int32] {
        var inverse = [Int32](repeating: 0, count: order.count)
        for (place, number) in order.enumerated() { inverse[number] = Int32(place) }
        return inverse
    }
}
