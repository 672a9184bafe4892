/// A symmetric matrix with few entries beside its diagonal, each of which is kept once.
///
/// Sums are taken in the order of the pattern, so that results are the same to the bit on every machine.
struct SparseSymmetricMatrix: Sendable {
    /// Which entries above the diagonal may differ from zero.
    struct Pattern: Sendable {
        let size: Int
        /// Where the entries of each row begin, and where those of the last end.
        private(set) var starts: [Int32]
        /// Column of each entry, higher than its row.
        private(set) var columns: [Int32]

        /// Makes room for an entry of a row at a place of the pattern.
        mutating func insert(row: Int, column: Int, at place: Int) {
            columns.insert(Int32(column), at: place)
            for later in (row + 1)...size { starts[later] += 1 }
        }
    }

    var pattern: Pattern
    var diagonal: [Double]
    /// In the order of the pattern.
    var entries: [Double]

    /// The image of a vector.
    func multiply(_ vector: [Double], into image: inout [Double]) {
        let (starts, columns, entries, vector) = (pattern.starts.span, pattern.columns.span, entries.span, vector.span)
        for index in image.indices { image[index] = 0 }
        var image = image.mutableSpan
        for row in 0..<pattern.size {
            let own = vector[row]
            var sum = diagonal[row] * own
            for place in Int(starts[row])..<Int(starts[row + 1]) {
                let (column, entry) = (Int(columns[place]), entries[place])
                sum += entry * vector[column]
                image[column] += entry * own
            }
            image[row] += sum
        }
    }

    /// Solves matrix · solution = vector by conjugate gradients, preconditioned with the diagonal, or by elimination where rows are few.
    /// The matrix is positive definite, or at least not negative and the vector within its range.
    ///
    /// However early the iterations end, what they have found has a positive product with the vector.
    /// - Parameter tolerance: length of the residual at which the solution is good enough, as a share of its first.
    func solve(_ vector: [Double], tolerance: Double) -> [Double] {
        if let solution = eliminate(vector) { return solution }
        var solution = Array(repeating: 0.0, count: vector.count)
        var residual = vector
        let inverses = diagonal.map { 1 / $0 }
        var direction = vector.indices.map { residual[$0] * inverses[$0] }
        var image = solution
        var fit = Self.product(residual, direction)
        let goal = fit * tolerance * tolerance
        // In exact arithmetic as many iterations as dimensions suffice; twice as many leave room for rounding.
        for _ in 0..<(2 * vector.count) where fit > goal && fit > 0 {
            multiply(direction, into: &image)
            let bend = Self.product(direction, image)
            guard bend > 0 else { break }
            let length = fit / bend
            var nextFit = 0.0
            for index in solution.indices {
                solution[index] += length * direction[index]
                let rest = residual[index] - length * image[index]
                residual[index] = rest
                nextFit += rest * rest * inverses[index]
            }
            let ratio = nextFit / fit
            for index in direction.indices { direction[index] = residual[index] * inverses[index] + ratio * direction[index] }
            fit = nextFit
        }
        return solution
    }

    /// The solution by elimination; nothing where there are many rows, or the matrix is singular.
    private func eliminate(_ vector: [Double]) -> [Double]? {
        let size = pattern.size
        guard size <= SmallMatrix.largestSize else { return nil }
        var small = SmallMatrix(size: size)
        var right = SIMD8<Double>.zero
        for row in 0..<size {
            right[row] = vector[row]
            small[row, row] = diagonal[row]
            for place in Int(pattern.starts[row])..<Int(pattern.starts[row + 1]) {
                let column = Int(pattern.columns[place])
                small[row, column] = entries[place]
                small[column, row] = entries[place]
            }
        }
        guard let solution = small.solve(right) else { return nil }
        return (0..<size).map { solution[$0] }
    }

    static func product(_ one: [Double], _ other: [Double]) -> Double {
        var sum = 0.0
        for index in one.indices { sum += one[index] * other[index] }
        return sum
    }
}
