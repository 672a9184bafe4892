/// An assessment played with items of known ability and a judge that follows the Bradley–Terry model, to see what a real one may take.
///
/// Abilities are drawn from N(0, σ²); the item shown first wins with probability logistic(θ_first − θ_second + β). Pairs are chosen by
/// information, the rule looks whenever half of what is with the judge has come back, in random order.
public struct SimulatedAssessment: Sendable, Hashable {
    /// What came of one run.
    public struct Outcome: Sendable, Hashable {
        public let comparisons: Int
        public let reason: StopReason
        /// Posterior reliability at the end, as a real run would tell it.
        public let statedReliability: Double
        /// Squared correlation of the estimates with the true abilities.
        public let squaredCorrelation: Double
        /// Kendall's τ between the estimated and the true order.
        public let kendallTau: Double
    }

    public let itemCount: Int
    /// σ, in logits.
    public let abilityDeviation: Double
    /// β, in logits.
    public let positionBias: Double
    public let rule: StoppingRule
    /// Comparisons with the judge at once.
    public let inFlight: Int

    /// - Parameters:
    ///   - itemCount: at least 2.
    ///   - abilityDeviation: at least 0, in logits.
    ///   - inFlight: at least 1.
    public init(itemCount: Int, abilityDeviation: Double, positionBias: Double = 0, rule: StoppingRule, inFlight: Int = 16) {
        precondition(itemCount >= 2 && abilityDeviation >= 0 && inFlight >= 1, "a simulation needs items, a spread and a judge")
        self.itemCount = itemCount
        self.abilityDeviation = abilityDeviation
        self.positionBias = positionBias
        self.rule = rule
        self.inFlight = inFlight
    }

    /// Plays one run; the same seed gives the same run.
    public func run(seed: UInt64) -> Outcome {
        var generator = SplitMix64(seed: seed)
        let digits = String(itemCount).count
        let items = (1...itemCount).map { number in
            Item.ID("item-" + String(repeating: "0", count: digits - String(number).count) + String(number))
        }
        let truth = Dictionary(uniqueKeysWithValues: items.map { ($0, abilityDeviation * generator.normal()) })
        let strategy = InformationPairing()
        var judgements: [Judgement] = []
        var waiting: [Comparison] = []
        var scale: Scale?
        while true {
            let state = PairingState(items: items, scale: scale, judgements: judgements, inFlight: waiting)
            let decision = rule.decide(
                scale: scale, judged: judgements.count, inFlight: waiting.count, cost: 0, expectedCostPerComparison: 0,
                pairsLeft: state.comparisonsLeft(maximumJudgementsPerPair: strategy.maximumJudgementsPerPair))
            switch decision {
            case .stop(let reason):
                // What is with the judge is paid for and counts.
                judgements += waiting.map { judge($0, truth, &generator) }
                let scale = ScaleEstimator().estimate(
                    items: items, judgements: judgements, startingAt: scale?.priorStandardDeviation)
                return outcome(scale, truth: items.map { truth[$0] ?? 0 }, reason: reason)
            case .continue(let mayStart):
                let room = min(mayStart, inFlight - waiting.count)
                if room > 0 { waiting += strategy.nextComparisons(room, state: state, using: &generator) }
            }
            for _ in 0..<max(1, waiting.count / 2) {
                guard !waiting.isEmpty else { break }
                judgements.append(judge(waiting.remove(at: generator.below(waiting.count)), truth, &generator))
            }
            scale = ScaleEstimator().estimate(items: items, judgements: judgements, startingAt: scale?.priorStandardDeviation)
        }
    }

    private func judge(
        _ comparison: Comparison, _ truth: [Item.ID: Double], _ generator: inout SplitMix64
    ) -> Judgement {
        let advantage = (truth[comparison.first] ?? 0) - (truth[comparison.second] ?? 0) + positionBias
        let isFirst = generator.unit() < ElementaryFunctions.logistic(advantage)
        return Judgement(comparison: comparison, outcome: isFirst ? .first : .second, judge: "simulated")
    }

    private func outcome(_ scale: Scale, truth: [Double], reason: StopReason) -> Outcome {
        let estimates = scale.items.map { scale.estimate(of: $0).ability }
        return Outcome(
            comparisons: scale.judgementCount, reason: reason, statedReliability: scale.reliability.posteriorReliability,
            squaredCorrelation: Agreement.squaredCorrelation(estimates, truth),
            kendallTau: Agreement.kendallTau(estimates, truth))
    }
}
