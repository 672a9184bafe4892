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
    /// By first item, then by second, judge and answer.
    let cells: [Cell]
    let judgementCount: Int
    let hasTies: Bool
    let hasMargins: Bool

    init(_ judgements: IndexedJudgements, reading: Reading = Reading()) {
        itemCount = judgements.itemCount
        judgeCount = judgements.judgeCount
        judgementCount = judgements.count
        cells = Self.gathered(Self.read(judgements.entries, as: reading), itemCount: itemCount, judgeCount: judgeCount)
        hasTies = cells.contains { $0.response == .tie }
        hasMargins = cells.contains { $0.response.hasMargin }
    }

    private static func read(_ entries: [IndexedJudgements.Entry], as reading: Reading) -> [Cell] {
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
        let kinds = Response.allCases.count
        let keys = answers.map { answer in
            ((Int(answer.first) * itemCount + Int(answer.second)) * judgeCount + Int(answer.judge)) * kinds
                + Int(answer.response.rawValue)
        }
        let order = RadixSort.order(of: keys, maximum: itemCount * itemCount * judgeCount * kinds)
        var cells: [Cell] = []
        cells.reserveCapacity(answers.count)
        var run = 0
        while run < order.count {
            let key = keys[Int(order[run])]
            var end = run + 1
            while end < order.count, keys[Int(order[end])] == key { end += 1 }
            var cell = answers[Int(order[run])]
            if end - run > 1 {
                // In ascending order, so that the sum does not depend on the order given.
                cell.weight = order[run..<end].map { answers[Int($0)].weight }.sorted().reduce(0, +)
            }
            cells.append(cell)
            run = end
        }
        return cells
    }

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

    fileprivate func with(_ response: Response, weight: Double) -> Self {
        Self(first: first, second: second, judge: judge, response: response, weight: weight)
    }
}
