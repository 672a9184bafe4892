/// What a table of judgements and Gaussian priors say about abilities, position biases and thresholds of answers.
///
/// The logit of the first item's winning is κ(θ_first − θ_second) + β (Bradley and Terry 1952); θ ~ N(0, σ²), β ~ N(0, b²). See
/// `ResponseModel` for answers other than a winner. The logarithm of the posterior is strictly concave in all of them (Pratt 1981,
/// "Concavity of the log likelihood"), so there is one mode and it is finite whatever the records are: perfect, empty or
/// disconnected. The likelihood does not change when all abilities move together, so the prior alone fixes their sum, at zero.
///
/// A point is an array with the parts that ``PointLayout`` names.
struct Posterior {
    /// What is believed before the first judgement, and how the answers are read.
    struct Settings: Sendable {
        var model = ResponseModel.cumulative
        /// σ, in logits.
        var abilityDeviation: Double
        /// b, in logits; nothing holds the biases at zero.
        var biasDeviation: Double?
        /// Whether each judge has a bias of its own.
        var biasByJudge = false
        /// κ of each judge; empty where every judge has 1.
        var scales: [Double] = []
    }

    private(set) var table: ComparisonTable
    let settings: Settings
    let layout: PointLayout
    private(set) var pattern: CurvaturePattern
    /// Of the priors, by the parts of a point.
    let precision: [Double]
    let scales: [Double]
    /// Whether anything depends on thresholds.
    let hasThresholds: Bool

    /// Newton steps at most; four to nine are usual.
    private static let maximumSteps = 200
    /// Move of a part by itself at which the mode is taken as found, in logits.
    static let tolerance = 1e-10
    /// How far a step may be from exact at most, and for each logit that a part has still to move by itself.
    private static let roughest = 0.05
    private static let sharpening = 0.2
    /// Change of a logit up to which a full step is sure to rise.
    private static let safeChange = 1.5
    /// Most probable distances of t from u, and of u from zero, in logits.
    static let usualGap = 1.0
    static let usualTie = 0.3
    /// Deviation of the prior on Davidson's η.
    static let tieLogitDeviation = 2.0
    /// Share of the distance to the next threshold that one step may take.
    private static let thresholdShare = 0.7

    /// - Parameter earlier: a posterior of the same table from which to take what does not depend on the priors.
    init(table: ComparisonTable, settings: Settings, sharing earlier: Posterior? = nil) {
        self.table = table
        self.settings = settings
        layout = PointLayout(itemCount: table.itemCount, biasCount: settings.biasByJudge ? table.judgeCount : 1)
        scales = settings.scales.isEmpty ? Array(repeating: 1, count: table.judgeCount) : settings.scales
        hasThresholds = table.hasTies || table.hasMargins
        pattern = earlier?.pattern ?? CurvaturePattern(table: table, layout: layout, hasThresholds: hasThresholds)
        let ability = 1 / (settings.abilityDeviation * settings.abilityDeviation)
        let bias = settings.biasDeviation.map { 1 / ($0 * $0) } ?? 1
        precision =
            Array(repeating: ability, count: layout.itemCount) + Array(repeating: bias, count: layout.biasCount) + [1, 1]
    }

    /// Logit of the first item's winning.
    func logit(of cell: ComparisonTable.Cell, at point: [Double]) -> Double {
        scales[Int(cell.judge)] * (point[Int(cell.first)] - point[Int(cell.second)]) + point[layout.bias(of: cell.judge)]
    }

    /// κ of a judge.
    func scale(of judge: Int) -> Double { scales[judge] }

    /// The largest κ.
    var largestScale: Double { scales.max() ?? 1 }

    /// Derivatives of the logarithm of an answer's probability.
    func slope(of cell: ComparisonTable.Cell, at point: [Double]) -> ResponseModel.Slope {
        settings.model.slope(
            of: cell.response, logit: logit(of: cell, at: point), clear: point[layout.clear], tie: point[layout.tie])
    }

    /// Share of a win that the first item of a cell is expected to take, and the variance of that share.
    func expectedScore(of cell: ComparisonTable.Cell, at point: [Double]) -> (mean: Double, variance: Double) {
        settings.model.score(logit: logit(of: cell, at: point), tie: point[layout.tie], hasTies: table.hasTies)
    }

    /// Whether an answer is of a kind that the model has thresholds for already.
    func admits(_ cell: ComparisonTable.Cell) -> Bool {
        (table.hasTies || cell.response != .tie) && (table.hasMargins || !cell.response.hasMargin)
    }

    /// Adds an answer that the model admits, and its share to the slope at a point.
    mutating func insert(_ cell: ComparisonTable.Cell, at point: [Double], into slope: inout Slope) {
        precondition(layout.biasCount == 1 && admits(cell), "the pattern has a place for the answer")
        let (index, isNew) = table.insert(cell)
        if isNew {
            if let entry = pattern.insert(cell, at: index, of: table) { slope.curvature.entries.insert(0, at: entry) }
            slope.curvature.pattern = pattern.matrix
        }
        add(cell, at: index, point: point, to: &slope)
    }

