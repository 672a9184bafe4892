/// An assessment played with items of known ability and a simulated judge, to see what a real one may take and what it is worth.
///
/// Abilities are drawn from N(0, σ²), or given. Scales are made as in real assessments: about the mean of the posterior, with margins. The
/// rule looks whenever half of what is with the judge has come back, in random order.
public struct SimulatedAssessment: Sendable {
    public let itemCount: Int
    /// σ, in logits.
    public let abilityDeviation: Double
    /// Standard deviation of ln σ from run to run, where σ itself is a guess.
    public let logDeviationSpread: Double
    public let judge: SimulatedJudge
    public let pairing: any PairingStrategy
    public let rule: StoppingRule
    /// Comparisons with the judge at once.
    public let inFlight: Int
    /// What scales are made with; one that is told σ shows what can be known at best.
    public let estimator: ScaleEstimator
    /// True abilities instead of drawn ones.
    private let abilities: [Double]?

    /// - Parameters:
    ///   - itemCount: at least 2.
    ///   - abilityDeviation: at least 0, in logits.
    ///   - inFlight: at least 1.
    public init(
        itemCount: Int, abilityDeviation: Double, logDeviationSpread: Double = 0, judge: SimulatedJudge = SimulatedJudge(),
        pairing: any PairingStrategy = InformationPairing(), rule: StoppingRule, inFlight: Int = 16,
        estimator: ScaleEstimator = SimulatedAssessment.usualEstimator
    ) {
        precondition(itemCount >= 2 && abilityDeviation >= 0 && inFlight >= 1, "a simulation needs items, a spread and a judge")
        self.itemCount = itemCount
        self.abilityDeviation = abilityDeviation
        self.logDeviationSpread = logDeviationSpread
        self.judge = judge
        self.pairing = pairing
        self.rule = rule
        self.inFlight = inFlight
        self.estimator = estimator
        abilities = nil
    }

    /// With the abilities, in logits, of two items or more.
    public init(
        abilities: [Double], judge: SimulatedJudge, pairing: any PairingStrategy, rule: StoppingRule, inFlight: Int = 16
    ) {
        precondition(abilities.count >= 2 && inFlight >= 1, "a simulation needs items and a judge")
        itemCount = abilities.count
        let mean = abilities.reduce(0, +) / Double(abilities.count)
        let squares = abilities.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        abilityDeviation = (squares / Double(abilities.count - 1)).squareRoot()
        logDeviationSpread = 0
        self.judge = judge
        self.pairing = pairing
        self.rule = rule
        self.inFlight = inFlight
        estimator = Self.usualEstimator
        self.abilities = abilities
    }

    /// As in real assessments.
    public static let usualEstimator = ScaleEstimator(settings: .init(centre: .mean))

    /// What came of one run.
    public struct Outcome: Sendable, Hashable {
        public let reason: StopReason
        /// The scale at the end, beside the truth.
        public let quality: ScaleQuality

        public var comparisons: Int { quality.comparisons }
    }

    /// Plays one run; the same seed gives the same run.
    ///
    /// - Parameter watch: is told how good the scale is at every look at which there is one. It takes time in proportion to the square of
    ///   the number of items.
    public func run(seed: UInt64, watch: ((ScaleQuality) -> Void)? = nil) -> Outcome {
        var table = SimulatedTable(assessment: self, abilities: abilities, seed: seed)
        var judgements: [Judgement] = []
        var waiting: [Comparison] = []
        var scale: Scale?
        while true {
            let state = PairingState(items: table.items, scale: scale, judgements: judgements, inFlight: waiting)
            let decision = rule.decide(
                scale: scale, judged: judgements.count, inFlight: waiting.count, cost: 0, expectedCostPerComparison: 0,
                pairsLeft: state.comparisonsLeft(maximumJudgementsPerPair: pairing.maximumJudgementsPerPair)
            ) { count in
                estimator.estimate(items: table.items, judgements: Array(judgements.dropLast(count)))
            }
            switch decision {
            case .stop(let reason):
                // What is with the judge is paid for and counts.
                judgements += waiting.map { table.judge($0) }
                let last = estimator.estimate(items: table.items, judgements: judgements)
                return Outcome(reason: reason, quality: ScaleQuality(of: last, truth: table.truth))
            case .continue(let mayStart):
                let room = min(mayStart, inFlight - waiting.count)
                if room > 0 { waiting += pairing.nextComparisons(room, state: state, using: &table.generator) }
            }
            for _ in 0..<max(1, waiting.count / 2) {
                guard !waiting.isEmpty else { break }
                judgements.append(table.judge(waiting.remove(at: table.generator.below(waiting.count))))
            }
            let next = estimator.estimate(items: table.items, judgements: judgements)
            watch?(ScaleQuality(of: next, truth: table.truth))
            scale = next
        }
    }
}

/// The items of a simulated assessment with what is true of them, and the judge.
private struct SimulatedTable {
    let items: [Item.ID]
    /// In the order of the items.
    let truth: [Double]
    var generator: SplitMix64
    private let judge: SimulatedJudge
    private let places: [Item.ID: Int]
    /// From which the judge's opinions on pairs follow.
    private let opinions: UInt64

    init(assessment: SimulatedAssessment, abilities: [Double]?, seed: UInt64) {
        let count = assessment.itemCount
        let digits = String(count).count
        var generator = SplitMix64(seed: seed)
        items = (1...count).map { number in
            Item.ID("item-" + String(repeating: "0", count: digits - String(number).count) + String(number))
        }
        var deviation = assessment.abilityDeviation
        if assessment.logDeviationSpread > 0 {
            deviation *= ElementaryFunctions.exp(assessment.logDeviationSpread * generator.normal())
        }
        truth = abilities ?? items.map { _ in deviation * generator.normal() }
        places = Dictionary(uniqueKeysWithValues: items.enumerated().map { ($1, $0) })
        judge = assessment.judge
        opinions = generator.next()
        self.generator = generator
    }

    mutating func judge(_ comparison: Comparison) -> Judgement {
        guard let first = places[comparison.first], let second = places[comparison.second] else {
            preconditionFailure("a strategy chose an item that is not there")
        }
        let (lower, upper) = (min(first, second), max(first, second))
        var stream = SplitMix64(seed: opinions, stream: UInt64(lower * items.count + upper))
        let opinion = stream.normal() * (first < second ? 1 : -1)
        return judge.judge(comparison, difference: truth[first] - truth[second], opinion: opinion, using: &generator)
    }
}
