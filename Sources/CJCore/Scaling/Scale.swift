/// Abilities of items in logits, with their errors and what they are worth.
///
/// Abilities sum to zero. Errors are those of the posterior in the same gauge, with the common movement of all items taken out: about
/// the mode the inverse of the curvature, the prior's included; about the mean, those over all spreads of the prior.
public struct Scale: Sendable {
    /// In ascending order of their names.
    public let items: [Item.ID]
    /// Judgements that the scale rests on.
    public let judgementCount: Int
    /// Preference of the judges for the first place, in logits; below zero, they prefer the second. With a bias for each judge, that of
    /// the first.
    public let positionBias: Double
    /// Standard deviation of the posterior of the position bias, in logits; zero where the bias was held at zero.
    public let positionBiasStandardError: Double
    /// Standard deviation of the prior on the abilities, in logits: given, the most probable one, or the mean over several, in the logarithm.
    public let priorStandardDeviation: Double
    public let reliability: Reliability
    /// Misfit of the judgements as a whole; nothing where there are none.
    public let judgeFit: JudgeFit?
    /// Each judge of the judgements, by name.
    public let judges: [JudgeEstimate]
    /// Where the judges' perception of a difference turns from one answer into the next.
    public let thresholds: Thresholds
    /// Groups of items between which nothing has been judged; the distance between groups is the prior's guess.
    public let componentCount: Int

    private let index: [Item.ID: Int]
    private let estimates: [ItemEstimate]
    /// Everything that is not known of the abilities.
    private let covariances: SymmetricMatrix
    /// What could change their order: not how far apart all of them lie.
    let orderCovariances: SymmetricMatrix
    /// Nothing about the mode.
    private let kendallTauAboutMean: Double?

    /// Reads the scale off the normal distributions that stand for a posterior.
    init(named: NamedJudgements, fit: FittedNormal) {
        let (posterior, centre) = (fit.posterior, fit.centre)
        let (table, layout) = (posterior.table, posterior.layout)
        let count = layout.itemCount
        let abilities = Array(centre[..<count])
        let ranks = ItemEstimate.ranks(of: abilities)
        let residuals = Residuals(table: table) { posterior.expectedScore(of: $0, at: centre) }
        let holdsBiases = posterior.settings.biasDeviation == nil
        let error = fit.error(at:)
        let errors = AbilityErrors.all(fit.parts, itemCount: count)
        items = named.items
        index = named.index
        judgementCount = table.judgementCount
        positionBias = centre[layout.bias(of: 0)]
        positionBiasStandardError = holdsBiases ? 0 : error(layout.bias(of: 0))
        priorStandardDeviation = fit.abilityDeviation
        thresholds = Thresholds(posterior: posterior, mode: centre, error: error)
        covariances = AbilityErrors.covariances(errors, about: abilities)
        orderCovariances = AbilityErrors.orderCovariances(errors)
        kendallTauAboutMean =
            fit.isAboutMean ? errors.reduce(0) { $0 + $1.share * $1.kendallTau(ofOrder: abilities) } : nil
        let variances = (0..<count).map { [covariances] in max(0, covariances[$0, $0]) }
        componentCount = table.componentCount
        estimates = (0..<count).map { item in
            residuals.estimate(of: item, ability: centre[item], variance: variances[item], rank: ranks[item])
        }
        judgeFit = residuals.total
        judges = residuals.byJudge.enumerated().compactMap { judge, fit in
            fit.map { fit in
                let bias = layout.bias(of: Int32(judge))
                return JudgeEstimate(
                    id: named.judges[judge], fit: fit, positionBias: centre[bias],
                    positionBiasStandardError: holdsBiases ? 0 : error(bias), discrimination: posterior.scale(of: judge))
            }
        }
        reliability = Reliability(abilities: abilities, errors, standardErrors: variances.map { $0.squareRoot() })
    }

    /// Whether every item can be reached from every other through judged pairs.
    public var isConnected: Bool { componentCount <= 1 }

    /// Kendall's τ between the estimated and the true order that the posterior expects. About the mode it is computed when asked for, from every
    /// pair.
    public var expectedKendallTau: Double {
        if let kendallTauAboutMean { return kendallTauAboutMean }
        let abilities = estimates.map(\.ability)
        return AbilityErrors(abilities: abilities, covariances: covariances).kendallTau(ofOrder: abilities)
    }

    /// Place of an item in `items`; nothing for an item that is not on the scale.
    public func index(of item: Item.ID) -> Int? { index[item] }

    /// Whether an item is on the scale.
    public func contains(_ item: Item.ID) -> Bool { index[item] != nil }

    /// What is known of an item, which must be on the scale.
    public func estimate(of item: Item.ID) -> ItemEstimate { estimates[place(of: item)] }

    /// Covariance of two abilities under the posterior, in squared logits; both items must be on the scale.
    public func covariance(of one: Item.ID, and other: Item.ID) -> Double {
        let (row, column) = (place(of: one), place(of: other))
        return covariances[row, column]
    }

    /// Variance of the difference of two abilities under the posterior, in squared logits; the same in every gauge.
    public func varianceOfDifference(_ one: Item.ID, _ other: Item.ID) -> Double {
        varianceOfDifference(at: place(of: one), place(of: other))
    }

    func varianceOfDifference(at row: Int, _ column: Int) -> Double {
        max(0, covariances[row, row] + covariances[column, column] - 2 * covariances[row, column])
    }

    func ability(at place: Int) -> Double { estimates[place].ability }

    private func place(of item: Item.ID) -> Int {
        guard let place = index[item] else { preconditionFailure("an item that is not on the scale was asked for") }
        return place
    }
}
