/// What is counted in the judgements of anchors whose grades are known.
struct RunFigures {
    /// Two anchors with different grades.
    struct GradedPair: Hashable {
        let lower: Item.ID
        let higher: Item.ID
    }

    /// Kendall's τ-b between abilities and grades.
    let kendallTau: Double
    /// Pairs of which the anchor with the lower grade won, and how often.
    private(set) var inversions: [GradedPair: Int] = [:]
    private(set) var judgementsOfPair: [GradedPair: Int] = [:]
    private(set) var losses: [Item.ID: Int] = [:]
    /// Anchors above the lowest grade that were judged and won against nobody.
    let zeroWins: Set<Item.ID>

    /// Counts in one run; its scale is fitted unless it is there already.
    init(grades: [Item.ID: Int], judgements: [Judgement], scale: Scale? = nil) {
        let items = grades.keys.sorted()
        let scale = scale ?? ScaleEstimator(settings: Self.quick).estimate(items: items, judgements: judgements)
        kendallTau = Agreement.kendallTau(
            items.map { scale.estimate(of: $0).ability }, items.map { Double(grades[$0] ?? 0) })
        let lowest = grades.values.min() ?? 0
        var winless = Set(items.filter { grades[$0] ?? 0 > lowest && scale.estimate(of: $0).comparisons > 0 })
        for judgement in judgements {
            let (first, second) = (judgement.comparison.first, judgement.comparison.second)
            if let winner = judgement.winner {
                winless.remove(winner)
                losses[winner == first ? second : first, default: 0] += 1
            }
            guard let one = grades[first], let other = grades[second], one != other else { continue }
            let pair = one < other ? GradedPair(lower: first, higher: second) : GradedPair(lower: second, higher: first)
            judgementsOfPair[pair, default: 0] += 1
            if judgement.winner == pair.lower { inversions[pair, default: 0] += 1 }
        }
        zeroWins = winless
    }

    /// The order is all that is asked of a single run's scale, and it hardly depends on the prior.
    private static let quick = ScaleEstimator.Settings(prior: .fixed(standardDeviation: 3))
}

/// Runs judged once more, by the abilities of a scale.
struct RepeatedRuns {
    let scale: Scale
    private var generator: SplitMix64

    init(scale: Scale, seed: UInt64) {
        self.scale = scale
        generator = SplitMix64(seed: seed)
    }

    /// The same comparisons with new verdicts, without ties and margins.
    mutating func repetition(of judgements: [Judgement]) -> [Judgement] {
        judgements.map { judgement in
            let comparison = judgement.comparison
            let lead = scale.estimate(of: comparison.first).ability - scale.estimate(of: comparison.second).ability
            let isFirst = generator.unit() < ElementaryFunctions.logistic(lead + scale.positionBias)
            return Judgement(comparison: comparison, outcome: isFirst ? .first : .second, judge: judgement.judge)
        }
    }
}
