/// Finds the spread of the abilities that makes the judgements most probable.
///
/// The logarithm of the marginal likelihood is taken in Laplace's approximation at the mode,
/// ℓ(θ̂, β̂) − Σθ̂²/2σ² − n ln σ − ½ ln |A| with A the curvature, plus the logarithm of a log-normal prior on σ. By s = ln σ it has the
/// derivative
///
///     Σθ̂²/σ² − n + tr X/σ² − ½ tr(X A′) − (s − m)/d²,     X = A⁻¹,
///
/// with tr X over the items, and A′ the derivative of A along the mode's own, which is X·2θ̂/σ² by the implicit function theorem. σ is
/// where that changes its sign, looked for on a grid that is even in ln σ, so that the answer does not depend on where the search
/// began. With many items, X is first estimated from the neighbourhood of each, which is cheap and seldom misses the place by a step.
struct PriorSearch {
    /// Grid points per unit of ln σ: a step is 3 %.
    static let resolution = 32.0
    /// Index of the smallest and the largest σ: 0.05 and 20 logits.
    private static let range = -96...96
    /// How many steps the search goes at once, at most.
    private static let longestLeap = 48.0
    /// Part of a step by which the zero may be off for a point to be taken without a look at its neighbour.
    private static let sureShare = 0.25
    /// Items from which X is estimated first.
    private static let estimatedFrom = 150
    /// Length of the step along which the curvature is differentiated, as the largest change of a part of the point.
    private static let difference = 1e-6

    let table: ComparisonTable
    /// All but the deviation that is looked for.
    let settings: Posterior.Settings
    /// Median of the prior on σ, and its spread in ln σ.
    let prior: (median: Double, logDeviation: Double)
    private var fits: [Int: PosteriorFit] = [:]
    private var lastMode: [Double]?
    private var order: EliminationOrder?
    /// Whose pattern all others take over.
    private let template: Posterior

    /// Prepares a search.
    init(table: ComparisonTable, settings: Posterior.Settings, prior: (median: Double, logDeviation: Double)) {
        self.table = table
        self.settings = settings
        self.prior = prior
        template = Posterior(table: table, settings: settings)
    }

    /// The posterior with the most probable σ; `start` is an earlier answer near which to look first.
    mutating func mostProbable(startingAt start: Double?) -> PosteriorFit {
        var index = Self.index(of: start ?? prior.median)
        if start == nil, table.itemCount >= Self.estimatedFrom {
            index = Self.zero(startingAt: index) { estimatedDerivatives(at: $0) }
        }
        index = Self.zero(startingAt: index) { exactDerivatives(at: $0) }
        return fits[index] ?? fit(at: index)
    }

    /// The grid point nearest to where the slope changes its sign.
    ///
    /// - Parameter derivatives: first and second derivative of the height by ln σ; the second may leave out what is dear to find.
    private static func zero(startingAt start: Int, derivatives: (Int) -> (slope: Double, bend: Double)) -> Int {
        var index = start
        // The nearest points so far below and above the zero.
        var lower: (index: Int, slope: Double)?
        var upper: (index: Int, slope: Double)?
        while true {
            let here = derivatives(index)
            if here.slope > 0 { lower = (index, here.slope) } else { upper = (index, here.slope) }
            if let lower, let upper, upper.index == lower.index + 1 {
                return lower.slope < -upper.slope ? lower.index : upper.index
            }
            let bend = here.bend < 0 ? here.bend : -here.slope.magnitude
            let steps = bend == 0 ? 0 : -here.slope / bend * Self.resolution
            guard steps.magnitude > Self.sureShare else { return index }
            var next = index + Int(min(max(steps, -Self.longestLeap), Self.longestLeap).rounded())
            if next == index { next += here.slope > 0 ? 1 : -1 }
            next = min(
                max(next, (lower?.index ?? Self.range.lowerBound - 1) + 1), (upper?.index ?? Self.range.upperBound + 1) - 1)
            // At an end of the range there may be no zero; otherwise the bracket shrinks with every point.
            guard next != index, Self.range.contains(next) else { return index }
            index = next
        }
    }

