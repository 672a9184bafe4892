/// Places items by joint maximum likelihood with corrected scores, as studies of comparative judgement are usually published.
///
/// An item that won sᵢ of nᵢ judgements counts as if it had won sᵢ* = ε + (1 − 2ε/nᵢ)·sᵢ, so that perfect records have finite places
/// (Bertoli-Barsotti, Lando and Punzo 2014). Corrected scores need not add up to the number of judgements, so not all of them can be
/// met: within each group of items that were compared, the places are those at which every item misses its corrected score by the same
/// number of logits, (sᵢ* − Σⱼpᵢⱼ)/Iᵢ, where the customary iteration over items with recentring comes to rest. An item's standard error
/// is 1/√Iᵢ with Iᵢ = Σⱼpᵢⱼ(1 − pᵢⱼ), which leaves out that the others are uncertain too.
///
/// Prefer ``ScaleEstimator``, whose errors are those of one model; this one is for comparison with published figures.
public struct CorrectedLikelihood: Sendable {
    /// The ε of most published studies.
    public static let customaryEpsilon = 0.3

    public let epsilon: Double

    /// Newton steps at most; six to nine are usual.
    private static let maximumSteps = 200
    /// Farthest that an item moves in one step, in logits.
    private static let longestMove = 2.0
    /// Logits by which an item may miss its place at the end.
    private static let tolerance = 1e-10

    /// - Parameter epsilon: above 0 and below 0.5, in wins.
    public init(epsilon: Double = CorrectedLikelihood.customaryEpsilon) {
        precondition(epsilon > 0 && epsilon < 0.5, "an ε lies between 0 and a half, not at \(epsilon)")
        self.epsilon = epsilon
    }

    /// The scale of judgements, of all items that occur in them. A tie counts as half a win for either; margins count for nothing.
    ///
    /// Groups of items between which nothing was judged each sum to zero; nothing is known of the distance between them.
    public func estimate(_ judgements: [Judgement]) -> CorrectedScale {
        estimate(
            NamedJudgements(items: judgements.flatMap { [$0.comparison.first, $0.comparison.second] }, judgements: judgements))
    }

    /// The scale of judgements in which every item occurs.
    public func estimate(_ judgements: NamedJudgements) -> CorrectedScale { fit(judgements).scale }

    /// As ``estimate(_:)-(NamedJudgements)``, with the circles among the judgements; nothing in their place where there are too many pairs.
    public func estimateWithTriads(_ judgements: NamedJudgements) -> (scale: CorrectedScale, triads: CircularTriads?) {
        let (scale, table, abilities) = fit(judgements)
        return (scale, CircularTriads(table: table) { Self.expectedScore(of: $0, abilities: abilities) })
    }

    /// How far scales of halves of the judgements agree.
    ///
    /// - Parameters:
    ///   - splits: How often to split.
    ///   - seed: The same seed gives the same splits.
    /// - Returns: nothing where no split leaves three items in both halves.
    public func splitHalves(_ judgements: IndexedJudgements, splits: Int, seed: UInt64) -> SplitHalves? {
        SplitHalves(judgements, splits: splits, seed: seed) { solve(table(of: $0)).abilities }
    }

    private func table(of judgements: IndexedJudgements) -> ComparisonTable {
        ComparisonTable(judgements, reading: .init(ignoresMargins: true, halvesTies: true))
    }

    private func fit(_ judgements: NamedJudgements) -> (scale: CorrectedScale, table: ComparisonTable, abilities: [Double]) {
        let table = table(of: judgements.judgements)
        let (abilities, information) = solve(table)
        let scale = CorrectedScale(named: judgements, table: table, abilities: abilities, information: information)
        return (scale, table, abilities)
    }

    /// Share of a win that the first item of a cell is expected to take, and the variance of that share.
    static func expectedScore(of cell: ComparisonTable.Cell, abilities: [Double]) -> (mean: Double, variance: Double) {
        let mean = ElementaryFunctions.logistic(abilities[Int(cell.first)] - abilities[Int(cell.second)])
        return (mean, mean * (1 - mean))
    }

    private func solve(_ table: ComparisonTable) -> (abilities: [Double], information: [Double]) {
        let groups = table.groups
        let targets = correctedScores(table)
        let pattern = CurvaturePattern(
            table: table, layout: PointLayout(itemCount: table.itemCount, biasCount: 1), hasThresholds: false)
        var abilities = Array(repeating: 0.0, count: table.itemCount)
        for _ in 0..<Self.maximumSteps {
            var slope = slope(of: table, pattern: pattern, at: abilities, targets: targets)
            removeCommonMiss(from: &slope, groups: groups)
            guard
                abilities.indices.contains(where: { slope.gradient[$0].magnitude > Self.tolerance * slope.curvature.diagonal[$0] }
                )
            else {
                break
            }
            let step = slope.newtonStep()
            let longest = abilities.indices.reduce(0) { max($0, step[$1].magnitude) }
            let fraction = longest > Self.longestMove ? Self.longestMove / longest : 1
            for item in abilities.indices { abilities[item] += fraction * step[item] }
            centre(&abilities, groups: groups)
        }
        return (
            abilities,
            Array(slope(of: table, pattern: pattern, at: abilities, targets: targets).curvature.diagonal[..<table.itemCount])
        )
    }

    private func correctedScores(_ table: ComparisonTable) -> [Double] {
        var wins = Array(repeating: 0.0, count: table.itemCount)
        var counts = wins
        for cell in table.cells {
            wins[Int(cell.first)] += cell.firstWins
            wins[Int(cell.second)] += cell.weight - cell.firstWins
            counts[Int(cell.first)] += cell.weight
            counts[Int(cell.second)] += cell.weight
        }
        return wins.indices.map { epsilon + (1 - 2 * epsilon / counts[$0]) * wins[$0] }
    }

    /// Gradient: by how many wins each item misses its corrected score. Diagonal: each item's information.
    private func slope(of table: ComparisonTable, pattern: CurvaturePattern, at abilities: [Double], targets: [Double]) -> Slope {
        // What comes after the items in a point is held, and nothing pulls the items themselves.
        var gradient = targets + [0, 0, 0]
        var diagonal = Array(repeating: 0.0, count: abilities.count) + [1, 1, 1]
        var entries = Array(repeating: 0.0, count: pattern.matrix.columns.count)
        for (index, cell) in table.cells.enumerated() {
            let (first, second) = (Int(cell.first), Int(cell.second))
            let probability = ElementaryFunctions.logistic(abilities[first] - abilities[second])
            let weight = cell.weight * probability * (1 - probability)
            gradient[first] -= cell.weight * probability
            gradient[second] -= cell.weight * (1 - probability)
            diagonal[first] += weight
            diagonal[second] += weight
            entries[Int(pattern.pairs[index])] -= weight
        }
        return Slope(
            gradient: gradient, curvature: SparseSymmetricMatrix(pattern: pattern.matrix, diagonal: diagonal, entries: entries))
    }

    /// Takes out of every gradient what its whole group misses its scores by, in proportion to the items' information.
    private func removeCommonMiss(from slope: inout Slope, groups: [[Int]]) {
        for group in groups {
            let miss = group.reduce(0) { $0 + slope.gradient[$1] } / group.reduce(0) { $0 + slope.curvature.diagonal[$1] }
            for item in group { slope.gradient[item] -= miss * slope.curvature.diagonal[item] }
        }
    }

    private func centre(_ abilities: inout [Double], groups: [[Int]]) {
        for group in groups {
            let mean = group.reduce(0) { $0 + abilities[$1] } / Double(group.count)
            for item in group { abilities[item] -= mean }
        }
    }
}
