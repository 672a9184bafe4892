/// How often each of two groups of neighbouring ranks was preferred over the other.
///
/// A group is one essay while there are few, and a stretch of ranks where a square for every pair would be too small to see.
struct PairTally: Sendable {
    /// Wins of the row's group over the column's.
    private(set) var wins: [Int]
    /// Places in `report.items`, best first, of every group.
    let groups: [Range<Int>]

    /// Counts the judgements of a report in at most so many groups.
    init(_ context: ReportContext, groupsAtMost limit: Int) {
        let items = context.report.items.count
        let size = max(1, (items + limit - 1) / limit)
        groups = stride(from: 0, to: items, by: size).map { $0..<min(items, $0 + size) }
        wins = [Int](repeating: 0, count: groups.count * groups.count)
        for comparison in context.report.comparisons {
            guard let winner = comparison.winner.flatMap({ context.index[$0] }),
                let loser = comparison.winner.flatMap({ context.index[comparison.opponent(of: $0)] })
            else { continue }
            wins[winner / size * groups.count + loser / size] += 1
        }
    }

    /// Whether a group is more than one essay.
    var isGrouped: Bool { groups.contains { $0.count > 1 } }

    /// Wins of one group over another.
    func wins(of row: Int, over column: Int) -> Int {
        wins[row * groups.count + column]
    }
}
