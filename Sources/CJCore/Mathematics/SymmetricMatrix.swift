/// A dense square matrix of which rows are kept in blocks of eight numbers, so that sums of products use the vector unit.
///
/// Every sum is taken in one fixed order, so that results are the same to the bit on every machine.
struct SymmetricMatrix: Sendable {
    let size: Int
    /// Blocks per row.
    private let width: Int
    private var blocks: [SIMD8<Double>]

    /// A matrix of zeros.
    init(size: Int) {
        self.size = size
        width = (size + 7) >> 3
        blocks = Array(repeating: .zero, count: size * width)
    }

    /// Only symmetric content makes sense of the whole; both halves must be written.
    subscript(row: Int, column: Int) -> Double {
        get { blocks[row * width + column >> 3][column & 7] }
        set { blocks[row * width + column >> 3][column & 7] = newValue }
    }

    /// The lower triangular factor L with L·Lᵀ equal to this matrix, or nothing where it is not positive definite.
    func choleskyFactor() -> CholeskyFactor? {
        var factor = SymmetricMatrix(size: size)
        for row in 0..<size {
            for column in 0..<row {
                let sum = self[row, column] - factor.product(row, column, blocks: 0...(column >> 3))
                factor[row, column] = sum / factor[column, column]
            }
            let square = self[row, row] - factor.product(row, row, blocks: 0...(row >> 3))
            guard square > 0, square < .infinity else { return nil }
            factor[row, row] = square.squareRoot()
        }
        return CholeskyFactor(lower: factor)
    }

    /// Sum of products of two rows over a range of blocks.
    fileprivate func product(_ one: Int, _ other: Int, blocks range: ClosedRange<Int>) -> Double {
        Self.product(self, one, self, other, blocks: range)
    }

    fileprivate static func product(
        _ left: SymmetricMatrix, _ one: Int, _ right: SymmetricMatrix, _ other: Int, blocks range: ClosedRange<Int>
    ) -> Double {
        var sum = SIMD8<Double>.zero
        let leftStart = one * left.width
        let rightStart = other * right.width
        for block in range {
            sum += left.blocks[leftStart + block] * right.blocks[rightStart + block]
        }
        let four = sum.lowHalf + sum.highHalf
        return (four[0] + four[1]) + (four[2] + four[3])
    }
}

/// The triangular factor of a positive definite matrix.
struct CholeskyFactor: Sendable {
    /// Entries above the diagonal are zero.
    fileprivate let lower: SymmetricMatrix

    /// Natural logarithm of the determinant of the matrix that was factored.
    var logDeterminant: Double {
        (0..<lower.size).reduce(0) { $0 + 2 * ElementaryFunctions.log(lower[$1, $1]) }
    }

    /// L times a vector.
    func applied(to vector: [Double]) -> [Double] {
        vector.indices.map { row in (0...row).reduce(0) { $0 + lower[row, $1] * vector[$1] } }
    }

    /// The vector that the matrix that was factored turns into `vector`.
    func solve(_ vector: [Double]) -> [Double] {
        var solution = vector
        for row in solution.indices {
            for column in 0..<row { solution[row] -= lower[row, column] * solution[column] }
            solution[row] /= lower[row, row]
        }
        for row in solution.indices.reversed() {
            for column in (row + 1)..<max(solution.count, row + 1) { solution[row] -= lower[column, row] * solution[column] }
            solution[row] /= lower[row, row]
        }
        return solution
    }

    /// The inverse of the matrix that was factored.
    func inverse() -> SymmetricMatrix {
        let size = lower.size
        // Row i holds column i of L⁻¹; what is not computed yet is zero and adds nothing to the sums.
        var columns = SymmetricMatrix(size: size)
        for column in 0..<size {
            columns[column, column] = 1 / lower[column, column]
            for row in (column + 1)..<max(size, column + 1) {
                let sum = SymmetricMatrix.product(lower, row, columns, column, blocks: (column >> 3)...(row >> 3))
                columns[column, row] = -sum / lower[row, row]
            }
        }
        var inverse = SymmetricMatrix(size: size)
        let last = (size - 1) >> 3
        for row in 0..<size {
            for column in 0...row {
                let value = columns.product(row, column, blocks: (row >> 3)...last)
                inverse[row, column] = value
                inverse[column, row] = value
            }
        }
        return inverse
    }
}
