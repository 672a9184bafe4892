/// Some entries of the inverse of a sparse matrix: those on the diagonal and those where the matrix has entries itself.
protocol InverseEntries {
    func diagonal(_ row: Int) -> Double
    /// - Parameter place: of the matrix's own entry in its pattern.
    func entry(_ row: Int, _ column: Int, at place: Int) -> Double
    /// Sum of the squares of all entries in the leading rows and columns, as far as they are known.
    func squares(leading count: Int) -> Double
}

/// The inverse of a sparse positive definite matrix. It is full, and kept in the order in which it was found.
///
/// Rows with few entries are eliminated one by one; what is left, which is as good as full, is inverted as a whole.
struct SparseInverse: Sendable, InverseEntries {
    private var matrix: SymmetricMatrix
    /// Where each row stands: those that were not eliminated come first, then the others, the last to be eliminated first.
    private let places: [Int]

    /// Up to so many rows, a matrix is as good as full from the start, and no row is eliminated by itself.
    static let fewRows = 40

    /// Blocks of columns that are restored together.
    private static let nearBlocks = 12

    /// What was eliminated with a row: what was on the diagonal, who had entries with the row, and these as shares of that.
    private struct Pivot {
        let place: Int
        let diagonal: Double
        let neighbours: [Int]
        let shares: [Double]
    }

    /// Inverts a matrix; nothing where it is not positive definite.
    init?(_ matrix: SparseSymmetricMatrix, order: EliminationOrder) {
        let size = matrix.pattern.size
        var places = Array(repeating: 0, count: size)
        for (place, row) in order.rest.enumerated() { places[row] = place }
        for (step, eliminated) in order.steps.enumerated() { places[eliminated.row] = size - 1 - step }
        var rows = Self.lowerHalf(of: matrix, places: places)
        var pivots: [Pivot] = []
        for step in order.steps {
            guard let pivot = Self.eliminate(step, from: &rows, places: places) else { return nil }
            pivots.append(pivot)
        }
        let isInverted =
            size <= Self.fewRows ? rows.invert() : CholeskyFactor.invert(leading: order.rest.count, of: &rows)
        guard isInverted else { return nil }
        Self.restore(pivots.reversed(), in: &rows, after: order.rest.count >> 3)
        self.matrix = rows
        self.places = places
    }

    private static func lowerHalf(of matrix: SparseSymmetricMatrix, places: [Int]) -> SymmetricMatrix {
        var rows = SymmetricMatrix(size: places.count)
        for row in places.indices {
            rows[places[row], places[row]] = matrix.diagonal[row]
            for entry in Int(matrix.pattern.starts[row])..<Int(matrix.pattern.starts[row + 1]) {
                let (one, other) = (places[row], places[Int(matrix.pattern.columns[entry])])
                rows[max(one, other), min(one, other)] = matrix.entries[entry]
            }
        }
        return rows
    }

    private static func eliminate(_ step: EliminationOrder.Step, from rows: inout SymmetricMatrix, places: [Int]) -> Pivot? {
        let place = places[step.row]
        let diagonal = rows[place, place]
        guard diagonal > 0, diagonal < .infinity else { return nil }
        let neighbours = step.neighbours.map { places[$0] }.sorted()
        let shares = neighbours.map { rows[place, $0] / diagonal }
        rows.subtract(place, from: neighbours, shares: shares)
        return Pivot(place: place, diagonal: diagonal, neighbours: neighbours, shares: shares)
    }

    /// Of an eliminated row, X_v = −Σ s_u X_u and X_vv = 1/pivot − Σ s_u X_vu, with the sums over its neighbours (Takahashi, Fagan and
    /// Chin 1973).
    ///
    /// - Parameter kept: blocks of the columns that were not eliminated. Some of them at a time are found for all rows, so that what rows are
    ///   combined of stays in a near cache.
    private static func restore(_ pivots: [Pivot], in rows: inout SymmetricMatrix, after kept: Int) {
        for start in stride(from: 0, to: kept, by: nearBlocks) {
            let near = start..<min(start + nearBlocks, kept)
            for pivot in pivots { rows.setRow(pivot.place, combining: pivot.neighbours, shares: pivot.shares, blocks: near) }
        }
        rows.mirrorRows(pivots.map(\.place), upTo: kept)
        for pivot in pivots {
            let last = pivot.place >> 3
            rows.setRow(pivot.place, combining: pivot.neighbours, shares: pivot.shares, blocks: kept..<last + 1)
            var diagonal = 1 / pivot.diagonal
            for (index, neighbour) in pivot.neighbours.enumerated() {
                diagonal -= pivot.shares[index] * rows[pivot.place, neighbour]
            }
            rows[pivot.place, pivot.place] = diagonal
            for row in kept * 8..<pivot.place { rows[row, pivot.place] = rows[pivot.place, row] }
        }
    }

    subscript(row: Int, column: Int) -> Double { matrix[places[row], places[column]] }

    /// The image of a vector.
    func multiply(_ vector: [Double]) -> [Double] {
        places.map { row in
            var sum = 0.0
            for (column, place) in places.enumerated() { sum += matrix[row, place] * vector[column] }
            return sum
        }
    }

    func diagonal(_ row: Int) -> Double { self[row, row] }

    func entry(_ row: Int, _ column: Int, at place: Int) -> Double { self[row, column] }

    func squares(leading count: Int) -> Double { matrix.squares(Array(places[..<count])) }

    /// The inverse in the gauge in which the leading rows sum to zero, of these alone.
    func centred(leading count: Int) -> SymmetricMatrix { matrix.centred(Array(places[..<count])) }
}

/// What can be guessed of the inverse of a sparse matrix from the neighbours of each row.
///
/// With a row's neighbours taken to be independent but for the row itself, 1/xᵢ = aᵢᵢ − Σⱼ aᵢⱼ² xⱼ, which is exact where the matrix's
/// graph has no circles and close where rows have many entries of like size.
struct EstimatedInverse: Sendable, InverseEntries {
    private var inverses: [Double]
    private let entries: [Double]

    private static let sweeps = 3

    init(_ matrix: SparseSymmetricMatrix) {
        inverses = matrix.diagonal.map { 1 / $0 }
        entries = matrix.entries
        let pattern = matrix.pattern
        for _ in 0..<Self.sweeps {
            var rests = matrix.diagonal
            for row in 0..<pattern.size {
                for place in Int(pattern.starts[row])..<Int(pattern.starts[row + 1]) {
                    let square = entries[place] * entries[place]
                    let column = Int(pattern.columns[place])
                    rests[row] -= square * inverses[column]
                    rests[column] -= square * inverses[row]
                }
            }
            // A row that its neighbours would leave nothing of keeps a part of what it has.
            for row in rests.indices { inverses[row] = 1 / max(rests[row], 0.1 * matrix.diagonal[row]) }
        }
    }

    func diagonal(_ row: Int) -> Double { inverses[row] }

    func entry(_ row: Int, _ column: Int, at place: Int) -> Double { -entries[place] * inverses[row] * inverses[column] }

    func squares(leading count: Int) -> Double { inverses[..<count].reduce(0) { $0 + $1 * $1 } }
}
