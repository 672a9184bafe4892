/// The triangular factor of a positive definite matrix.
struct CholeskyFactor: Sendable {
    /// What stands above the diagonal has no meaning.
    private let lower: SymmetricMatrix

    /// Blocks of columns that are dealt with together: what they hold of a few rows stays in the nearest cache.
    private static let group = 32

    /// Factors a matrix; nothing where it is not positive definite.
    init?(_ matrix: SymmetricMatrix) {
        var factor = matrix
        guard Self.factor(&factor, panels: matrix.width) else { return nil }
        lower = factor
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
        var inverse = lower
        Self.invert(&inverse, panels: lower.width)
        return inverse
    }

    /// Puts the inverse of the leading rows and columns of a positive definite matrix in their place, reading the half below the
    /// diagonal.
    ///
    /// - Parameter count: all, or a multiple of eight.
    /// - Returns: whether they are positive definite.
    static func invert(leading count: Int, of matrix: inout SymmetricMatrix) -> Bool {
        precondition(count == matrix.size || count.isMultiple(of: 8), "blocks are dealt with whole")
        let panels = (count + 7) >> 3
        guard factor(&matrix, panels: panels) else { return false }
        invert(&matrix, panels: panels)
        return true
    }
}

extension CholeskyFactor {
    /// Puts the factor of the leading blocks in their place.
    ///
    /// Eight columns at a time take out what those before them in their group have explained; a whole group is then taken out of all
    /// columns after it.
    private static func factor(_ factor: inout SymmetricMatrix, panels: Int) -> Bool {
        for start in stride(from: 0, to: panels, by: group) {
            let end = min(start + group, panels)
            for panel in start..<end {
                guard factorPanel(panel, of: &factor, from: start, panels: panels) else { return false }
            }
            for panel in end..<panels {
                for quad in stride(from: panel * 8, to: panels * 8, by: 4) {
                    factor.subtract(SymmetricMatrix.products(factor, quad, factor, panel * 8, start..<end), quad, panel)
                }
            }
        }
        return true
    }

    /// Finishes eight columns, all before `start` having been taken out of them.
    private static func factorPanel(_ panel: Int, of factor: inout SymmetricMatrix, from start: Int, panels: Int) -> Bool {
        let first = panel * 8
        var triangle = Triangle()
        for quad in stride(from: first, to: first + 8, by: 4) {
            factor.subtract(SymmetricMatrix.products(factor, quad, factor, first, start..<panel), quad, panel)
            for row in quad..<max(quad, min(quad + 4, factor.size)) {
                guard let solved = triangle.addRow(row - first, factor[row, block: panel]) else { return false }
                factor[row, block: panel] = solved
            }
        }
        let inverse = triangle.inverse
        for quad in stride(from: first + 8, to: panels * 8, by: 4) {
            factor.subtract(SymmetricMatrix.products(factor, quad, factor, first, start..<panel), quad, panel)
            for row in quad..<quad + 4 { factor[row, block: panel] = inverse.image(of: factor[row, block: panel]) }
        }
        return true
    }

    /// Puts the inverse of what was factored in its place: L⁻ᵀL⁻¹.
    private static func invert(_ matrix: inout SymmetricMatrix, panels: Int) {
        let columns = inverseColumns(of: matrix, panels: panels)
        for row in 0..<panels * 8 {
            for block in 0...(row >> 3) { matrix[row, block: block] = .zero }
        }
        for start in stride(from: 0, to: panels, by: group) {
            let end = min(start + group, panels)
            for panel in 0..<end {
                for quad in stride(from: panel * 8, to: end * 8, by: 4) {
                    let blocks = max(start, quad >> 3)..<end
                    matrix.add(SymmetricMatrix.products(columns, quad, columns, panel * 8, blocks), quad, panel)
                }
            }
        }
        matrix.mirrorLowerHalf(panels: panels)
    }

    /// Row i holds column i of L⁻¹.
    private static func inverseColumns(of lower: SymmetricMatrix, panels: Int) -> SymmetricMatrix {
        var columns = SymmetricMatrix(size: min(lower.size, panels * 8))
        for place in 0..<columns.size { columns[place, place] = 1 }
        for start in stride(from: 0, to: panels, by: group) {
            let end = min(start + group, panels)
            for panel in start..<end {
                let inverse = Triangle(of: lower, panel: panel).inverse
                for quad in stride(from: 0, to: (panel + 1) * 8, by: 4) {
                    let blocks = min(panel, max(start, quad >> 3))..<panel
                    columns.subtract(SymmetricMatrix.products(columns, quad, lower, panel * 8, blocks), quad, panel)
                    for row in quad..<quad + 4 { columns[row, block: panel] = inverse.image(of: columns[row, block: panel]) }
                }
            }
            for panel in end..<panels {
                for quad in stride(from: 0, to: end * 8, by: 4) {
                    let blocks = max(start, quad >> 3)..<end
                    columns.subtract(SymmetricMatrix.products(columns, quad, lower, panel * 8, blocks), quad, panel)
                }
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

    /// What the triangle is to be undone with; to multiply by it takes less time than to solve, where every number waits for the one before.
    var inverse: InverseTriangle {
        InverseTriangle(
            columns: (0..<8).map { column in
                var unit = SIMD8<Double>.zero
                unit[column] = 1
                return solve(unit)
            })
    }

    /// The vector that the triangle turns into `vector`.
    private func solve(_ vector: SIMD8<Double>) -> SIMD8<Double> {
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

/// The inverse of a ``Triangle``.
private struct InverseTriangle {
    let columns: [SIMD8<Double>]

    func image(of vector: SIMD8<Double>) -> SIMD8<Double> {
        // Two sums, so that additions wait for one another half as often.
        var (even, odd) = (SIMD8<Double>.zero, SIMD8<Double>.zero)
        for column in stride(from: 0, to: 8, by: 2) {
            even += vector[column] * columns[column]
            odd += vector[column + 1] * columns[column + 1]
        }
        return even + odd
    }
}
