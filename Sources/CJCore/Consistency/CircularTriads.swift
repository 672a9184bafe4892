/// How often three items were preferred in a circle: a to b, b to c, and c to a.
///
/// Counted are the triads of items of which each pair was judged and has a winner, the item that won most judgements of the pair; ties
/// and pairs that came out even have none (Kendall and Babington Smith 1940, "On the method of paired comparisons", where each pair is
/// judged once). Under a scale the earlier item of a pair wins it with a probability p, whatever other pairs do, so that a triad is
/// circular with the probability
///
///     P = p₁p₂(1 − p₃) + (1 − p₁)(1 − p₂)p₃,    p₁ = p(a over b), p₂ = p(b over c), p₃ = p(a over c).
///
/// Two triads have one pair in common at most. Let δ be how much more probable a triad is to be circular when that pair's earlier item
/// wins than when it loses: p₂ − p₃, p₁ − p₃ or 1 − p₁ − p₂ for the pairs in the order above. The covariance of two such triads is
/// p(1 − p)δδ′, and the variance of the count ΣP(1 − P) + Σp(1 − p)((Σδ)² − Σδ²), over triads and over pairs.
///
/// Many more circles than expected say that judges do not see one quality only. The scale was fitted to the same judgements, and so
/// expects a few circles too few where items have few judgements.
public struct CircularTriads: Sendable, Hashable {
    /// Triads that could have been circular.
    public let triads: Int
    /// How many of them were.
    public let circular: Int
    /// How many were to be expected under the scale.
    public let expected: Double
    /// Standard deviation of that number under the scale.
    public let standardDeviation: Double

    /// Pairs at most, and steps of looking for triads at most; with more, triads are not counted.
    static let mostPairs = 1 << 20
    static let mostSteps = 1 << 28

    /// How consistent preferences are: 1 without circles, 0 with as many as coins make, a quarter of the triads; nothing without triads.
    ///
    /// Kendall's ζ compares with the most circles that are possible; this form suits designs in which not every pair was judged.
    public var consistency: Double? { triads > 0 ? 1 - 4 * Double(circular) / Double(triads) : nil }

    /// Counts circles among judgements, and what a scale expected.
    ///
    /// - Parameter expected: Share of a win that the first item of a cell was expected to take, and the variance of that share.
    /// - Returns: nothing where there are too many pairs.
    init?(table: ComparisonTable, expected: (ComparisonTable.Cell) -> (mean: Double, variance: Double)) {
        guard let network = PairNetwork(table: table, mostPairs: Self.mostPairs, expected: expected),
            network.stepCount <= Self.mostSteps
        else { return nil }
        var (triads, circular) = (0, 0)
        var (sum, variance) = (0.0, 0.0)
        var leans = Array(repeating: Lean(), count: network.pairs.count)
        network.forEachTriad { one, two, three in
            let (first, second, third) = (network.pairs[one], network.pairs[two], network.pairs[three])
            let (p, q, r) = (first.probability, second.probability, third.probability)
            let probability = p * q * (1 - r) + (1 - p) * (1 - q) * r
            triads += 1
            circular += first.earlierWon == second.earlierWon && first.earlierWon != third.earlierWon ? 1 : 0
            sum += probability
            variance += probability * (1 - probability)
            leans[one].add(q - r)
            leans[two].add(p - r)
            leans[three].add(1 - p - q)
        }
        for (pair, lean) in zip(network.pairs, leans) {
            variance += pair.probability * (1 - pair.probability) * (lean.sum * lean.sum - lean.squares)
        }
        self.triads = triads
        self.circular = circular
        self.expected = sum
        standardDeviation = max(0, variance).squareRoot()
    }

    /// Sums of δ over the triads of a pair.
    private struct Lean {
        var sum = 0.0
        var squares = 0.0

        mutating func add(_ difference: Double) {
            sum += difference
            squares += difference * difference
        }
    }
}

extension ScaleEstimator {
    /// As ``estimate(_:startingAt:)``, with the circles among the judgements; nothing in their place where there are too many pairs.
    public func estimateWithTriads(_ judgements: NamedJudgements) -> (scale: Scale, triads: CircularTriads?) {
        let fit = fit(judgements.judgements, startingAt: nil)
        let triads = CircularTriads(table: fit.posterior.table) { fit.posterior.expectedScore(of: $0, at: fit.centre) }
        return (Scale(named: judgements, fit: fit), triads)
    }
}
