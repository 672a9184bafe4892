/// What a table of judgements and two Gaussian priors say about abilities and position bias (Bradley and Terry 1952).
///
/// P(first wins) = logistic(θ_first − θ_second + β), θ ~ N(0, σ²), β ~ N(0, b²). The logarithm of the posterior is strictly
/// concave, so there is one mode and it is finite whatever the records are: perfect, empty or disconnected. The likelihood
/// does not change when all abilities move together, so the prior alone fixes their sum, at zero.
///
/// A point is an array of the abilities, followed by the bias.
struct Posterior {
    let table: ComparisonTable
    /// 1/σ².
    let abilityPrecision: Double
    /// 1/b².
    let biasPrecision: Double
    /// 1 where the bias is estimated; 0 holds it at zero.
    let biasShare: Double

    /// Newton steps at most; four to nine are usual.
    private static let maximumSteps = 200
    /// Halvings of one step at most; after them a step is too small to matter.
    private static let maximumHalvings = 60
    /// Largest component of the gradient at which the mode is taken as found, in expected wins.
    private static let tolerance = 1e-10
    /// How far a step may be from exact at most, and for each expected win that the gradient is still off.
    private static let roughest = 0.05
    private static let sharpening = 0.05

    /// Sets up the posterior; without a standard deviation for the bias, it is held at zero.
    init(table: ComparisonTable, abilityDeviation: Double, biasDeviation: Double?) {
        self.table = table
        abilityPrecision = 1 / (abilityDeviation * abilityDeviation)
        biasPrecision = biasDeviation.map { 1 / ($0 * $0) } ?? 1
        biasShare = biasDeviation == nil ? 0 : 1
    }

    /// Length of a point.
    private var dimension: Int { table.items.count + 1 }

    /// Logit of the first item's winning.
    func advantage(in cell: ComparisonTable.Cell, at point: [Double]) -> Double {
        point[cell.first] - point[cell.second] + point[table.items.count]
    }

    /// Logarithm of likelihood times priors, without the priors' normalising constants.
    func logDensity(at point: [Double]) -> Double {
        var sum = 0.0
        for cell in table.cells {
            let advantage = advantage(in: cell, at: point)
            sum += cell.firstWins * advantage - cell.count * ElementaryFunctions.logOnePlusExp(advantage)
        }
        let bias = point[table.items.count]
        for item in table.items.indices { sum -= 0.5 * abilityPrecision * point[item] * point[item] }
        return sum - 0.5 * biasPrecision * bias * bias
    }

    /// The highest point, by Newton's method from `start` or from zero; a step that would lose height is halved until it
    /// does not, which makes the climb sure to end at the mode.
    func mode(startingAt start: [Double]? = nil) -> [Double] {
        var point = start ?? Array(repeating: 0, count: dimension)
        var height = logDensity(at: point)
        for _ in 0..<Self.maximumSteps {
            let slope = slope(at: point)
            guard slope.largestGradient > Self.tolerance else { break }
            let tolerance = max(Slope.exact, min(Self.roughest, slope.largestGradient * Self.sharpening))
            let step = slope.newtonStep(table: table, biasShare: biasShare, tolerance: tolerance)
            guard let next = advance(from: point, height: height, along: step) else { break }
            (point, height) = next
        }
        centre(&point)
        return point
    }

    /// Curvature of minus the log posterior: a row for each item, and the last one for the bias.
    func curvature(at point: [Double]) -> SymmetricMatrix {
        let bias = table.items.count
        var matrix = SymmetricMatrix(size: dimension)
        for item in table.items.indices { matrix[item, item] = abilityPrecision }
        matrix[bias, bias] = biasPrecision
        for cell in table.cells {
            let weight = weight(of: cell, at: point)
            matrix[cell.first, cell.first] += weight
            matrix[cell.second, cell.second] += weight
            matrix[cell.first, cell.second] -= weight
            matrix[cell.second, cell.first] -= weight
            let shared = weight * biasShare
            matrix[bias, bias] += shared
            matrix[cell.first, bias] += shared
            matrix[bias, cell.first] += shared
            matrix[cell.second, bias] -= shared
            matrix[bias, cell.second] -= shared
        }
        return matrix
    }

    private func advance(from point: [Double], height: Double, along step: [Double]) -> (point: [Double], height: Double)? {
        var fraction = 1.0
        for _ in 0..<Self.maximumHalvings {
            let next = point.indices.map { point[$0] + fraction * step[$0] }
            let nextHeight = logDensity(at: next)
            // Near the top the height is flat to rounding; a step that loses no more than that is good.
            if nextHeight >= height - 1e-13 * (1 + height.magnitude) { return (next, nextHeight) }
            fraction *= 0.5
        }
        return nil
    }

    private func slope(at point: [Double]) -> Slope {
        var slope = Slope(dimension: dimension, cellCount: table.cells.count)
        let bias = table.items.count
        for item in table.items.indices {
            slope.gradient[item] = -abilityPrecision * point[item]
            slope.precision[item] = abilityPrecision
        }
        slope.gradient[bias] = -biasPrecision * point[bias]
        slope.precision[bias] = biasPrecision
        slope.diagonal = slope.precision
        for (index, cell) in table.cells.enumerated() {
            let probability = ElementaryFunctions.logistic(advantage(in: cell, at: point))
            let residual = cell.firstWins - cell.count * probability
            let weight = cell.count * probability * (1 - probability)
            slope.weights[index] = weight
            slope.gradient[cell.first] += residual
            slope.gradient[cell.second] -= residual
            slope.gradient[bias] += residual * biasShare
            slope.diagonal[cell.first] += weight
            slope.diagonal[cell.second] += weight
            slope.diagonal[bias] += weight * biasShare
        }
        return slope
    }

    private func weight(of cell: ComparisonTable.Cell, at point: [Double]) -> Double {
        let probability = ElementaryFunctions.logistic(advantage(in: cell, at: point))
        return cell.count * probability * (1 - probability)
    }

    /// Removes what rounding has left of the sum of the abilities.
    private func centre(_ point: inout [Double]) {
        let count = table.items.count
        guard count > 0 else { return }
        let mean = point[..<count].reduce(0, +) / Double(count)
        for item in 0..<count { point[item] -= mean }
    }
}
