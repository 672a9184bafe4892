import CJCore

/// What `score` has to tell: places of items, and what they are worth.
struct ScoreReport: Sendable {
    struct Item: Sendable {
        let id: String
        let estimate: ItemEstimate
    }

    struct PositionBias: Sendable {
        /// Towards the first place.
        let logits: Double
        let standardError: Double
    }

    /// How the places were found.
    enum Estimator: Sendable, Hashable {
        /// The mode of the posterior, under a prior of this standard deviation in logits.
        case posterior(priorDeviation: Double, reliability: Double, expectedKendallTau: Double)
        /// Joint maximum likelihood with corrected scores.
        case corrected(epsilon: Double)
    }

    /// As a person would name where the judgements came from: the file's path, or the standard input.
    let source: String
    /// The same without the folders.
    var sourceName: String { source.split(separator: "/").last.map(String.init) ?? source }
    /// Best first.
    let items: [Item]
    /// By name.
    let judges: [JudgeEstimate]
    let judgementCount: Int
    let componentCount: Int
    let scaleSeparationReliability: Double
    let separationRatio: Double
    /// How many levels the scale tells apart.
    let strata: Double
    /// Nothing where no halves could be compared, or that was not asked for.
    let splitHalves: SplitHalves?
    /// Nothing where there are too many pairs.
    let triads: CircularTriads?
    let estimator: Estimator
    /// Share of the judgements that were for the item shown first; nothing where it is not known who was.
    let firstShare: Double?
    /// Nothing where it is not known who was shown first, where each judge has its own, or the estimator has no such term.
    let positionBias: PositionBias?
    /// Nothing where the estimator has no such thing.
    let thresholds: Thresholds?
    /// What margins are worth; nothing where there are none, or they were not to count.
    let margins: MarginCheck?
}

extension ScoreReport {
    /// Most items for which errors are computed from the whole covariance, and that a page is made for.
    static let maximumItems = 5_000

    /// How judgements are to be read and halved.
    struct Reading: Sendable, Hashable {
        var ties = ScaleEstimator.Ties.davidson
        var judges = ScaleEstimator.Judges.alike
        var correctsPositions = true
        var usesMargins = true
        /// Standard deviation in logits of the prior on abilities; estimated where there is none.
        var prior: Double?
        var centre = ScaleEstimator.Centre.mode
        /// How often judgements are split into halves; as often as is customary where nothing is said.
        var splits: Int?
        var seed: UInt64 = 1

        /// A hundred times, and fewer where judgements are so many that it would take long and the splits differ little.
        func splits(of judgements: Int) -> Int { splits ?? max(4, min(100, 2_000_000 / max(1, judgements))) }
    }

    /// Scores judgements by the model of this program.
    static func posterior(of input: ScoreInput, reading: Reading = Reading()) throws(CommandError) -> ScoreReport {
        guard input.itemCount <= maximumItems else {
            throw CommandError(
                .tooManyItems,
                """
                \(input.itemCount) items; errors are computed for at most \(maximumItems). \
                With --epsilon any number is scored, with the simpler errors of that method.
                """)
        }
        let hasBias = input.tellsPositions && reading.correctsPositions
        var settings = ScaleEstimator.Settings(
            prior: reading.prior.map { .fixed(standardDeviation: $0) } ?? .marginalLikelihood,
            positionBiasDeviation: hasBias ? ScaleEstimator.Settings.usualPositionBiasDeviation : nil, centre: reading.centre)
        settings.ties = reading.ties
        settings.judges = reading.judges
        settings.usesMargins = reading.usesMargins
        let (estimator, margins) = ScaleEstimator(settings: settings).checkingMargins(
            of: input.judgements, tellsPositions: input.tellsPositions)
        let (scale, triads) = estimator.estimateWithTriads(input.judgements)
        let halves = estimator.splitHalves(
            input.judgements.judgements, priorStandardDeviation: scale.priorStandardDeviation,
            splits: reading.splits(of: scale.judgementCount), seed: reading.seed)
        return ScoreReport(
            source: input.source, items: ranked(scale.items.map { Item(id: $0.rawValue, estimate: scale.estimate(of: $0)) }),
            judges: scale.judges, judgementCount: scale.judgementCount, componentCount: scale.componentCount,
            scaleSeparationReliability: scale.reliability.scaleSeparationReliability,
            separationRatio: scale.reliability.separationRatio, strata: scale.reliability.strata, splitHalves: halves,
            triads: triads,
            estimator: .posterior(
                priorDeviation: scale.priorStandardDeviation, reliability: scale.reliability.posteriorReliability,
                expectedKendallTau: scale.expectedKendallTau),
            firstShare: input.firstShare,
            positionBias: hasBias && reading.judges == .alike && scale.judgeFit != nil
                ? PositionBias(logits: scale.positionBias, standardError: scale.positionBiasStandardError) : nil,
            thresholds: scale.thresholds, margins: margins)
    }

    /// Scores judgements as published studies do.
    static func corrected(of input: ScoreInput, epsilon: Double, reading: Reading = Reading()) -> ScoreReport {
        let estimator = CorrectedLikelihood(epsilon: epsilon)
        let (scale, triads) = estimator.estimateWithTriads(input.judgements)
        let halves = estimator.splitHalves(
            input.judgements.judgements, splits: reading.splits(of: scale.judgementCount), seed: reading.seed)
        return ScoreReport(
            source: input.source, items: ranked(zip(scale.items, scale.estimates).map { Item(id: $0.rawValue, estimate: $1) }),
            judges: scale.judges, judgementCount: scale.judgementCount, componentCount: scale.componentCount,
            scaleSeparationReliability: scale.scaleSeparationReliability, separationRatio: scale.separationRatio,
            strata: scale.strata, splitHalves: halves, triads: triads, estimator: .corrected(epsilon: epsilon),
            firstShare: input.firstShare, positionBias: nil, thresholds: nil, margins: nil)
    }

    private static func ranked(_ items: [Item]) -> [Item] {
        items.sorted { ($0.estimate.rank, $0.id) < ($1.estimate.rank, $1.id) }
    }
}

extension RankingReport.Margins {
    /// As an assessment's report tells it.
    init(_ check: MarginCheck) {
        self.init(
            used: check.isUsable, evidence: check.evidence, clearShare: check.clearShare, clearThreshold: check.clearThreshold,
            slight: .init(pairs: check.slight.pairs, flips: check.slight.flips),
            clear: .init(pairs: check.clear.pairs, flips: check.clear.flips))
    }
}
