/// Pairs that were judged and have a winner, as the edges of a network of items, for finding items that are all joined.
///
/// Items are ranked by how many they are joined to, and every pair is kept with the lower-ranked of its two; then no item keeps many,
/// and each triad is found once (Chiba and Nishizeki 1985, "Arboricity and subgraph listing algorithms").
struct PairNetwork {
    /// A pair with its winner.
    struct Pair {
        /// Place in the ranking of the item that keeps the pair, and of the other.
        var earlier: Int32
        var later: Int32
        var earlierWon: Bool
        /// That the earlier item wins, given that one does.
        var probability: Double
    }

    /// By the earlier item, then by the later one.
    private(set) var pairs: [Pair] = []
    /// Where the pairs of each item begin in ``pairs``, by its place in the ranking.
    private var starts: [Int32] = []

    /// - Returns: nothing for more pairs than are wanted.
    init?(
        table: ComparisonTable, mostPairs: Int, expected: (ComparisonTable.Cell) -> (mean: Double, variance: Double)
    ) {
        var run = 0
        while run < table.cells.count {
            let (lower, upper) = (table.cells[run].lower, table.cells[run].upper)
            var tally = PairTally()
            while run < table.cells.count, table.cells[run].lower == lower, table.cells[run].upper == upper {
                tally.add(table.cells[run], expected: expected(table.cells[run]))
                run += 1
            }
            guard tally.lead != 0 else { continue }
            guard pairs.count < mostPairs else { return nil }
            pairs.append(Pair(earlier: lower, later: upper, earlierWon: tally.lead > 0, probability: tally.probability))
        }
        rank(itemCount: table.itemCount)
    }

    /// Steps that ``forEachTriad(_:)`` will take.
    var stepCount: Int { pairs.reduce(0) { $0 + range(of: $1.later).count } }

    /// Calls with the places in ``pairs`` of (a, b), (b, c) and (a, c), for all items a, b and c in the order of their ranks that are
    /// joined to one another.
    func forEachTriad(_ body: (_ one: Int, _ two: Int, _ three: Int) -> Void) {
        var joining = Array(repeating: Int32(-1), count: starts.count)
        for item in 0..<max(0, starts.count - 1) {
            let own = range(of: Int32(item))
            for place in own { joining[Int(pairs[place].later)] = Int32(place) }
            for place in own {
                for next in range(of: pairs[place].later) {
                    let third = joining[Int(pairs[next].later)]
                    if third >= 0 { body(place, next, Int(third)) }
                }
            }
            for place in own { joining[Int(pairs[place].later)] = -1 }
        }
    }

    private func range(of item: Int32) -> Range<Int> { Int(starts[Int(item)])..<Int(starts[Int(item) + 1]) }

    private mutating func rank(itemCount: Int) {
        var degrees = Array(repeating: 0, count: itemCount)
        for pair in pairs {
            degrees[Int(pair.earlier)] += 1
            degrees[Int(pair.later)] += 1
        }
        var ranks = Array(repeating: Int32(0), count: itemCount)
        for (rank, item) in degrees.indices.sorted(by: { (degrees[$0], $0) < (degrees[$1], $1) }).enumerated() {
            ranks[item] = Int32(rank)
        }
        for place in pairs.indices {
            let (one, other) = (ranks[Int(pairs[place].earlier)], ranks[Int(pairs[place].later)])
            pairs[place].earlier = min(one, other)
            pairs[place].later = max(one, other)
            guard one > other else { continue }
            pairs[place].earlierWon.toggle()
            pairs[place].probability = 1 - pairs[place].probability
        }
        pairs.sort { ($0.earlier, $0.later) < ($1.earlier, $1.later) }
        starts = Array(repeating: 0, count: itemCount + 1)
        for pair in pairs { starts[Int(pair.earlier) + 1] += 1 }
        for item in 0..<itemCount { starts[item + 1] += starts[item] }
    }
}

/// The judgements of one pair that had a winner.
private struct PairTally {
    /// Wins of the item with the lower number less those of the other.
    private(set) var lead = 0.0
    private var wins = 0.0
    private var variance = 0.0
    private var decided = 0.0
    /// How probable each number of wins of the lower item is; empty where there were too many judgements to tell one by one.
    private var distribution = [1.0]

    /// Judgements of a pair that are told one by one; of more, or of parts of judgements, the lead is taken to be normal.
    private static let mostExact = 64.0

    mutating func add(_ cell: ComparisonTable.Cell, expected: (mean: Double, variance: Double)) {
        guard cell.response != .tie else { return }
        // A tie counts as half, so that it takes a quarter of its probability from the variance of a share.
        let tie = max(0, 4 * (expected.mean * (1 - expected.mean) - expected.variance))
        let first = min(1, max(0, (expected.mean - 0.5 * tie) / max(1 - tie, .leastNormalMagnitude)))
        let isLowerFirst = cell.first < cell.second
        let probability = isLowerFirst ? first : 1 - first
        lead += (cell.response.firstScore == 1) == isLowerFirst ? cell.weight : -cell.weight
        wins += cell.weight * probability
        variance += cell.weight * probability * (1 - probability)
        decided += cell.weight
        guard decided <= Self.mostExact, cell.weight == cell.weight.rounded() else {
            distribution = []
            return
        }
        guard !distribution.isEmpty else { return }
        for _ in 0..<Int(cell.weight) {
            distribution.append(0)
            for count in stride(from: distribution.count - 1, to: 0, by: -1) {
                distribution[count] = distribution[count] * (1 - probability) + distribution[count - 1] * probability
            }
            distribution[0] *= 1 - probability
        }
    }

    /// That the lower item wins most judgements, given that one of the two does.
    var probability: Double {
        guard !distribution.isEmpty else {
            return variance > 0 ? NormalDistribution.cumulative((wins - 0.5 * decided) / variance.squareRoot()) : wins > 0 ? 1 : 0
        }
        let count = distribution.count - 1
        let most = distribution[(count / 2 + 1)...].reduce(0, +)
        let fewest = distribution[..<((count + 1) / 2)].reduce(0, +)
        return most + fewest > 0 ? most / (most + fewest) : 0.5
    }
}
