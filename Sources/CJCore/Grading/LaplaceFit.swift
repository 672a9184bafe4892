/// A normal approximation to a posterior: its highest point, and the curvature there.
struct LaplaceFit {
    let mode: [Double]
    /// Factor of the covariance; times independent normal draws, it makes draws of the deviation from the mode.
    private let factor: CholeskyFactor

    /// Newton steps at most; ten are usual.
    private static let maximumSteps = 60
    /// Increases of the damping at most, each by a factor of 10.
    private static let maximumDampings = 14
    /// Rise at which the climb has ended.
    private static let tolerance = 1e-9
    /// Step of the central differences; their error is of its square.
    private static let difference = 1e-3

    /// Climbs from `start` by damped Newton steps with derivatives from central differences.
    init(startingAt start: [Double], logDensity: ([Double]) -> Double) {
        var point = start
        var height = logDensity(point)
        for _ in 0..<Self.maximumSteps {
            let derivatives = Self.derivatives(at: point, height: height, logDensity: logDensity)
            guard let next = Self.advance(from: point, height: height, derivatives, logDensity: logDensity) else { break }
            let rise = next.height - height
            (point, height) = next
            if rise < Self.tolerance { break }
        }
        mode = point
        let curvature = Self.derivatives(at: point, height: height, logDensity: logDensity).curvature
        factor = Self.damped(Self.damped(curvature).inverse())
    }

    /// A point as far from the mode as these independent standard normal draws say.
    func point(for draws: [Double]) -> [Double] {
        zip(mode, factor.applied(to: draws)).map { $0 + $1 }
    }

    private typealias Derivatives = (gradient: [Double], curvature: SymmetricMatrix)

    /// A higher point; nothing when even the smallest step does not rise.
    private static func advance(
        from point: [Double], height: Double, _ derivatives: Derivatives, logDensity: ([Double]) -> Double
    ) -> (point: [Double], height: Double)? {
        var damping = 0.0
        for _ in 0..<maximumDampings {
            if let factor = CholeskyFactor(damp(derivatives.curvature, by: damping)) {
                let step = factor.solve(derivatives.gradient)
                let next = zip(point, step).map { $0 + $1 }
                let nextHeight = logDensity(next)
                if nextHeight > height { return (next, nextHeight) }
            }
            damping = damping == 0 ? 1e-3 : damping * 10
        }
        return nil
    }

    private static func derivatives(
        at point: [Double], height: Double, logDensity: ([Double]) -> Double
    ) -> Derivatives {
        let count = point.count
        func value(_ moves: (Int, Double)...) -> Double {
            var moved = point
            for (index, sign) in moves { moved[index] += sign * difference }
            return logDensity(moved)
        }
        var gradient = Array(repeating: 0.0, count: count)
        var curvature = SymmetricMatrix(size: count)
        let square = difference * difference
        for row in 0..<count {
            let (up, down) = (value((row, 1)), value((row, -1)))
            gradient[row] = (up - down) / (2 * difference)
            curvature[row, row] = -(up - 2 * height + down) / square
            for column in 0..<row {
                let same = value((row, 1), (column, 1)) + value((row, -1), (column, -1))
                let opposite = value((row, 1), (column, -1)) + value((row, -1), (column, 1))
                curvature[row, column] = -(same - opposite) / (4 * square)
                curvature[column, row] = curvature[row, column]
            }
        }
        return (gradient, curvature)
    }

    /// The factor of a matrix, made positive definite where rounding or a flat direction has left it otherwise.
    private static func damped(_ matrix: SymmetricMatrix) -> CholeskyFactor {
        var damping = 0.0
        for _ in 0..<maximumDampings {
            if let factor = CholeskyFactor(damp(matrix, by: damping)) { return factor }
            damping = damping == 0 ? 1e-6 : damping * 10
        }
        preconditionFailure("priors with finite variances keep the curvature within bounds")
    }

    private static func damp(_ matrix: SymmetricMatrix, by damping: Double) -> SymmetricMatrix {
        var matrix = matrix
        for index in 0..<matrix.size { matrix[index, index] += damping }
        return matrix
    }
}
