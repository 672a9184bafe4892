import CJCore

/// Items of known ability and a judge that follows the logistic model, for tests.
struct Simulation {
    let items: [Item.ID]
    let abilities: [Item.ID: Double]
    var positionBias = 0.0
    var generator: SplitMix64

    /// Abilities from a normal distribution.
    init(items count: Int, deviation: Double, positionBias: Double = 0, seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        items = (0..<count).map { Item.ID("essay-\(1_000 + $0)") }
        abilities = Dictionary(uniqueKeysWithValues: items.map { ($0, deviation * normal(&generator)) })
        self.positionBias = positionBias
        self.generator = generator
    }

    /// Probability that the item shown first wins.
    func probability(_ comparison: Comparison, shiftedBy shift: Double = 0) -> Double {
        let difference = ability(comparison.first) - ability(comparison.second) + positionBias + shift
        // A rational sigmoid would do for tests; this one is e to the power of x by repeated squaring.
        var power = 1 - difference / 1_048_576
        for _ in 0..<20 { power *= power }
        return 1 / (1 + power)
    }

    /// Judges with a margin: what is perceived is the difference plus logistic noise, and clear from one logit on.
    mutating func judgeWithMargin(_ comparison: Comparison) -> Judgement {
        let chance = unit(&generator)
        let outcome: Outcome = chance < probability(comparison) ? .first : .second
        let isClear = chance < probability(comparison, shiftedBy: -1) || chance >= probability(comparison, shiftedBy: 1)
        return Judgement(comparison: comparison, outcome: outcome, margin: isClear ? .clear : .slight, judge: "simulated")
    }

    func ability(_ item: Item.ID) -> Double { abilities[item] ?? 0 }

    mutating func judge(_ comparison: Comparison) -> Judgement {
        let outcome: Outcome = unit(&generator) < probability(comparison) ? .first : .second
        return Judgement(comparison: comparison, outcome: outcome, judge: "simulated")
    }

    /// Runs an assessment in steps of `step` comparisons until `count` have been judged.
    mutating func run(
        _ strategy: some PairingStrategy, comparisons count: Int, step: Int, estimator: ScaleEstimator = ScaleEstimator()
    ) -> (scale: Scale, judgements: [Judgement]) {
        var judgements: [Judgement] = []
        var scale = estimator.estimate(items: items, judgements: [])
        while judgements.count < count {
            let state = PairingState(items: items, scale: scale, judgements: judgements)
            let next = strategy.nextComparisons(min(step, count - judgements.count), state: state, using: &generator)
            if next.isEmpty { break }
            for comparison in next { judgements.append(judge(comparison)) }
            scale = estimator.estimate(items: items, judgements: judgements, startingAt: scale.priorStandardDeviation)
        }
        return (scale, judgements)
    }

    /// Kendall's τ between a scale and the truth.
    func kendallTau(_ scale: Scale) -> Double {
        var sum = 0.0
        for (place, one) in items.enumerated() {
            for other in items[..<place] {
                let estimated = scale.estimate(of: one).ability - scale.estimate(of: other).ability
                sum += estimated * (ability(one) - ability(other)) > 0 ? 1 : -1
            }
        }
        return sum / Double(items.count * (items.count - 1) / 2)
    }

    /// Squared correlation between a scale and the truth.
    func squaredCorrelation(_ scale: Scale) -> Double {
        let mean = items.reduce(0) { $0 + ability($1) } / Double(items.count)
        var (both, own, truth) = (0.0, 0.0, 0.0)
        for item in items {
            let estimate = scale.estimate(of: item).ability
            let distance = ability(item) - mean
            both += estimate * distance
            own += estimate * estimate
            truth += distance * distance
        }
        return own * truth > 0 ? both * both / (own * truth) : 0
    }
}

func unit(_ generator: inout SplitMix64) -> Double {
    Double(generator.next() >> 11) * 0x1p-53
}

/// Sum of twelve uniform draws less six: close enough to normal for a test, and independent of the code under test.
func normal(_ generator: inout SplitMix64) -> Double {
    (0..<12).reduce(-6) { sum, _ in sum + unit(&generator) }
}

/// A judgement for the first of two items, both named in short.
func win(_ first: Item.ID, over second: Item.ID, shownSecond: Bool = false) -> Judgement {
    guard let comparison = try? Comparison(first: shownSecond ? second : first, second: shownSecond ? first : second) else {
        preconditionFailure("a test compared an item with itself")
    }
    return Judgement(comparison: comparison, outcome: shownSecond ? .second : .first, judge: "test")
}
