/// The triangular factor of a positive definite matrix.
struct CholeskyFactor: Sendable {
    /// What stands above the diagonal has no meaning.
    private let lower: SymmetricMatrix

    /// Blocks of columns that are dealt with together: what they hold of a few rows stays in the nearest cache.
    private static let group = 16

    /// Factors a matrix; nothing where it is not positive definite.
    init?(_ matrix: SymmetricMatrix) {
        var factor = matrix
        guard Self.factor(&factor, panels: matrix.width) else { return nil }
        lower = factor
    }

    /// Natural logarithm of the determinant of the matrix that was factored.
    var logDeterminant: Double { Self.logDeterminant(of: lower, leading: lower.size) }

    private static func logDeterminant(of factor: SymmetricMatrix, leading count: Int) -> Double {
        (0..<count).reduce(0) { $0 + 2 * ElementaryFunctions.log(factor[$1, $1]) }
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
    /// - Returns: the natural logarithm of their determinant; nothing where they are not positive definite.
    static func invert(leading count: Int, of matrix: inout SymmetricMatrix) -> Double? {
        precondition(count == matrix.size || count.isMultiple(of: 8), "blocks are dealt with whole")
        guard count > SmallMatrix.largestSize else { return invertSmall(leading: count, of: &matrix) }
        let panels = (count + 7) >> 3
        guard factor(&matrix, panels: panels) else { return nil }
        let logDeterminant = logDeterminant(of: matrix, leading: count)
        invert(&matrix, panels: panels)
        return logDeterminant
    }

    private static func invertSmall(leading count: Int, of matrix: inout SymmetricMatrix) -> Double? {
        var small = SmallMatrix(size: count)
        for row in 0..<count {
            for column in 0...row {
                small[row, column] = matrix[row, column]
                small[column, row] = matrix[row, column]
            }
        }
        guard let logDeterminant = small.invert() else { return nil }
        for row in 0..<count { matrix[row, block: 0] = small[row] }
        return logDeterminant
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
        for quad in stride(from: first, to: panels * 8, by: 4) {
            factor.subtract(SymmetricMatrix.products(factor, quad, factor, first, start..<panel), quad, panel)
            for row in quad..<max(quad, min(quad + 4, factor.size)) {
                let rest = factor[row, block: panel]
                if row < first + 8 {
                    guard let solved = triangle.addRow(row - first, rest) else { return false }
                    factor[row, block: panel] = solved
                } else {
                    factor[row, block: panel] = triangle.solve(rest)
                }
            }
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
                let triangle = Triangle(of: lower, panel: panel)
                for quad in stride(from: 0, to: (panel + 1) * 8, by: 4) {
                    let blocks = min(panel, max(start, quad >> 3))..<panel
                    columns.subtract(SymmetricMatrix.products(columns, quad, lower, panel * 8, blocks), quad, panel)
                    for row in quad..<quad + 4 { columns[row, block: panel] = triangle.solve(columns[row, block: panel]) }
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
