/// How good a scale is, for one who knows the truth, beside what it says of itself.
public struct ScaleQuality: Sendable, Hashable {
    public let comparisons: Int
    /// Reliability as a real run would tell it.
    public let statedReliability: Reliability
    /// Kendall's τ to the true order that the posterior expects.
    public let statedKendallTau: Double
    /// Squared correlation of the estimates with the true abilities.
    public let squaredCorrelation: Double
    /// Kendall's τ between the estimated and the true order.
    public let kendallTau: Double
    /// Share of the true abilities, less their mean, within 1.96 standard errors of the estimates.
    public let coverage: Double
    /// Standard deviation of the prior on abilities, in logits.
    public let spread: Double
    /// Largest difference between an item's numbers of appearances in first and in second place.
    public let largestSkew: Int

    /// - Parameter truth: abilities in logits, in the order of the scale's items.
    public init(of scale: Scale, truth: [Double]) {
        precondition(truth.count == scale.items.count, "there is one truth for every item")
        let items = scale.items.map { scale.estimate(of: $0) }
        let estimates = items.map(\.ability)
        let mean = truth.reduce(0, +) / Double(max(1, truth.count))
        let covered = zip(items, truth).count { item, ability in
            (item.ability - (ability - mean)).magnitude <= 1.96 * item.standardError
        }
        comparisons = scale.judgementCount
        statedReliability = scale.reliability
        statedKendallTau = scale.expectedKendallTau
        squaredCorrelation = Agreement.squaredCorrelation(estimates, truth)
        kendallTau = Agreement.kendallTau(estimates, truth)
        coverage = Double(covered) / Double(max(1, truth.count))
        spread = scale.priorStandardDeviation
        largestSkew = items.reduce(0) { max($0, abs(2 * $1.shownFirst - $1.comparisons)) }
    }
}