    /// Where the climb begins when nothing is known.
    var start: [Double] {
        var point = Array(repeating: 0.0, count: layout.dimension)
        point[layout.clear] = 1
        point[layout.tie] = table.hasTies && settings.model == .cumulative ? 0.3 : 0
        return point
    }

    /// The highest point, by Newton's method from `start`.
    ///
    /// The third derivative along any line is at most M times the second, M the largest change of a logit along it. So a full step with
    /// M up to 1.5 rises, and so does one that is shortened to ln(1 + M)/M (Bach 2010, "Self-concordant analysis for logistic
    /// regression"); a step at whose end the line still rises does too, because the function is concave. One of the three is taken,
    /// which makes the climb sure to end at the mode without ever looking at the height.
    func mode(startingAt start: [Double]? = nil) -> [Double] {
        var point = start ?? self.start
        var slope = slope(at: point)
        climb(from: &point, slope: &slope)
        return point
    }

    /// Goes from a point to the mode.
    ///
    /// - Parameters:
    ///   - slope: at the point, though its curvature may be that of a point near by; afterwards, that of the mode in the same way.
    ///   - tolerance: move of a part by itself at which the mode is taken as found, in logits.
    func climb(from point: inout [Double], slope: inout Slope, tolerance: Double = Self.tolerance) {
        for _ in 0..<Self.maximumSteps {
            let move = slope.largestMove
            guard move > tolerance else { break }
            // As exact as the curvature is alike along the step, and no closer than what leaves next to nothing.
            let wanted = max(move * Self.sharpening, 0.5 * tolerance / move)
            let roughness = max(Slope.exact, min(Self.roughest, wanted))
            let step = slope.newtonStep(tolerance: roughness)
            let rise = SparseSymmetricMatrix.product(slope.gradient, step)
            guard rise > 0 else { break }
            let change = largestChange(along: step)
            let whole = thresholdLimit(from: point, along: step)
            var next = moved(point, by: whole, along: step)
            // An exact step leaves no more of the way than the share by which the curvature changes along it; where that is little, its end is
            // taken without a look.
            guard max(change, roughness) * move > tolerance || whole < 1 else {
                point = next
                for index in slope.gradient.indices { slope.gradient[index] = 0 }
                break
            }
            evaluate(at: next, into: &slope)
            if whole * change > Self.safeChange, SparseSymmetricMatrix.product(slope.gradient, step) < 0 {
                next = moved(point, by: min(whole, ElementaryFunctions.log(1 + change) / change), along: step)
                evaluate(at: next, into: &slope)
            }
            point = next
        }
        centre(&point)
    }
}

extension Posterior {
    struct ThresholdPrior {
        var byClear = 0.0
        var byTie = 0.0
        var clearClear = 1.0
        var tieTie = 1.0
        var clearTie = 0.0
    }

    func thresholdPrior(clear: Double, tie: Double) -> ThresholdPrior {
        var prior = ThresholdPrior()
        guard settings.model == .cumulative else {
            guard table.hasTies else { return prior }
            let precision = 1 / (Self.tieLogitDeviation * Self.tieLogitDeviation)
            prior.byTie = -precision * tie
            prior.tieTie = precision
            return prior
        }
        if table.hasTies {
            prior.byTie = 1 / tie - 1 / Self.usualTie
            prior.tieTie = 1 / (tie * tie)
        }
        if table.hasMargins {
            let gap = clear - tie
            let square = 1 / (gap * gap)
            prior.byClear = 1 / gap - 1 / Self.usualGap
            prior.clearClear = square
            if table.hasTies {
                prior.byTie -= prior.byClear
                prior.tieTie += square
                prior.clearTie = -square
            }
        }
        return prior
    }

    /// The largest change of a logit that a step can make, thresholds included.
    private func largestChange(along step: [Double]) -> Double {
        let moves = step[..<layout.itemCount]
        let spread = (moves.max() ?? 0) - (moves.min() ?? 0)
        let bias = step[layout.biases].reduce(0) { max($0, $1.magnitude) }
        return largestScale * spread + bias + step[layout.clear].magnitude + step[layout.tie].magnitude
    }

    /// How much of a step leaves the thresholds in order.
    func thresholdLimit(from point: [Double], along step: [Double]) -> Double {
        guard settings.model == .cumulative else { return 1 }
        var limit = 1.0
        func keepApart(_ distance: Double, _ move: Double) {
            if distance + move < (1 - Self.thresholdShare) * distance {
                limit = min(limit, -Self.thresholdShare * distance / move)
            }
        }
        if table.hasTies { keepApart(point[layout.tie], step[layout.tie]) }
        if table.hasMargins { keepApart(point[layout.clear] - point[layout.tie], step[layout.clear] - step[layout.tie]) }
        return limit
    }

    private func moved(_ point: [Double], by fraction: Double, along step: [Double]) -> [Double] {
        point.indices.map { point[$0] + fraction * step[$0] }
    }

    /// Removes what rounding has left of the sum of the abilities.
    private func centre(_ point: inout [Double]) {
        guard layout.itemCount > 0 else { return }
        let mean = point[..<layout.itemCount].reduce(0, +) / Double(layout.itemCount)
        for item in 0..<layout.itemCount { point[item] -= mean }
    }
}
