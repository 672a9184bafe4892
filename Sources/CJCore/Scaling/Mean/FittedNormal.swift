/// Normal distributions that together stand for a posterior: one where the spread of the abilities is known, and otherwise one for each of
/// several spreads, with the probability of that spread.
struct FittedNormal {
    /// One of them.
    struct Part {
        let share: Double
        /// Logarithm of its spread.
        let logDeviation: Double
        /// Laid out as the posterior's points are.
        let mean: [Double]
        /// What is not known of everything that the posterior is about.
        let covariance: SparseInverse
        /// Nothing where the distribution is about the mode.
        fileprivate let normal: MatchedNormal?

        fileprivate init(_ mode: PosteriorFit) {
            (share, normal) = (1, nil)
            (logDeviation, mean, covariance) = (mode.posterior.logDeviation, mode.mode, mode.inverse)
        }

        fileprivate init(_ normal: MatchedNormal, share: Double) {
            (self.share, self.normal) = (share, normal)
            (logDeviation, mean, covariance) = (normal.posterior.logDeviation, normal.mean, normal.covariance)
        }

        /// What the distribution leaves out of the errors of the abilities, found anew each time.
        var skews: [PairSkew] { normal?.skews ?? [] }
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
        parts = [Part(mode)]
        centre = mode.mode
        abilityDeviation = posterior.settings.abilityDeviation
    }

    init(_ normal: MatchedNormal) {
        posterior = normal.posterior
        parts = [Part(normal, share: 1)]
        centre = normal.mean
        abilityDeviation = posterior.settings.abilityDeviation
    }

    /// - Parameter shares: they sum to one.
    init(_ normals: [MatchedNormal], shares: [Double]) {
        let parts = zip(normals, shares).map { Part($0, share: $1) }
        self.parts = parts
        posterior = normals[Self.likeliest(parts)].posterior
        centre = parts[0].mean.indices.map { place in parts.reduce(0) { $0 + $1.share * $1.mean[place] } }
        abilityDeviation = ElementaryFunctions.exp(parts.reduce(0) { $0 + $1.share * $1.logDeviation })
    }

    /// Whether it has the moments of the posterior, instead of standing about its mode.
    var isAboutMean: Bool { parts[0].normal != nil }

    /// Place of the likeliest spread.
    static func likeliest(_ parts: [Part]) -> Int { parts.indices.max { parts[$0].share < parts[$1].share } ?? 0 }

    /// Standard deviation of a part of a point.
    func error(at place: Int) -> Double {
        let variance = parts.reduce(0) { sum, part in
            let distance = part.mean[place] - centre[place]
            return sum + part.share * (max(0, part.covariance.diagonal(place)) + distance * distance)
        }
        return variance.squareRoot()
    }
}
