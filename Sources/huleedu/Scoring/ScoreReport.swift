import CJCore

/// What `score` has to tell: places of items, and what they are worth.
struct ScoreReport: Sendable {
    struct Item: Sendable {
        let id: String
        let estimate: ItemEstimate
    }

    struct PositionBias: Sendable {
        /// Logits, towards the first place.
        let logits: Double
        let standardError: Double
        /// Share of the judgements that were for the item shown first.
        let firstShare: Double
    }

    /// How the places were found.
    enum Estimator: Sendable, Hashable {
        /// The mode of the posterior, under a prior of this standard deviation in logits.
        case posterior(priorDeviation: Double, reliability: Double, expectedKendallTau: Double)
        /// Joint maximum likelihood with corrected scores.
        case corrected(epsilon: Double)
    }

    /// Best first.
    let items: [Item]
    /// By name.
    let judges: [JudgeEstimate]
    let judgementCount: Int
    let componentCount: Int
    let scaleSeparationReliability: Double
    let separationRatio: Double
    let estimator: Estimator
    /// Nothing where it is not known who was shown first, where each judge has its own, or the estimator has no such term.
    let positionBias: PositionBias?
    /// Nothing where the estimator has no such thing.
    let thresholds: Thresholds?
}

extension ScoreReport {
    /// Most items for which errors are computed from the whole covariance.
    static let maximumItems = 5_000

    /// How the model of this program is to read judgements.
    struct Reading: Sendable, Hashable {
        var ties = ScaleEstimator.Ties.davidson
        var judges = ScaleEstimator.Judges.alike
        var correctsPositions = true
        var usesMargins = true
    }

    /// Scores judgements by the model of this program.
    static func posterior(of file: JudgementFile, reading: Reading = Reading()) throws(CommandError) -> ScoreReport {
        guard file.itemCount <= maximumItems else {
            throw CommandError(
                .tooManyItems,
                """
                \(file.itemCount) items; errors are computed for at most \(maximumItems). \
                With --epsilon any number is scored, with the simpler errors of that method.
                """)
        }
        let hasBias = file.tellsPositions && reading.correctsPositions
        var settings = ScaleEstimator.Settings(positionBiasDeviation: hasBias ? 1 : nil)
        settings.ties = reading.ties
        settings.judges = reading.judges
        settings.usesMargins = reading.usesMargins
        let scale = ScaleEstimator(settings: settings).estimate(file.judgements)
        return ScoreReport(
            items: ranked(scale.items.map { Item(id: $0.rawValue, estimate: scale.estimate(of: $0)) }),
            judges: scale.judges, judgementCount: scale.judgementCount, componentCount: scale.componentCount,
            scaleSeparationReliability: scale.reliability.scaleSeparationReliability,
            separationRatio: scale.reliability.separationRatio,
            estimator: .posterior(
                priorDeviation: scale.priorStandardDeviation, reliability: scale.reliability.posteriorReliability,
                expectedKendallTau: scale.expectedKendallTau),
            positionBias: hasBias && reading.judges == .alike
                ? scale.judgeFit.map {
                    PositionBias(
                        logits: scale.positionBias, standardError: scale.positionBiasStandardError, firstShare: $0.firstShare)
                } : nil,
            thresholds: scale.thresholds)
    }

    /// Scores judgements as published studies do.
    static func corrected(of file: JudgementFile, epsilon: Double) -> ScoreReport {
        let scale = CorrectedLikelihood(epsilon: epsilon).estimate(file.judgements)
        return ScoreReport(
            items: ranked(zip(scale.items, scale.estimates).map { Item(id: $0.rawValue, estimate: $1) }),
            judges: scale.judges, judgementCount: scale.judgementCount, componentCount: scale.componentCount,
            scaleSeparationReliability: scale.scaleSeparationReliability, separationRatio: scale.separationRatio,
            estimator: .corrected(epsilon: epsilon), positionBias: nil, thresholds: nil)
    }

    private static func ranked(_ items: [Item]) -> [Item] {
        items.sorted { ($0.estimate.rank, $0.id) < ($1.estimate.rank, $1.id) }
    }
}
