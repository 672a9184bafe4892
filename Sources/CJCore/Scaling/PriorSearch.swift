/// Finds the spread of the abilities that makes the judgements most probable.
///
/// The logarithm of the marginal likelihood is taken in Laplace's approximation at the mode,
/// ℓ(θ̂, β̂) − Σθ̂²/2σ² − n ln σ − ½ ln |H|, plus the logarithm of a log-normal prior on σ. σ is looked for on a grid that is
/// even in ln σ, so that the answer does not depend on where the search began.
struct PriorSearch {
    /// Grid points per unit of ln σ: a step is 3 %.
    private static let resolution = 32.0
    /// Index of the smallest and the largest σ: 0.05 and 20 logits.
    private static let range = -96...96
    /// First stride of a search that knows nothing, and of one that has an earlier answer.
    private static let strides = (cold: 16, warm: 2)

    let table: ComparisonTable
    let biasDeviation: Double?
    /// Median of the prior on σ, and its spread in ln σ.
    let prior: (median: Double, logDeviation: Double)
    private var heights: [Int: Double] = [:]
    private var lastMode: [Double]?

    /// Prepares a search.
    init(table: ComparisonTable, biasDeviation: Double?, prior: (median: Double, logDeviation: Double)) {
        self.table = table
        self.biasDeviation = biasDeviation
        self.prior = prior
    }

    /// The most probable σ, in logits; `start` is an earlier answer near which to look first.
    mutating func mostProbableDeviation(startingAt start: Double?) -> Double {
        var best = Self.clamped(Int((ElementaryFunctions.log(start ?? prior.median) * Self.resolution).rounded()))
        var stride = start == nil ? Self.strides.cold : Self.strides.warm
        while stride > 0 {
            // Each move goes uphill on a finite grid, so there are at most as many as grid points.
            let better = [best - stride, best + stride].map(Self.clamped).max { height(at: $0) < height(at: $1) } ?? best
            if height(at: better) > height(at: best) {
                best = better
            } else {
                stride /= 2
            }
        }
        return Self.deviation(at: best)
    }

    private mutating func height(at index: Int) -> Double {
        if let known = heights[index] { return known }
        let deviation = Self.deviation(at: index)
        let posterior = Posterior(table: table, abilityDeviation: deviation, biasDeviation: biasDeviation)
        let mode = posterior.mode(startingAt: lastMode)
        lastMode = mode
        var height = -Double.infinity
        // The curvature is positive definite by construction; should rounding say otherwise, this σ is out of the question.
        if let factor = posterior.curvature(at: mode).choleskyFactor() {
            let logDeviation = ElementaryFunctions.log(deviation)
            let distance = (logDeviation - ElementaryFunctions.log(prior.median)) / prior.logDeviation
            height = posterior.logDensity(at: mode) - Double(table.items.count) * logDeviation - 0.5 * factor.logDeterminant
            height -= 0.5 * distance * distance
        }
        heights[index] = height
        return height
    }

    private static func deviation(at index: Int) -> Double {
        ElementaryFunctions.exp(Double(index) / resolution)
    }

    private static func clamped(_ index: Int) -> Int {
        min(max(index, range.lowerBound), range.upperBound)
    }
}
