/// Judgements gathered by ordered pair, in an order that depends on the names of the items alone.
///
/// Sums over the table are the same to the bit however the judgements were ordered.
struct ComparisonTable {
    /// What one item shown before another met with.
    struct Cell {
        let first: Int
        let second: Int
        /// Judgements; a sum of weights later.
        var count: Double
        /// How many of them were for the item shown first.
        var firstWins: Double
    }

    /// Ascending and without repetition.
    let items: [Item.ID]
    let index: [Item.ID: Int]
    /// By first item, then by second.
    let cells: [Cell]
    let judgementCount: Int

    /// Gathers judgements; those of items that are not among `items` are left out.
    init(items: [Item.ID], judgements: [Judgement]) {
        let sorted = Set(items).sorted()
        let index = Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($1, $0) })
        var keys: [Int] = []
        keys.reserveCapacity(judgements.count)
        for judgement in judgements {
            guard let first = index[judgement.comparison.first], let second = index[judgement.comparison.second] else { continue }
            // The last bit says who won.
            keys.append((first * sorted.count + second) << 1 | (judgement.outcome == .first ? 1 : 0))
        }
        keys.sort()
        var cells: [Cell] = []
        var last = -1
        for key in keys {
            if key >> 1 != last {
                last = key >> 1
                cells.append(Cell(first: last / sorted.count, second: last % sorted.count, count: 0, firstWins: 0))
            }
            cells[cells.count - 1].count += 1
            cells[cells.count - 1].firstWins += Double(key & 1)
        }
        self.items = sorted
        self.index = index
        self.cells = cells
        judgementCount = keys.count
    }

    /// How many groups of items there are between which nothing has been judged.
    var componentCount: Int { connections.count }

    /// The groups of items between which nothing has been judged, each in ascending order.
    var groups: [[Int]] {
        let connections = connections
        var members: [Int: [Int]] = [:]
        for item in items.indices { members[connections.representative(of: item), default: []].append(item) }
        return members.values.sorted { $0[0] < $1[0] }
    }

    private var connections: Groups {
        var groups = Groups(count: items.count)
        for cell in cells { groups.join(cell.first, cell.second) }
        return groups
    }
}
