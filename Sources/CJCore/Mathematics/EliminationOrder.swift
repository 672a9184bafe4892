/// In which order to eliminate the rows of a sparse matrix, so that few entries arise that were zero: always the row with the fewest
/// entries left (Tinney and Walker 1967), as long as it has much fewer than there are rows.
///
/// What is left then is as good as full. The order depends on the pattern alone.
struct EliminationOrder: Sendable {
    /// A row to eliminate and those that it has entries with at its turn, in ascending order.
    struct Step: Sendable {
        let row: Int
        let neighbours: [Int]
    }

    let steps: [Step]
    /// The rows that are left, in ascending order; all, or a multiple of eight.
    let rest: [Int]

    /// A row is eliminated by itself while its entries are at most one in so many of the rows left.
    private static let sparsity = 2

    init(_ pattern: SparseSymmetricMatrix.Pattern) {
        guard pattern.size > SparseInverse.fewRows else {
            (steps, rest) = ([], Array(0..<pattern.size))
            return
        }
        var rows = Array(repeating: BitSet(count: pattern.size), count: pattern.size)
        var degrees = Array(repeating: 0, count: pattern.size)
        for row in 0..<pattern.size {
            for place in Int(pattern.starts[row])..<Int(pattern.starts[row + 1]) {
                let column = Int(pattern.columns[place])
                rows[row].insert(column)
                rows[column].insert(row)
                degrees[row] += 1
                degrees[column] += 1
            }
        }
        var left = Array(0..<pattern.size)
        var steps: [Step] = []
        while let place = left.indices.min(by: { degrees[left[$0]] < degrees[left[$1]] }) {
            let row = left[place]
            guard degrees[row] * Self.sparsity < left.count else { break }
            left.remove(at: place)
            let neighbours = rows[row].elements
            for neighbour in neighbours {
                rows[neighbour].formUnion(rows[row])
                rows[neighbour].remove(neighbour)
                rows[neighbour].remove(row)
                degrees[neighbour] = rows[neighbour].count
            }
            steps.append(Step(row: row, neighbours: neighbours))
        }
        // Blocks of eight are dealt with whole, so a few rows that could be eliminated stay.
        while !steps.isEmpty, !left.count.isMultiple(of: 8) { left.append(steps.removeLast().row) }
        self.steps = steps
        rest = left.sorted()
    }
}

/// A set of whole numbers from zero up to a limit.
private struct BitSet {
    private var words: [UInt64]

    init(count: Int) { words = Array(repeating: 0, count: (count + 63) >> 6) }

    var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

    /// In ascending order.
    var elements: [Int] {
        var elements: [Int] = []
        for (index, word) in words.enumerated() {
            var word = word
            while word != 0 {
                elements.append(index << 6 + word.trailingZeroBitCount)
                word &= word - 1
            }
        }
        return elements
    }

    mutating func insert(_ element: Int) { words[element >> 6] |= 1 << UInt64(element & 63) }

    mutating func remove(_ element: Int) { words[element >> 6] &= ~(1 << UInt64(element & 63)) }

    mutating func formUnion(_ other: BitSet) {
        for index in words.indices { words[index] |= other.words[index] }
    }
}
