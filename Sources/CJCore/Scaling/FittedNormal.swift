/// Normal distributions that together stand for a posterior: one where the spread of the abilities is known, and otherwise one for each of
/// several spreads, with the probability of that spread.
struct FittedNormal {
    /// One of them.
    struct Part {
        let share: Double
        /// Laid out as the posterior's points are.
        let mean: [Double]
        /// What is not known of everything that the posterior is about.
        let covariance: SparseInverse
    }

    /// With one of the spreads.
    let posterior: Posterior
    let parts: [Part]
    /// Laid out as the posterior's points are.
    let centre: [Double]
    /// σ: standard deviation of the prior on the abilities, in logits; of several the mean, in the logarithm.
    let abilityDeviation: Double

    init(_ mode: PosteriorFit) {
        posterior = mode.posterior
        parts = [Part(share: 1, mean: mode.mode, covariance: mode.inverse)]
        centre = mode.mode
        abilityDeviation = posterior.settings.abilityDeviation
    }

    init(_ normal: MatchedNormal) {
        posterior = normal.posterior
        parts = [Part(share: 1, mean: normal.mean, covariance: normal.covariance)]
        centre = normal.mean
        abilityDeviation = posterior.settings.abilityDeviation
    }

    /// - Parameter shares: they sum to one.
    init(_ normals: [MatchedNormal], shares: [Double]) {
        let middle = normals[normals.count / 2]
        posterior = middle.posterior
        let parts = zip(normals, shares).map { Part(share: $1, mean: $0.mean, covariance: $0.covariance) }
        self.parts = parts
        centre = middle.mean.indices.map { place in parts.reduce(0) { $0 + $1.share * $1.mean[place] } }
        let logs = normals.map { ElementaryFunctions.log($0.posterior.settings.abilityDeviation) }
        abilityDeviation = ElementaryFunctions.exp(zip(logs, shares).reduce(0) { $0 + $1.0 * $1.1 })
    }

    /// Standard deviation of a part of a point.
    func error(at place: Int) -> Double {
        let variance = parts.reduce(0) { sum, part in
            let distance = part.mean[place] - centre[place]
            return sum + part.share * (max(0, part.covariance.diagonal(place)) + distance * distance)
        }
        return variance.squareRoot()
    }
}
