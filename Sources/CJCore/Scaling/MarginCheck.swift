/// Whether the margins that a judge reports are worth anything.
///
/// Two things can be asked without believing in margins. Given abilities that rest on which item was preferred alone, are clear wins
/// found where differences are large? And where a pair was judged in both orders, were clear wins turned over less often than slight
/// ones? The first is answered by how probable the margins are under the model of the scale, P(clear | win) = σ(d − t)/σ(d) with d
/// the winner's lead as the posterior knows it, against how probable they are if every win were clear with the same probability.
public struct MarginCheck: Sendable, Hashable {
    /// Pairs that were judged in both orders, by the margin of the earlier judgement.
    public struct Repeats: Sendable, Hashable {
        public internal(set) var pairs = 0
        /// How many of them the later judgement turned over.
        public internal(set) var flips = 0
    }

    /// Judgements with a margin.
    public let judgements: Int
    /// Share of them that were clear.
    public let clearShare: Double
    /// Logarithm of the ratio of the two probabilities, in nats; below zero, margins are better explained by a coin.
    public let evidence: Double
    /// t, in logits, at which as many wins are expected to be clear as were.
    public let clearThreshold: Double
    public let slight: Repeats
    public let clear: Repeats

    /// Evidence below which margins are not used: a coin explains them e³ times better.
    private static let leastEvidence = -3.0
    /// Repeats of both kinds from which flips are compared, and the standard errors by which they may contradict the margins.
    private static let fewestRepeats = 8
    private static let tolerance = 2.0
    /// Where t is looked for, in logits, and how closely.
    private static let thresholds = 0.02...8.0
    private static let searchSteps = 24

    /// Whether the scale may rest on the margins: unless the evidence, or the flips, speak against them.
    public var isUsable: Bool { evidence >= Self.leastEvidence && !flipsContradict }

    /// Checks the margins of judgements.
    ///
    /// - Parameters:
    ///   - judgements: in the order in which they were made.
    ///   - scale: of the same judgements without their margins.
    /// - Returns: nothing where there are no margins.
    public init?(_ judgements: [Judgement], scale: Scale) {
        let leads = judgements.compactMap { Lead($0, scale: scale) }
        guard !leads.isEmpty else { return nil }
        let clear = leads.count(where: \.isClear)
        let share = Double(clear) / Double(leads.count)
        let threshold = Self.matchingThreshold(leads, clear: clear)
        self.judgements = leads.count
        clearShare = share
        clearThreshold = threshold
        evidence = Self.logProbability(leads, threshold: threshold) - Self.logProbability(clear: clear, of: leads.count)
        (slight, self.clear) = Self.repeats(judgements)
    }

    private var flipsContradict: Bool {
        guard min(slight.pairs, clear.pairs) >= Self.fewestRepeats else { return false }
        func share(_ repeats: Repeats) -> Double { (Double(repeats.flips) + 0.5) / (Double(repeats.pairs) + 1) }
        let (one, other) = (share(slight), share(clear))
        let variance = one * (1 - one) / Double(slight.pairs) + other * (1 - other) / Double(clear.pairs)
        return other - one > Self.tolerance * variance.squareRoot()
    }

    /// What is known of a winner's lead where the judge gave a margin.
    private struct Lead {
        let mean: Double
        let variance: Double
        let isClear: Bool

        init?(_ judgement: Judgement, scale: Scale) {
            guard let margin = judgement.margin else { return nil }
            let (first, second) = (judgement.comparison.first, judgement.comparison.second)
            guard scale.contains(first), scale.contains(second) else { return nil }
            let logit = scale.estimate(of: first).ability - scale.estimate(of: second).ability + scale.positionBias
            mean = judgement.outcome == .first ? logit : -logit
            variance = scale.varianceOfDifference(first, second)
            isClear = margin == .clear
        }

        /// Probability that the win was clear, given that it was one: the mean of σ(d − t)/σ(d) = 1/(σ(d) + (1 − σ(d))·eᵗ).
        func clearProbability(threshold: Double) -> Double {
            let odds = ElementaryFunctions.exp(threshold)
            return ExpectedInformation.expectation(difference: mean, variance: variance) { 1 / ($0 + (1 - $0) * odds) }
        }
    }

    /// The threshold at which as many wins are expected to be clear as were. One that was fitted to each margin could move to where
    /// it says nothing, and hide that margins contradict the differences.
    private static func matchingThreshold(_ leads: [Lead], clear: Int) -> Double {
        var (low, high) = (thresholds.lowerBound, thresholds.upperBound)
        for _ in 0..<searchSteps {
            let middle = 0.5 * (low + high)
            let expected = leads.reduce(0) { $0 + $1.clearProbability(threshold: middle) }
            if expected > Double(clear) { low = middle } else { high = middle }
        }
        return 0.5 * (low + high)
    }

    private static func logProbability(_ leads: [Lead], threshold: Double) -> Double {
        leads.reduce(0) { sum, lead in
            let clear = lead.clearProbability(threshold: threshold)
            return sum + ElementaryFunctions.log(max(lead.isClear ? clear : 1 - clear, .leastNormalMagnitude))
        }
    }

    /// Logarithm of the probability of so many clear wins in the order in which they came, if each is as probable as their share.
    private static func logProbability(clear: Int, of count: Int) -> Double {
        [clear, count - clear].reduce(0) { sum, part in
            part == 0 ? sum : sum + Double(part) * ElementaryFunctions.log(Double(part) / Double(count))
        }
    }

    private static func repeats(_ judgements: [Judgement]) -> (slight: Repeats, clear: Repeats) {
        var earlier: [Comparison: Judgement] = [:]
        var (slight, clear) = (Repeats(), Repeats())
        for judgement in judgements where judgement.outcome != .tie {
            if let before = earlier.removeValue(forKey: judgement.comparison.swapped) {
                let isFlipped = before.winner != judgement.winner
                switch before.margin {
                case .slight: slight.count(isFlipped)
                case .clear: clear.count(isFlipped)
                case nil: break
                }
            } else {
                earlier[judgement.comparison] = judgement
            }
        }
        return (slight, clear)
    }
}

extension MarginCheck.Repeats {
    fileprivate mutating func count(_ isFlipped: Bool) {
        pairs += 1
        flips += isFlipped ? 1 : 0
    }
}

/// A scale, and what was found of the margins it could have rested on.
public struct CheckedScale: Sendable {
    public let scale: Scale
    /// Nothing where no judgement had a margin.
    public let margins: MarginCheck?

    /// Whether the scale rests on margins.
    public var usesMargins: Bool { scale.thresholds.clear != nil }
}

extension ScaleEstimator {
    /// Fits a scale that rests on margins where they are worth it, and otherwise on which item was preferred alone.
    ///
    /// The parameters are those of ``estimate(items:judgements:startingAt:)``; the judgements are in the order in which they were made.
    public func estimateCheckingMargins(items: [Item.ID], judgements: [Judgement]) -> CheckedScale {
        let scale = estimate(items: items, judgements: judgements)
        guard scale.thresholds.clear != nil else { return CheckedScale(scale: scale, margins: nil) }
        var settings = settings
        settings.usesMargins = false
        // With a spread of its own: margins that mean nothing would have drawn the abilities together.
        let plain = ScaleEstimator(settings: settings).estimate(
            items: items, judgements: judgements, startingAt: scale.priorStandardDeviation)
        let check = MarginCheck(judgements, scale: plain)
        return CheckedScale(scale: check?.isUsable == false ? plain : scale, margins: check)
    }
}
