/// A posterior and a normal distribution that stands for it.
struct PosteriorFit {
    let posterior: Posterior
    /// The highest point.
    let mode: [Double]
    /// At the mode.
    let slope: Slope
    /// Of the curvature at the mode.
    let inverse: SparseInverse

    /// Finds the mode from the start, so that the same posterior always has the same, and inverts the curvature.
    init(_ posterior: Posterior, mode: [Double]? = nil, order: EliminationOrder? = nil) {
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
    }
}