    private mutating func exactDerivatives(at index: Int) -> (slope: Double, bend: Double) {
        let fit = fit(at: index)
        fits = fits.filter { abs($0.key - index) == 1 }
        fits[index] = fit
        return derivatives(fit.posterior, mode: fit.mode, slope: fit.slope, inverse: fit.inverse)
    }

    /// ln σ of a grid point near the most probable one, without a look at the whole of X.
    mutating func approximateLogDeviation() -> Double {
        Double(Self.zero(startingAt: Self.index(of: prior.median)) { estimatedDerivatives(at: $0) }) / Self.resolution
    }

    /// The posterior with the σ of a grid point.
    private mutating func fit(at index: Int) -> PosteriorFit {
        let posterior = posterior(at: index)
        let known = order ?? EliminationOrder(posterior.pattern.matrix)
        order = known
        return PosteriorFit(posterior, order: known)
    }

    private mutating func estimatedDerivatives(at index: Int) -> (slope: Double, bend: Double) {
        let posterior = posterior(at: index)
        let mode = posterior.mode(startingAt: lastMode)
        lastMode = mode
        let slope = posterior.slope(at: mode)
        return derivatives(posterior, mode: mode, slope: slope, inverse: EstimatedInverse(slope.curvature), isEstimated: true)
    }

    private func posterior(at index: Int) -> Posterior {
        var settings = settings
        settings.abilityDeviation = ElementaryFunctions.exp(Double(index) / Self.resolution)
        return Posterior(table: table, settings: settings, sharing: template)
    }

    private func derivatives(
        _ posterior: Posterior, mode: [Double], slope: Slope, inverse: some InverseEntries, isEstimated: Bool = false
    ) -> (slope: Double, bend: Double) {
        let items = 0..<posterior.layout.itemCount
        let variance = posterior.settings.abilityDeviation * posterior.settings.abilityDeviation
        let squares = items.reduce(0) { $0 + mode[$1] * mode[$1] }
        let pull = mode.indices.map { items.contains($0) ? 2 * mode[$0] / variance : 0 }
        let move = slope.curvature.solve(pull, tolerance: Slope.exact)
        var diagonal = items.reduce(0) { $0 + inverse.diagonal($1) }
        let own = inverse.squares(leading: items.count)
        // An estimate does not see that all items can move together, by the prior's deviation.
        if isEstimated { diagonal += variance - diagonal / Double(items.count) }
        let distance = ElementaryFunctions.log(posterior.settings.abilityDeviation) - ElementaryFunctions.log(prior.median)
        let precision = 1 / (prior.logDeviation * prior.logDeviation)
        let change = curvatureChange(posterior, mode: mode, slope: slope, move: move, inverse: inverse)
        let bend = SparseSymmetricMatrix.product(pull, move) - 2 * squares / variance - 2 * diagonal / variance
        return (
            slope: squares / variance - Double(items.count) + diagonal / variance - 0.5 * change - precision * distance,
            bend: bend + 2 * own / (variance * variance) - precision
        )
    }

    /// tr(X A′).
    private func curvatureChange(
        _ posterior: Posterior, mode: [Double], slope: Slope, move: [Double], inverse: some InverseEntries
    ) -> Double {
        let length = move.reduce(0) { max($0, $1.magnitude) }
        guard length > 0 else { return 0 }
        let share = Self.difference / length
        let moved = posterior.slope(at: mode.indices.map { mode[$0] + share * move[$0] }).curvature
        let pattern = posterior.pattern.matrix
        var sum = 0.0
        for row in 0..<pattern.size {
            sum += inverse.diagonal(row) * (moved.diagonal[row] - slope.curvature.diagonal[row])
            for place in Int(pattern.starts[row])..<Int(pattern.starts[row + 1]) {
                let difference = moved.entries[place] - slope.curvature.entries[place]
                if difference != 0 { sum += 2 * inverse.entry(row, Int(pattern.columns[place]), at: place) * difference }
            }
        }
        return sum / share
    }

    /// The grid point nearest to a deviation.
    static func index(of deviation: Double) -> Int {
        clamped(Int((ElementaryFunctions.log(deviation) * resolution).rounded()))
    }

    /// The grid point nearest to an index.
    static func clamped(_ index: Int) -> Int {
        min(max(index, range.lowerBound), range.upperBound)
    }
}
