/// Many judgements in little room: items and judges are numbers, the rest is one byte and a weight.
///
/// Takes 24 bytes a judgement. Use it where names are known elsewhere, or where there are millions.
public struct IndexedJudgements: Sendable {
    /// Items are numbered from 0 up to here.
    public let itemCount: Int
    /// Judges are numbered from 0 up to here.
    public private(set) var judgeCount = 1

    private(set) var entries: [Entry] = []

    struct Entry: Sendable {
        let first: Int32
        let second: Int32
        let judge: Int32
        let response: Response
        var weight: Double
    }

    /// Nothing judged yet, of so many items; from 0 to `maximumItems`.
    public init(itemCount: Int) {
        precondition((0...Self.maximumItems).contains(itemCount), "items are counted from 0 to \(Self.maximumItems)")
        self.itemCount = itemCount
    }

    /// Nothing judged yet, of so many items by so many judges.
    init(itemCount: Int, judgeCount: Int) {
        self.init(itemCount: itemCount)
        self.judgeCount = judgeCount
    }

    /// Items, and judges, at most.
    public static let maximumItems = 1_000_000

    /// Judgements so far.
    public var count: Int { entries.count }

    /// Makes room.
    public mutating func reserveCapacity(_ count: Int) { entries.reserveCapacity(count) }

    /// Adds a judgement of two different items.
    ///
    /// - Parameters:
    ///   - first: Number of the item shown first.
    ///   - margin: of no account in ties.
    ///   - weight: How many judgements this one counts as; above zero.
    public mutating func append(
        first: Int, second: Int, outcome: Outcome, margin: Margin? = nil, judge: Int = 0, weight: Double = 1
    ) {
        precondition(first != second, "an item cannot meet itself")
        precondition(min(first, second) >= 0 && max(first, second) < itemCount, "there is no such item")
        precondition(judge >= 0 && judge < Self.maximumItems, "there is no such judge")
        precondition(weight > 0 && weight < .infinity, "a judgement counts for something")
        judgeCount = max(judgeCount, judge + 1)
        entries.append(
            Entry(
                first: Int32(first), second: Int32(second), judge: Int32(judge), response: Response(outcome, margin: margin),
                weight: weight))
    }

    /// The same judgements, as if one judge had made them all.
    var byOneJudge: IndexedJudgements {
        guard judgeCount > 1 else { return self }
        var byOne = self
        byOne.judgeCount = 1
        byOne.entries = entries.map {
            Entry(first: $0.first, second: $0.second, judge: 0, response: $0.response, weight: $0.weight)
        }
        return byOne
    }

    /// Some of the judgements, with the items that occur in them numbered anew in the same order.
    ///
    /// - Returns: with them, the numbers that their items had.
    func selecting(_ isWanted: (_ place: Int, _ judge: Int) -> Bool) -> (judgements: IndexedJudgements, items: [Int]) {
        var kept: [Entry] = []
        kept.reserveCapacity(entries.count / 2 + 1)
        for (place, entry) in entries.enumerated() where isWanted(place, Int(entry.judge)) { kept.append(entry) }
        var numbers = Array(repeating: Int32(-1), count: itemCount)
        for entry in kept {
            numbers[Int(entry.first)] = 0
            numbers[Int(entry.second)] = 0
        }
        let items = numbers.indices.filter { numbers[$0] == 0 }
        for (number, item) in items.enumerated() { numbers[item] = Int32(number) }
        for place in kept.indices {
            let entry = kept[place]
            kept[place] = Entry(
                first: numbers[Int(entry.first)], second: numbers[Int(entry.second)], judge: 0, response: entry.response,
                weight: entry.weight)
        }
        var selected = IndexedJudgements(itemCount: items.count)
        selected.entries = kept
        return (selected, items)
    }

    /// Gives items and judges other numbers.
    mutating func renumber(items: [Int32], judges: [Int32]) {
        judgeCount = judges.count
        for place in entries.indices {
            let entry = entries[place]
            entries[place] = Entry(
                first: items[Int(entry.first)], second: items[Int(entry.second)], judge: judges[Int(entry.judge)],
                response: entry.response, weight: entry.weight)
        }
    }
}
