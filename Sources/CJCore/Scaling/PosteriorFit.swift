/// A posterior and a normal distribution that stands for it.
struct PosteriorFit {
    let posterior: Posterior
    /// The highest point.
    let mode: [Double]
    /// At the mode.
    let slope: Slope
    /// Of the curvature at the mode.
    let inverse: SparseInverse
    /// What stands for the posterior in the mode's place, where that was asked for.
    private(set) var closest: ClosestNormal?
    /// Standard deviation of ln σ under its own posterior; zero where σ is known, or taken to be.
    var logDeviationError = 0.0

    /// Finds the mode from the start, so that the same posterior always has the same, and inverts the curvature.
    ///
    /// - Parameter centre: what is to stand for the posterior.
    init(
        _ posterior: Posterior, mode: [Double]? = nil, order: EliminationOrder? = nil, centre: ScaleEstimator.Centre = .mode
    ) {
        let mode = mode ?? posterior.mode()
        let slope = posterior.slope(at: mode)
        let order = order ?? EliminationOrder(posterior.pattern.matrix)
        guard let inverse = SparseInverse(slope.curvature, order: order) else {
            preconditionFailure("the curvature of a posterior with a proper prior is positive definite")
        }
        self.posterior = posterior
        self.mode = mode
        self.slope = slope
        self.inverse = inverse
        if centre == .mean { closest = ClosestNormal(startingAt: self, order: order) }
    }

    /// Where the normal distribution has its centre.
    var centre: [Double] { closest?.mean ?? mode }

    /// Its covariance: what is not known of everything that the posterior is about.
    var covariance: SparseInverse { closest?.covariance ?? inverse }

    /// How far each ability moves with one standard deviation of what is not known of ln σ.
    var spreadShifts: [Double] {
        let count = posterior.layout.itemCount
        guard let closest else { return Array(repeating: 0, count: count) }
        return closest.shift(precision: posterior.precision, itemCount: count).map { $0 * logDeviationError }
    }
}
