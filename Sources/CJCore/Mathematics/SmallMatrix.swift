/// A symmetric matrix of at most eight rows, kept in place: with so few, finding room for a larger one would take longer than the sums.
///
/// Rows are eliminated in their order, without exchanges, which is safe for positive definite matrices. Sums are taken in one fixed order,
/// so that results are the same to the bit on every machine.
struct SmallMatrix {
    static let largestSize = 8
    /// Share of its entry on the diagonal below which what elimination leaves of it may be nothing but rounding.
    private static let leastPivot = 1e-12

    private let size: Int
    private var rows = InlineArray<8, SIMD8<Double>>(repeating: .zero)

    /// A matrix of zeros, of at most ``largestSize`` rows.
    init(size: Int) {
        self.size = size
    }

    /// Both halves must be written.
    subscript(row: Int, column: Int) -> Double {
        get { rows[row][column] }
        set { rows[row][column] = newValue }
    }

    /// Reads a row, the first `size` numbers of it.
    subscript(row: Int) -> SIMD8<Double> {
        get { rows[row] }
        set { rows[row] = newValue }
    }

    /// Turns the matrix into its inverse, by the sweep operator (Goodnight 1979).
    ///
    /// - Returns: the natural logarithm of its determinant; nothing where it is not positive definite.
    mutating func invert() -> Double? {
        var logDeterminant = 0.0
        for pivot in 0..<size {
            let square = rows[pivot][pivot]
            guard square > 0, square < .infinity else { return nil }
            logDeterminant += ElementaryFunctions.log(square)
            var own = rows[pivot] / square
            own[pivot] = 1 / square
            for row in 0..<size where row != pivot {
                let entry = rows[row][pivot]
                var swept = rows[row]
                swept[pivot] = 0
                rows[row] = swept - entry * own
            }
            rows[pivot] = own
        }
        // Rounding leaves the halves apart by a little.
        for row in 0..<size {
            for column in 0..<row { rows[column][row] = rows[row][column] }
        }
        return logDeterminant
    }

    /// Solves matrix · solution = vector, both in the first `size` numbers; nothing where the matrix is singular but for rounding.
    consuming func solve(_ vector: SIMD8<Double>) -> SIMD8<Double>? {
        var solution = vector
        for pivot in 0..<size {
            let (own, part) = (rows[pivot], solution[pivot])
            let square = own[pivot]
            for row in (pivot + 1)..<max(size, pivot + 1) {
                let share = rows[row][pivot] / square
                let diagonal = rows[row][row]
                rows[row] -= share * own
                guard rows[row][row] > Self.leastPivot * diagonal else { return nil }
                solution[row] -= share * part
            }
        }
        for row in (0..<size).reversed() {
            var rest = solution[row]
            for column in (row + 1)..<max(size, row + 1) { rest -= rows[row][column] * solution[column] }
            solution[row] = rest / rows[row][row]
        }
        return solution
    }
}
