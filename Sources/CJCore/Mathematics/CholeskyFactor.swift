/// The triangular factor of a positive definite matrix.
struct CholeskyFactor: Sendable {
    /// Entries above the diagonal are zero.
    private let lower: SymmetricMatrix

    /// Factors a matrix, eight columns at a time; nothing where it is not positive definite.
    init?(_ matrix: SymmetricMatrix) {
        var factor = SymmetricMatrix(size: matrix.size)
        for panel in 0..<matrix.width {
            let first = panel * 8
            var triangle = Triangle()
            for quad in stride(from: first, to: matrix.width * 8, by: 4) {
                let sums = SymmetricMatrix.products(factor, quad, factor, first, blocks: 0..<panel)
                for (offset, sum) in [sums.0, sums.1, sums.2, sums.3].enumerated() where quad + offset < matrix.size {
                    let row = quad + offset
                    let rest = matrix[row, block: panel] - sum
                    if row < first + 8 {
                        guard let solved = triangle.addRow(row - first, rest) else { return nil }
                        factor[row, block: panel] = solved
                    } else {
                        factor[row, block: panel] = triangle.solve(rest)
                    }
                }
            }
        }
        lower = factor
    }

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
        let columns = inverseColumns()
        var inverse = SymmetricMatrix(size: lower.size)
        for quad in stride(from: 0, to: lower.width * 8, by: 4) {
            for panel in 0...(quad >> 3) {
                let sums = SymmetricMatrix.products(columns, quad, columns, panel * 8, blocks: (quad >> 3)..<lower.width)
                inverse[quad, block: panel] = sums.0
                inverse[quad + 1, block: panel] = sums.1
                inverse[quad + 2, block: panel] = sums.2
                inverse[quad + 3, block: panel] = sums.3
            }
        }
        inverse.mirrorLowerHalf()
        return inverse
    }

    /// Row i holds column i of L⁻¹.
    private func inverseColumns() -> SymmetricMatrix {
        var columns = SymmetricMatrix(size: lower.size)
        for panel in 0..<lower.width {
            let first = panel * 8
            let triangle = Triangle(of: lower, panel: panel)
            for quad in stride(from: 0, to: first, by: 4) {
                let sums = SymmetricMatrix.products(columns, quad, lower, first, blocks: (quad >> 3)..<panel)
                columns[quad, block: panel] = triangle.solve(-sums.0)
                columns[quad + 1, block: panel] = triangle.solve(-sums.1)
                columns[quad + 2, block: panel] = triangle.solve(-sums.2)
                columns[quad + 3, block: panel] = triangle.solve(-sums.3)
            }
            for place in 0..<min(8, lower.size - first) {
                var unit = SIMD8<Double>.zero
                unit[place] = 1
                columns[first + place, block: panel] = triangle.solve(unit)
            }
        }
        return columns
    }
}

/// A lower triangle of eight rows on the diagonal of a factor; rows that are missing count as those of the identity.
private struct Triangle {
    private var diagonal = SIMD8<Double>(repeating: 1)
    /// By column, what stands below the diagonal.
    private var below = [SIMD8<Double>](repeating: .zero, count: 8)

    init() {}

    /// Reads the triangle off a factor.
    init(of lower: SymmetricMatrix, panel: Int) {
        for place in 0..<min(8, lower.size - panel * 8) { set(place, lower[panel * 8 + place, block: panel]) }
    }

    /// The vector that the triangle turns into `vector`.
    func solve(_ vector: SIMD8<Double>) -> SIMD8<Double> {
        var rest = vector
        for column in 0..<8 {
            rest[column] /= diagonal[column]
            rest -= rest[column] * below[column]
        }
        return rest
    }

    /// Adds the next row, from what earlier panels have left of the row of the matrix.
    ///
    /// - Returns: the row of the factor; nothing where the matrix is not positive definite.
    mutating func addRow(_ place: Int, _ rest: SIMD8<Double>) -> SIMD8<Double>? {
        var row = SIMD8<Double>.zero
        var rest = rest
        for column in 0..<place {
            row[column] = rest[column] / diagonal[column]
            rest -= row[column] * below[column]
        }
        let square = rest[place] - Self.squares(row, before: place)
        guard square > 0, square < .infinity else { return nil }
        row[place] = square.squareRoot()
        set(place, row)
        return row
    }

    private static func squares(_ row: SIMD8<Double>, before place: Int) -> Double {
        (0..<place).reduce(0) { $0 + row[$1] * row[$1] }
    }

    private mutating func set(_ place: Int, _ row: SIMD8<Double>) {
        for column in 0..<place { below[column][place] = row[column] }
        diagonal[place] = row[place]
    }
}
