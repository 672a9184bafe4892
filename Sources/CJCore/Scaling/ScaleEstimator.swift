/// Turns judgements into a scale, by the most probable abilities under the Bradley–Terry model with Gaussian priors.
///
/// Every estimate is finite, for perfect records, items that never won, groups that never met and no judgements at all; what
/// the judgements do not say shows in the standard errors. The result is the same to the bit on every machine, in whatever
/// order items and judgements are given.
public struct ScaleEstimator: Sendable {
    /// How the prior on the abilities is chosen.
    public enum Prior: Sendable, Hashable {
        /// Standard deviation by maximal marginal likelihood, with a log-normal prior of median 2.2 logits and, in the logarithm, 0.7
        /// about the mode and 1 about the mean. Judgements by people have been found to spread items by 0.5 to 2.3 logits, those by
        /// language models by up to 6.
        case marginalLikelihood
        /// A standard deviation in logits, above zero. A large one gives maximum likelihood where that exists.
        case fixed(standardDeviation: Double)
    }

    /// What an estimator is told.
    public struct Settings: Sendable, Hashable {
        public var prior: Prior
        /// Standard deviation in logits of the prior on the position bias; nothing holds the bias at zero.
        public var positionBiasDeviation: Double?
        /// What a tie is taken for. With margins, ties are always an interval of perceived differences.
        public var ties: Ties = .davidson
        /// Whether margins count; otherwise "much better" is "better".
        public var usesMargins = true
        /// What judges may differ in.
        public var judges: Judges = .alike
        /// What is taken for the abilities.
        public var centre: Centre = .mode

        /// Standard deviation of position biases among judges, in logits. Of language models, leanings of 0.1 to 1.5 have been found; a
        /// narrower prior would take what a judge with one of the larger says of places for something that it says of items.
        public static let usualPositionBiasDeviation = 1.0

        /// The defaults suit a language model as judge.
        public init(
            prior: Prior = .marginalLikelihood, positionBiasDeviation: Double? = usualPositionBiasDeviation,
            centre: Centre = .mode
        ) {
            self.prior = prior
            self.positionBiasDeviation = positionBiasDeviation
            self.centre = centre
        }
    }

    /// What a tie is taken for.
    public enum Ties: Sendable, Hashable {
        /// An answer of its own, the more probable the closer two items are (Davidson 1970).
        case davidson
        /// Half a win for either.
        case halves
    }

    /// What is taken for the abilities, where a posterior is not symmetric.
    public enum Centre: Sendable, Hashable {
        /// Where the posterior is highest, with errors from its curvature there: quick, and comparable with other programs.
        case mode
        /// The mean of the posterior, with its errors, over all spreads that the judgements leave probable. With few judgements for each item
        /// these are the truer errors; it takes several times as long.
        case mean
    }

    /// What judges may differ in.
    public enum Judges: Sendable, Hashable {
        /// In nothing.
        case alike
        /// Each has its own position bias and its own discrimination κ, with ln κ ~ N(0, 0.5²).
        case different
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
    ///   - previous: The prior's standard deviation of an earlier scale of much the same judgements, near which to look first for the mode. It
    ///     saves time and does not change the result, as long as there is one most probable spread in sight of both; the abilities
    ///     are always found from zero. The mean is over all spreads, and always found in the same way.
    /// - Returns: The scale, in the gauge in which abilities sum to zero.
    public func estimate(items: [Item.ID], judgements: [Judgement], startingAt previous: Double? = nil) -> Scale {
        estimate(NamedJudgements(items: items, judgements: judgements), startingAt: previous)
    }

    /// Fits a scale to judgements by name.
    public func estimate(_ judgements: NamedJudgements, startingAt previous: Double? = nil) -> Scale {
        Scale(named: judgements, fit: fit(judgements.judgements, startingAt: previous))
    }

    /// The abilities alone, in logits and in ascending order of the items' names, the same to the bit as those of ``estimate``.
    public func abilities(items: [Item.ID], judgements: [Judgement]) -> [Double] {
        abilities(NamedJudgements(items: items, judgements: judgements).judgements).abilities
    }

    /// The abilities in logits, in the order of the items' numbers, and the position bias of the first judge.
    ///
    /// Where the prior is fixed and the mode is asked for, time is in proportion to the number of judged pairs.
    public func abilities(_ judgements: IndexedJudgements) -> (abilities: [Double], positionBias: Double) {
        let posterior: Posterior
        let centre: [Double]
        if case .fixed(let deviation) = settings.prior, settings.judges == .alike, settings.centre == .mode {
            let (table, own) = reading(judgements, deviation: deviation)
            posterior = Posterior(table: table, settings: own)
            centre = posterior.mode()
        } else {
            let fit = fit(judgements, startingAt: nil)
            (posterior, centre) = (fit.posterior, fit.centre)
        }
        return (Array(centre[..<posterior.layout.itemCount]), centre[posterior.layout.bias(of: 0)])
    }

    /// The fit that a scale is read off.
    func fit(_ judgements: IndexedJudgements, startingAt previous: Double?) -> FittedNormal {
        let (table, own) = reading(judgements, deviation: 1)
        let alike = fit(table, own, startingAt: previous)
        guard settings.judges == .different, table.judgeCount > 1 else { return alike }
        var search = JudgeScaleSearch(table: table, settings: alike.posterior.settings)
        let (posterior, mode) = search.fit { settings in
            fit(table, settings, startingAt: settings.abilityDeviation).abilityDeviation
        }
        return settings.centre == .mode
            ? FittedNormal(PosteriorFit(posterior, mode: mode))
            : fit(table, posterior.settings, startingAt: posterior.settings.abilityDeviation)
    }

    /// The judgements as the settings read them.
    private func reading(_ judgements: IndexedJudgements, deviation: Double) -> (ComparisonTable, Posterior.Settings) {
        let table = ComparisonTable(
            judgements, reading: .init(ignoresMargins: !settings.usesMargins, halvesTies: settings.ties == .halves))
        let own = Posterior.Settings(
            model: table.customaryModel, abilityDeviation: deviation,
            biasDeviation: settings.positionBiasDeviation, biasByJudge: settings.judges == .different)
        return (table, own)
    }

    /// The fit with the prior's deviation that the settings ask for.
    private func fit(_ table: ComparisonTable, _ own: Posterior.Settings, startingAt previous: Double?) -> FittedNormal {
        switch (settings.prior, settings.centre) {
        case (.fixed(let standardDeviation), let centre):
            var own = own
            own.abilityDeviation = standardDeviation
            let posterior = Posterior(table: table, settings: own)
            let order = EliminationOrder(posterior.pattern.matrix)
            let mode = PosteriorFit(posterior, order: order)
            return centre == .mode ? FittedNormal(mode) : FittedNormal(MatchedNormal(mode, order: order))
        case (.marginalLikelihood, .mode):
            var search = PriorSearch(table: table, settings: own, prior: (median: 2.2, logDeviation: 0.7))
            return FittedNormal(search.mostProbable(startingAt: previous))
        case (.marginalLikelihood, .mean):
            // A wider prior is affordable: the evidence does not fall off at spreads that few judgements cannot tell apart.
            return SpreadMixture(table: table, settings: own, prior: (median: 2.2, logDeviation: 1)).fit()
        }
    }
}
