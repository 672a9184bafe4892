/// Judgements gathered by ordered pair, judge and answer, in an order that depends on these alone.
///
/// Sums over the table are the same to the bit however the judgements were ordered.
struct ComparisonTable: Sendable {
    /// An answer that a judge gave on two items in this order, once or more often, with the sum of the weights.
    typealias Cell = IndexedJudgements.Entry

    /// What is done with answers that the model of the scale does not use.
    struct Reading: Sendable, Hashable {
        /// Margins are left out; "clearly better" is then "better".
        var ignoresMargins = false
        /// A tie is half a win for either side.
        var halvesTies = false
    }

    let itemCount: Int
    let judgeCount: Int
    /// By the lower of the two items, then by the upper one, judge, answer and order.
    private(set) var cells: [Cell]
    private(set) var judgementCount: Int
    let hasTies: Bool
    let hasMargins: Bool

    init(_ judgements: IndexedJudgements, reading: Reading = Reading()) {
        self.init(
            itemCount: judgements.itemCount, judgeCount: judgements.judgeCount, judgementCount: judgements.count,
            gathering: Self.read(judgements.entries, as: reading))
    }

    /// Gathers answers as they are.
    init(itemCount: Int, judgeCount: Int = 1, judgementCount: Int, gathering answers: [Cell]) {
        self.itemCount = itemCount
        self.judgeCount = judgeCount
        self.judgementCount = judgementCount
        cells = Self.gathered(answers, itemCount: itemCount, judgeCount: judgeCount)
        hasTies = cells.contains { $0.response == .tie }
        hasMargins = cells.contains { $0.response.hasMargin }
    }

    private static func read(_ entries: [IndexedJudgements.Entry], as reading: Reading) -> [Cell] {
        guard reading != Reading() else { return entries }
        var cells: [Cell] = []
        cells.reserveCapacity(entries.count)
        for entry in entries {
            let response = reading.ignoresMargins ? entry.response.withoutMargin : entry.response
            if reading.halvesTies, response == .tie {
                for half in [Response.second, .first] {
                    cells.append(entry.with(half, weight: 0.5 * entry.weight))
                }
            } else {
                cells.append(entry.with(response, weight: entry.weight))
            }
        }
        return cells
    }

    /// Sorts answers and adds up those that are the same.
    private static func gathered(_ answers: [Cell], itemCount: Int, judgeCount: Int) -> [Cell] {
        var (sorted, spare) = (answers, answers)
        spare.takeSorted(answers, below: judgeCount * Cell.kinds) { Int($0.judge) * Cell.kinds + $0.kind }
        sorted.takeSorted(spare, below: itemCount) { Int($0.upper) }
        spare.takeSorted(sorted, below: itemCount) { Int($0.lower) }
        swap(&sorted, &spare)
        var end = 0
        var run = 0
        while run < sorted.count {
            var cell = sorted[run]
            var next = run + 1
            while next < sorted.count, sorted[next].isSame(as: cell) { next += 1 }
            if next - run > 1 {
                // In ascending order, so that the sum does not depend on the order given.
                cell.weight = sorted[run..<next].map(\.weight).sorted().reduce(0, +)
            }
            sorted[end] = cell
            end += 1
            run = next
        }
        sorted.removeLast(sorted.count - end)
        return sorted
    }

    /// Adds an answer of a kind that the table has.
    ///
    /// - Returns: where it is now, and whether it was not there before, so that it did not just gain weight.
    mutating func insert(_ cell: Cell) -> (index: Int, isNew: Bool) {
        let index = cells.partitionPoint { !$0.precedes(cell) }
        judgementCount += 1
        if index < cells.count, cells[index].isSame(as: cell) {
            cells[index].weight += cell.weight
            return (index, false)
        }
        cells.insert(cell, at: index)
        return (index, true)
    }

    /// Which reading of answers fits those that there are.
    var customaryModel: ResponseModel { hasTies && !hasMargins ? .davidson : .cumulative }

    /// How many groups of items there are between which nothing has been judged.
    var componentCount: Int { connections.count }

    /// The groups of items between which nothing has been judged, each in ascending order.
    var groups: [[Int]] {
        let connections = connections
        var members: [Int: [Int]] = [:]
        for item in 0..<itemCount { members[connections.representative(of: item), default: []].append(item) }
        return members.values.sorted { $0[0] < $1[0] }
    }

    private var connections: Groups {
        var groups = Groups(count: itemCount)
        for cell in cells { groups.join(Int(cell.first), Int(cell.second)) }
        return groups
    }
}

extension IndexedJudgements.Entry {
    /// How much of a win the item shown first took from it.
    var firstWins: Double { weight * response.firstScore }

    /// The smaller and the larger of the two numbers of items.
    var lower: Int32 { min(first, second) }
    var upper: Int32 { max(first, second) }

    /// Answers in either order.
    fileprivate static let kinds = 2 * Response.allCases.count

    fileprivate var kind: Int { 2 * Int(response.rawValue) + (first < second ? 0 : 1) }

    fileprivate func precedes(_ other: Self) -> Bool {
        let own = (lower, upper, judge, kind)
        return own < (other.lower, other.upper, other.judge, other.kind)
    }

    fileprivate func isSame(as other: Self) -> Bool {
        first == other.first && second == other.second && judge == other.judge && response == other.response
    }

    fileprivate func with(_ response: Response, weight: Double) -> Self {
        Self(first: first, second: second, judge: judge, response: response, weight: weight)
    }
}
