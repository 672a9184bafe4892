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

        init(size: Int, starts: [Int32], columns: [Int32]) {
            precondition(
                starts.count == size + 1 && starts[0] == 0 && Int(starts[size]) == columns.count, "each row has its entries")
            precondition(zip(starts, starts.dropFirst()).allSatisfy { $0 <= $1 }, "rows follow one another")
            precondition(columns.allSatisfy { 0 <= $0 && Int($0) < size }, "columns are those of the matrix")
            self.size = size
            self.starts = starts
            self.columns = columns
        }

        /// Makes room for an entry of a row at a place of the pattern.
        mutating func insert(row: Int, column: Int, at place: Int) {
            precondition(
                column >= 0 && column < size && place >= starts[row] && place <= starts[row + 1], "it is a place of the row")
            columns.insert(Int32(column), at: place)
            for later in (row + 1)...size { starts[later] += 1 }
        }
    }

    var pattern: Pattern
    var diagonal: [Double]
    /// In the order of the pattern.
    var entries: [Double]

    /// Solves matrix · solution = vector by conjugate gradients (``SweptSystem``), or by elimination where rows are few. The matrix is
    /// positive definite, or at least not negative and the vector within its range.
    ///
    /// However early the iterations end, what they have found has a positive product with the vector.
    /// - Parameter tolerance: length of the residual at which the solution is good enough, as a share of its first.
    func solve(_ vector: [Double], tolerance: Double) -> [Double] {
        eliminate(vector) ?? SweptSystem(self).solve(vector, tolerance: tolerance)
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
