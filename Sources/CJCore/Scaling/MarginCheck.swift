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

    /// Judgements with a margin, by their weight.
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

    /// Whether the scale may rest on the margins: unless they are all alike, or the evidence, or the flips, speak against them.
    public var isUsable: Bool { !areAlike && evidence >= Self.leastEvidence && !flipsContradict }

    /// Whether every win was clear, or none was, so that they tell nothing.
    public var areAlike: Bool { clearShare == 0 || clearShare == 1 }

    /// Checks the margins of judgements.
    ///
    /// - Parameters:
    ///   - judgements: in the order in which they were made.
    ///   - tellsPositions: whether it is known which item was shown first, without which there are no repeats in the other order.
    ///   - scale: of the same judgements without their margins.
    /// - Returns: nothing where there are no margins.
    init?(_ judgements: NamedJudgements, tellsPositions: Bool, scale: Scale) {
        let judges = Dictionary(scale.judges.map { ($0.id, $0) }) { first, _ in first }
        let byNumber = judgements.judges.map { judges[$0] }
        // Sorted, so that nothing but the repeats depends on the order of the judgements.
        let leads = ComparisonTable(judgements.judgements).cells.compactMap {
            Lead($0, by: byNumber[Int($0.judge)], scale: scale)
        }
        guard !leads.isEmpty else { return nil }
        let total = leads.reduce(0) { $0 + $1.weight }
        let clear = leads.reduce(0) { $0 + ($1.isClear ? $1.weight : 0) }
        let threshold = Self.matchingThreshold(leads, clear: clear)
        self.judgements = Int(total.rounded())
        let isMixed = leads.contains(where: \.isClear) && !leads.allSatisfy(\.isClear)
        clearShare = isMixed ? clear / total : leads[0].isClear ? 1 : 0
        clearThreshold = threshold
        evidence =
            isMixed ? Self.logProbability(leads, threshold: threshold) - Self.logProbability(clear: clear, of: total) : 0
        (slight, self.clear) = tellsPositions ? Self.repeats(judgements.judgements.entries) : (Repeats(), Repeats())
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
        /// σ(d) at the points of a quadrature over the lead d.
        let chances: SIMD8<Double>
        let isClear: Bool
        /// Judgements that this one stands for.
        let weight: Double

        init?(_ cell: ComparisonTable.Cell, by judge: JudgeEstimate?, scale: Scale) {
            guard let judge, cell.response.hasMargin else { return nil }
            let (first, second) = (Int(cell.first), Int(cell.second))
            let sharpness = judge.discrimination
            let logit = sharpness * (scale.ability(at: first) - scale.ability(at: second)) + judge.positionBias
            let mean = cell.response.firstScore > 0.5 ? logit : -logit
            let deviation = sharpness * scale.varianceOfDifference(at: first, second).squareRoot()
            let limit = SIMD8(repeating: ElementaryFunctions.farthestOfEight)
            let logits = (mean + deviation * GaussHermite.nodes).clamped(lowerBound: -limit, upperBound: limit)
            chances = ElementaryFunctions.logistic(logits)
            isClear = cell.response == .firstClear || cell.response == .secondClear
            weight = cell.weight
        }

        /// Probability that the win was clear, given that it was one: the mean of σ(d − t)/σ(d) = 1/(σ(d) + (1 − σ(d))·eᵗ).
        ///
        /// - Parameter odds: eᵗ.
        func clearProbability(odds: Double) -> Double {
            SymmetricMatrix.total(GaussHermite.weights / (chances + (1 - chances) * odds))
        }
    }

    /// The threshold at which as many wins are expected to be clear as were. One that was fitted to each margin could move to where
    /// it says nothing, and hide that margins contradict the differences.
    private static func matchingThreshold(_ leads: [Lead], clear: Double) -> Double {
        var (low, high) = (thresholds.lowerBound, thresholds.upperBound)
        for _ in 0..<searchSteps {
            let middle = 0.5 * (low + high)
            let odds = ElementaryFunctions.exp(middle)
            let expected = leads.reduce(0) { $0 + $1.weight * $1.clearProbability(odds: odds) }
            if expected > clear { low = middle } else { high = middle }
        }
        return 0.5 * (low + high)
    }

    private static func logProbability(_ leads: [Lead], threshold: Double) -> Double {
        let odds = ElementaryFunctions.exp(threshold)
        return leads.reduce(0) { sum, lead in
            let clear = lead.clearProbability(odds: odds)
            let probability = max(lead.isClear ? clear : 1 - clear, .leastNormalMagnitude)
            return sum + lead.weight * ElementaryFunctions.log(probability)
        }
    }

    /// Logarithm of the probability of so many clear wins in the order in which they came, if each is as probable as their share.
    private static func logProbability(clear: Double, of total: Double) -> Double {
        [clear, total - clear].reduce(0) { sum, part in
            part > 0 ? sum + part * ElementaryFunctions.log(part / total) : sum
        }
    }

    /// Of each judge by itself.
    private static func repeats(_ entries: [IndexedJudgements.Entry]) -> (slight: Repeats, clear: Repeats) {
        struct Showing: Hashable {
            let first: Int32
            let second: Int32
            let judge: Int32
        }
        var earlier: [Showing: Response] = [:]
        var (slight, clear) = (Repeats(), Repeats())
        for entry in entries where entry.response != .tie {
            let swapped = Showing(first: entry.second, second: entry.first, judge: entry.judge)
            if let before = earlier.removeValue(forKey: swapped) {
                // Of the other order; the same winner has the other place.
                let isFlipped = before.firstScore == entry.response.firstScore
                switch before {
                case .firstSlight, .secondSlight: slight.count(isFlipped)
                case .firstClear, .secondClear: clear.count(isFlipped)
                case .first, .second, .tie: break
                }
            } else {
                earlier[Showing(first: entry.first, second: entry.second, judge: entry.judge)] = entry.response
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
        let named = NamedJudgements(items: items, judgements: judgements)
        guard hasUse(forMarginsOf: named) else { return CheckedScale(scale: estimate(named), margins: nil) }
        let plain = ignoringMargins.estimate(named)
        let margins = MarginCheck(named, tellsPositions: true, scale: plain)
        return CheckedScale(scale: margins?.isUsable == false ? plain : estimate(named), margins: margins)
    }

    /// The estimator that judgements deserve: this one, or, where their margins mean nothing, the same without margins; with what was found of
    /// them.
    ///
    /// - Parameters:
    ///   - judgements: in the order in which they were made.
    ///   - tellsPositions: whether it is known which item was shown first.
    public func checkingMargins(
        of judgements: NamedJudgements, tellsPositions: Bool
    ) -> (estimator: ScaleEstimator, margins: MarginCheck?) {
        guard hasUse(forMarginsOf: judgements) else { return (self, nil) }
        let margins = MarginCheck(
            judgements, tellsPositions: tellsPositions, scale: ignoringMargins.estimate(judgements))
        return (margins?.isUsable == false ? ignoringMargins : self, margins)
    }

    private func hasUse(forMarginsOf judgements: NamedJudgements) -> Bool {
        settings.usesMargins && judgements.judgements.entries.contains(where: \.response.hasMargin)
    }

    /// With a spread of its own: margins that mean nothing would have drawn the abilities together.
    private var ignoringMargins: ScaleEstimator {
        var settings = settings
        settings.usesMargins = false
        return ScaleEstimator(settings: settings)
    }
}
