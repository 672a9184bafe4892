import CJCore

/// What `score` has to tell: places of items, and what they are worth.
struct ScoreReport: Sendable {
    struct Item: Sendable {
        let id: String
        let estimate: ItemEstimate
    }

    struct Judge: Sendable {
        let id: String
        let fit: JudgeFit
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
    let judges: [Judge]
    let judgementCount: Int
    let componentCount: Int
    let scaleSeparationReliability: Double
    let separationRatio: Double
    let estimator: Estimator
    /// Nothing where it is not known who was shown first, or the estimator has no such term.
    let positionBias: PositionBias?
}

extension ScoreReport {
    /// Most items for which errors are computed from the whole covariance.
    static let maximumItems = 5_000

    /// Scores judgements by the model of this program.
    static func posterior(of file: JudgementFile) throws(CommandError) -> ScoreReport {
        let items = Array(Set(file.judgements.lazy.flatMap { [$0.comparison.first, $0.comparison.second] }))
        guard items.count <= maximumItems else {
            throw CommandError(
                .tooManyItems,
                """
                \(items.count) items; errors are computed for at most \(maximumItems). \
                With --epsilon any number is scored, with the simpler errors of that method.
                """)
        }
        let estimator = ScaleEstimator(settings: .init(positionBiasDeviation: file.tellsPositions ? 1 : nil))
        let scale = estimator.estimate(items: items, judgements: file.judgements)
        let fits = JudgeFit.byJudge(
            file.judgements, ability: { scale.estimate(of: $0).ability }, positionBias: scale.positionBias)
        return ScoreReport(
            items: ranked(scale.items.map { Item(id: $0.rawValue, estimate: scale.estimate(of: $0)) }),
            judges: sorted(fits), judgementCount: scale.judgementCount, componentCount: scale.componentCount,
            scaleSeparationReliability: scale.reliability.scaleSeparationReliability,
            separationRatio: scale.reliability.separationRatio,
            estimator: .posterior(
                priorDeviation: scale.priorStandardDeviation, reliability: scale.reliability.posteriorReliability,
                expectedKendallTau: scale.expectedKendallTau),
            positionBias: file.tellsPositions
                ? scale.judgeFit.map {
                    PositionBias(
                        logits: scale.positionBias, standardError: scale.positionBiasStandardError, firstShare: $0.firstShare)
                } : nil)
    }

    /// Scores judgements as published studies do.
    static func corrected(of file: JudgementFile, epsilon: Double) -> ScoreReport {
        let scale = CorrectedLikelihood(epsilon: epsilon).estimate(file.judgements)
        let fits = JudgeFit.byJudge(
            file.judgements, ability: { scale.estimate(of: $0)?.ability ?? 0 }, positionBias: 0)
        return ScoreReport(
            items: ranked(zip(scale.items, scale.estimates).map { Item(id: $0.rawValue, estimate: $1) }),
            judges: sorted(fits), judgementCount: scale.judgementCount, componentCount: scale.componentCount,
            scaleSeparationReliability: scale.scaleSeparationReliability, separationRatio: scale.separationRatio,
            estimator: .corrected(epsilon: epsilon), positionBias: nil)
    }

    private static func ranked(_ items: [Item]) -> [Item] {
        items.sorted { ($0.estimate.rank, $0.id) < ($1.estimate.rank, $1.id) }
    }

    private static func sorted(_ fits: [CJCore.Judge.ID: JudgeFit]) -> [Judge] {
        fits.map { Judge(id: $0.key.rawValue, fit: $0.value) }.sorted { $0.id < $1.id }
    }
}
