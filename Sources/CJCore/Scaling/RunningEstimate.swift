/// Abilities and position bias that follow every judgement as it comes, without starting over.
///
/// The prior's spread is held, for it moves little from one judgement to the next; take it from a ``Scale`` of the judgements so far and
/// begin anew with each full scale. Between full scales the estimates are those that ``ScaleEstimator`` has with that spread fixed, to
/// 10⁻⁷ logits, a millionth of a standard error: a new judgement moves its two items before all, and when they have settled, two Newton
/// steps, the first with the last curvature, lead to the new mode. With a thousand items and twenty judgements each that takes less than
/// half a millisecond.
///
///     var running = RunningEstimate(judgements, priorStandardDeviation: scale.priorStandardDeviation)
///     running.add(first: 3, second: 17, outcome: .first)
///     let abilities = running.abilities
public struct RunningEstimate: Sendable {
    private let reading: ComparisonTable.Reading
    private var posterior: Posterior
    private var mode: [Double]
    /// The gradient at the mode, and the curvature there or very near.
    private var slope: Slope
    /// Move of a part by itself at which the mode is taken as found, in logits.
    private static let tolerance = 2e-8
    /// Judgements so far.
    public private(set) var judgementCount: Int

    /// Fits judgements by judges that are alike.
    ///
    /// - Parameters:
    ///   - judgements: any number, none included.
    ///   - priorStandardDeviation: of the abilities, in logits; above zero.
    ///   - settings: of the full scales; what they say of the prior on abilities and of different judges has no part in this.
    public init(
        _ judgements: IndexedJudgements, priorStandardDeviation: Double, settings: ScaleEstimator.Settings = .init()
    ) {
        precondition(priorStandardDeviation > 0 && priorStandardDeviation < .infinity, "a prior needs a positive spread")
        reading = .init(ignoresMargins: !settings.usesMargins, halvesTies: settings.ties == .halves)
        let table = ComparisonTable(judgements.byOneJudge, reading: reading)
        posterior = Posterior(
            table: table,
            settings: .init(
                model: table.customaryModel, abilityDeviation: priorStandardDeviation,
                biasDeviation: settings.positionBiasDeviation))
        mode = posterior.start
        slope = posterior.slope(at: mode)
        judgementCount = judgements.count
        posterior.climb(from: &mode, slope: &slope)
    }

    /// Logits, in the order of the items' numbers; they sum to zero.
    public var abilities: [Double] { Array(mode[..<posterior.layout.itemCount]) }

    /// Preference for the first place, in logits.
    public var positionBias: Double { mode[posterior.layout.itemCount] }

    /// Adds a judgement of two different items, and moves the estimates.
    public mutating func add(first: Int, second: Int, outcome: Outcome, margin: Margin? = nil, weight: Double = 1) {
        var judgements = IndexedJudgements(itemCount: posterior.table.itemCount)
        judgements.append(first: first, second: second, outcome: outcome, margin: margin, weight: weight)
        add(judgements)
    }

    /// Adds some judgements of the same items at once, and moves the estimates.
    public mutating func add(_ judgements: IndexedJudgements) {
        precondition(judgements.itemCount == posterior.table.itemCount, "both count the same items")
        judgementCount += judgements.count
        let cells = ComparisonTable(judgements.byOneJudge, reading: reading).cells
        if cells.allSatisfy(posterior.admits) {
            for cell in cells { posterior.insert(cell, at: mode, into: &slope) }
            if let pair = cells.first, cells.allSatisfy({ $0.lower == pair.lower && $0.upper == pair.upper }) {
                posterior.settle(Int(pair.lower), Int(pair.upper), point: &mode, slope: &slope)
            }
        } else {
            startOver(with: cells)
        }
        posterior.climb(from: &mode, slope: &slope, tolerance: Self.tolerance)
    }

    /// An answer of a new kind brings thresholds into the model.
    private mutating func startOver(with cells: [ComparisonTable.Cell]) {
        let table = ComparisonTable(
            itemCount: posterior.table.itemCount, judgementCount: judgementCount, gathering: posterior.table.cells + cells)
        var settings = posterior.settings
        settings.model = table.customaryModel
        posterior = Posterior(table: table, settings: settings)
        var start = posterior.start
        for place in 0..<posterior.layout.clear { start[place] = mode[place] }
        mode = start
        slope = posterior.slope(at: mode)
    }
}
