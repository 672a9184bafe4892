/// Turns judgements into a scale, by the most probable abilities under the Bradley–Terry model with Gaussian priors.
///
/// Every estimate is finite, for perfect records, items that never won, groups that never met and no judgements at all; what
/// the judgements do not say shows in the standard errors. The result is the same to the bit on every machine, in whatever
/// order items and judgements are given.
public struct ScaleEstimator: Sendable {
    /// How the prior on the abilities is chosen.
    public enum Prior: Sendable, Hashable {
        /// Standard deviation by maximal marginal likelihood, with a log-normal prior of median 2.2 logits and 0.7 in the
        /// logarithm. Judgements by people have been found to spread items by 0.5 to 2.3 logits, those by language models by up
        /// to 6.
        case marginalLikelihood
        /// A standard deviation in logits, above zero. A large one gives maximum likelihood where that exists.
        case fixed(standardDeviation: Double)
    }

    /// What an estimator is told.
    public struct Settings: Sendable, Hashable {
        public var prior: Prior
        /// Standard deviation in logits of the prior on the position bias; nothing holds the bias at zero.
        public var positionBiasDeviation: Double?

        /// The defaults suit a language model as judge.
        public init(prior: Prior = .marginalLikelihood, positionBiasDeviation: Double? = 0.3) {
            self.prior = prior
            self.positionBiasDeviation = positionBiasDeviation
        }
    }

    public let settings: Settings

    /// Makes an estimator; deviations in the settings must be above zero and finite.
    public init(settings: Settings = Settings()) {
        if case .fixed(let deviation) = settings.prior {
            precondition(deviation > 0 && deviation < .infinity, "a prior needs a positive standard deviation, not \(deviation)")
        }
        if let deviation = settings.positionBiasDeviation {
            precondition(deviation > 0 && deviation < .infinity, "a prior needs a positive standard deviation, not \(deviation)")
        }
        self.settings = settings
    }

    /// Fits a scale to judgements.
    ///
    /// Time is in proportion to the cube of the number of items, for the standard errors; 60 items take about a millisecond, 1,000 a few
    /// hundred.
    /// - Parameters:
    ///   - items: What is to be on the scale; repetitions count once.
    ///   - judgements: In any order. Those of items that are not among `items` are left out.
    ///   - previous: The prior's standard deviation of an earlier scale of much the same judgements, near which to look first. It
    ///     saves time and does not change the result, as long as there is one most probable spread in sight of both; the abilities
    ///     are always found from zero.
    /// - Returns: The scale, in the gauge in which abilities sum to zero.
    public func estimate(items: [Item.ID], judgements: [Judgement], startingAt previous: Double? = nil) -> Scale {
        let table = ComparisonTable(items: items, judgements: judgements)
        let deviation = priorDeviation(table, startingAt: previous)
        let posterior = Posterior(
            table: table, abilityDeviation: deviation, biasDeviation: settings.positionBiasDeviation)
        return Scale(posterior: posterior, mode: posterior.mode(), priorStandardDeviation: deviation)
    }

    /// The abilities alone, in logits and in ascending order of the items' names, the same to the bit as those of ``estimate``.
    ///
    /// Where the prior is fixed, time is in proportion to the number of judged pairs.
    public func abilities(items: [Item.ID], judgements: [Judgement]) -> [Double] {
        let table = ComparisonTable(items: items, judgements: judgements)
        let posterior = Posterior(
            table: table, abilityDeviation: priorDeviation(table, startingAt: nil),
            biasDeviation: settings.positionBiasDeviation)
        return Array(posterior.mode().dropLast())
    }

    private func priorDeviation(_ table: ComparisonTable, startingAt previous: Double?) -> Double {
        switch settings.prior {
        case .fixed(let standardDeviation):
            return standardDeviation
        case .marginalLikelihood:
            var search = PriorSearch(
                table: table, biasDeviation: settings.positionBiasDeviation, prior: (median: 2.2, logDeviation: 0.7))
            return search.mostProbableDeviation(startingAt: previous)
        }
    }
}
