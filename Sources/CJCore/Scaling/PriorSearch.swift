/// Finds the spread of the abilities that makes the judgements most probable.
///
/// The logarithm of the marginal likelihood is taken in Laplace's approximation at the mode,
/// ℓ(θ̂, β̂) − Σθ̂²/2σ² − n ln σ − ½ ln |H|, or from the normal distribution closest to the posterior (``ClosestNormal``), plus the
/// logarithm of a log-normal prior on σ. σ is looked for on a grid that is
/// even in ln σ, so that the answer does not depend on where the search began.
struct PriorSearch {
    /// Grid points per unit of ln σ: a step is 3 %.
    private static let resolution = 32.0
    /// Index of the smallest and the largest σ: 0.05 and 20 logits.
    private static let range = -96...96
    /// Stride of a search that knows nothing, and how many strides it looks ahead by a parabola.
    private static let firstStride = 16
    private static let longestLeap = 8.0

    let table: ComparisonTable
    /// All but the deviation that is looked for.
    let settings: Posterior.Settings
    /// Median of the prior on σ, and its spread in ln σ.
    let prior: (median: Double, logDeviation: Double)
    private var heights: [Int: Double] = [:]
    private var lastMode: [Double]?

    /// Prepares a search.
    init(table: ComparisonTable, settings: Posterior.Settings, prior: (median: Double, logDeviation: Double)) {
        self.table = table
        self.settings = settings
        self.prior = prior
    }

    /// The most probable σ, in logits; `start` is an earlier answer near which to look first.
    mutating func mostProbableDeviation(startingAt start: Double?) -> Double {
        if start == nil, settings.isAveraged {
            // Laplace's approximation costs a fraction, and its answer is not far away.
            var settings = settings
            settings.isAveraged = false
            var rough = PriorSearch(table: table, settings: settings, prior: prior)
            return mostProbableDeviation(startingAt: rough.mostProbableDeviation(startingAt: nil))
        }
        var best = Self.clamped(Int((ElementaryFunctions.log(start ?? prior.median) * Self.resolution).rounded()))
        if start == nil { best = top(near: climb(from: best, stride: Self.firstStride), stride: Self.firstStride) }
        // Each move goes uphill on a finite grid, so there are at most as many as grid points.
        while true {
            let neighbour = higherNeighbour(of: best, stride: 1)
            guard height(at: neighbour) > height(at: best) else { return Self.deviation(at: best) }
            let farther = top(near: best, stride: 1)
            best = height(at: farther) > height(at: neighbour) ? farther : neighbour
        }
    }

    /// Standard deviation of the posterior of ln σ at its highest point, by the curvature there.
    mutating func logError(at deviation: Double) -> Double {
        let best = Self.clamped(Int((ElementaryFunctions.log(deviation) * Self.resolution).rounded()))
        let bend = height(at: best - 1) - 2 * height(at: best) + height(at: best + 1)
        guard bend < 0 else { return prior.logDeviation }
        return min(prior.logDeviation, 1 / (Self.resolution * (-bend).squareRoot()))
    }

    /// Goes uphill in strides until no further stride leads higher.
    private mutating func climb(from start: Int, stride: Int) -> Int {
        var best = start
        while true {
            let next = higherNeighbour(of: best, stride: stride)
            guard height(at: next) > height(at: best) else { return best }
            best = next
        }
    }

    private mutating func higherNeighbour(of index: Int, stride: Int) -> Int {
        let (lower, upper) = (Self.clamped(index - stride), Self.clamped(index + stride))
        return height(at: upper) > height(at: lower) ? upper : lower
    }

    /// Where the parabola through a point and its neighbours has its top, no farther away than some strides, unless that is lower.
    private mutating func top(near index: Int, stride: Int) -> Int {
        let (lower, middle, upper) = (
            height(at: Self.clamped(index - stride)), height(at: index), height(at: Self.clamped(index + stride))
        )
        let bend = lower - 2 * middle + upper
        guard bend < 0, bend > -.infinity else { return index }
        let strides = min(max(0.5 * (lower - upper) / bend, -Self.longestLeap), Self.longestLeap)
        let top = Self.clamped(index + Int((strides * Double(stride)).rounded()))
        return height(at: top) > middle ? top : index
    }

    private mutating func height(at index: Int) -> Double {
        if let known = heights[index] { return known }
        let deviation = Self.deviation(at: index)
        var settings = settings
        settings.abilityDeviation = deviation
        let posterior = Posterior(table: table, settings: settings)
        let mode = posterior.mode(startingAt: lastMode)
        lastMode = mode
        var height = -Double.infinity
        // The curvature is positive definite by construction; should rounding say otherwise, this σ is out of the question.
        if let evidence = posterior.evidence(at: mode) {
            let logDeviation = ElementaryFunctions.log(deviation)
            let distance = (logDeviation - ElementaryFunctions.log(prior.median)) / prior.logDeviation
            height = evidence - Double(table.itemCount) * logDeviation - 0.5 * distance * distance
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
