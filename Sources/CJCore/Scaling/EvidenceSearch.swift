/// Finds the spread of the abilities that has the greatest evidence, as the normal distribution closest to each posterior gives it.
///
/// ln σ is looked for on the grid of ``PriorSearch`` and with a log-normal prior on σ as there. Laplace's approximation costs a fraction,
/// and its answer is not far away, so the search begins there and goes uphill.
struct EvidenceSearch {
    private let prior: (median: Double, logDeviation: Double)
    private var laplace: PriorSearch
    private var heights: [Int: Double] = [:]
    /// Of all points looked at.
    private var highest: (index: Int, fit: PosteriorFit)?

    /// How many steps a parabola may lead ahead.
    private static let longestLeap = 8.0

    /// Prepares a search; `settings` says all but the deviation that is looked for.
    init(table: ComparisonTable, settings: Posterior.Settings, prior: (median: Double, logDeviation: Double)) {
        self.prior = prior
        laplace = PriorSearch(table: table, settings: settings, prior: prior)
    }

    /// The posterior with the most probable σ, and how well that is known; `start` is an earlier answer near which to look first.
    mutating func mostProbable(startingAt start: Double?) -> PosteriorFit {
        let first = start ?? laplace.mostProbable(startingAt: nil).posterior.settings.abilityDeviation
        var top = PriorSearch.index(of: first)
        // Each move goes uphill on a finite grid, so there are at most as many as grid points.
        while true {
            let (lower, upper) = (PriorSearch.clamped(top - 1), PriorSearch.clamped(top + 1))
            let neighbour = height(at: upper) > height(at: lower) ? upper : lower
            guard height(at: neighbour) > height(at: top) else { break }
            let farther = vertex(near: top)
            top = height(at: farther) > height(at: neighbour) ? farther : neighbour
        }
        let logError = logError(at: top)
        var fit = highest.flatMap { $0.index == top ? $0.fit : nil } ?? laplace.fit(at: top, centre: .mean)
        fit.logDeviationError = logError
        return fit
    }

    /// Standard deviation of the posterior of ln σ, by the curvature of its logarithm at the highest point.
    private mutating func logError(at top: Int) -> Double {
        let bend = height(at: PriorSearch.clamped(top - 1)) - 2 * height(at: top) + height(at: PriorSearch.clamped(top + 1))
        guard bend < 0, bend > -.infinity else { return prior.logDeviation }
        return min(prior.logDeviation, 1 / (PriorSearch.resolution * (-bend).squareRoot()))
    }

    /// Where the parabola through a point and its neighbours has its top.
    private mutating func vertex(near index: Int) -> Int {
        let (lower, upper) = (height(at: PriorSearch.clamped(index - 1)), height(at: PriorSearch.clamped(index + 1)))
        let bend = lower - 2 * height(at: index) + upper
        guard bend < 0, bend > -.infinity else { return index }
        let steps = min(max(0.5 * (lower - upper) / bend, -Self.longestLeap), Self.longestLeap)
        return PriorSearch.clamped(index + Int(steps.rounded()))
    }

    private mutating func height(at index: Int) -> Double {
        if let known = heights[index] { return known }
        let fit = laplace.fit(at: index, centre: .mean)
        var height = -Double.infinity
        // The curvature is positive definite by construction; should rounding say otherwise, this σ is out of the question.
        if let evidence = fit.closest?.evidence {
            let logDeviation = ElementaryFunctions.log(fit.posterior.settings.abilityDeviation)
            let distance = (logDeviation - ElementaryFunctions.log(prior.median)) / prior.logDeviation
            height = evidence - Double(fit.posterior.layout.itemCount) * logDeviation - 0.5 * distance * distance
        }
        heights[index] = height
        if highest.map({ height > (heights[$0.index] ?? -.infinity) }) ?? true { highest = (index, fit) }
        return height
    }
}
