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

    /// The scale of judgements, of all items that occur in them.
    ///
    /// Groups of items between which nothing was judged each sum to zero; nothing is known of the distance between them.
    public func estimate(_ judgements: [Judgement]) -> CorrectedScale {
        let items = judgements.flatMap { [$0.comparison.first, $0.comparison.second] }
        let table = ComparisonTable(items: items, judgements: judgements)
        let (abilities, information) = solve(table)
        return CorrectedScale(table: table, abilities: abilities, information: information)
    }

    private func solve(_ table: ComparisonTable) -> (abilities: [Double], information: [Double]) {
        let groups = table.groups
        let targets = correctedScores(table)
        var abilities = Array(repeating: 0.0, count: table.items.count)
        for _ in 0..<Self.maximumSteps {
            var slope = slope(of: table, at: abilities, targets: targets)
            removeCommonMiss(from: &slope, groups: groups)
            guard abilities.indices.contains(where: { slope.gradient[$0].magnitude > Self.tolerance * slope.diagonal[$0] }) else {
                break
            }
            let step = slope.newtonStep(table: table, biasShare: 0)
            let longest = abilities.indices.reduce(0) { max($0, step[$1].magnitude) }
            let fraction = longest > Self.longestMove ? Self.longestMove / longest : 1
            for item in abilities.indices { abilities[item] += fraction * step[item] }
            centre(&abilities, groups: groups)
        }
        return (abilities, Array(slope(of: table, at: abilities, targets: targets).diagonal.dropLast()))
    }

    private func correctedScores(_ table: ComparisonTable) -> [Double] {
        var wins = Array(repeating: 0.0, count: table.items.count)
        var counts = wins
        for cell in table.cells {
            wins[cell.first] += cell.firstWins
            wins[cell.second] += cell.count - cell.firstWins
            counts[cell.first] += cell.count
            counts[cell.second] += cell.count
        }
        return wins.indices.map { epsilon + (1 - 2 * epsilon / counts[$0]) * wins[$0] }
    }

    /// Gradient: by how many wins each item misses its corrected score. Diagonal: each item's information.
    private func slope(of table: ComparisonTable, at abilities: [Double], targets: [Double]) -> Slope {
        var slope = Slope(dimension: abilities.count + 1, cellCount: table.cells.count)
        for item in abilities.indices { slope.gradient[item] = targets[item] }
        // The last place is the position bias, which is held at zero.
        slope.precision[abilities.count] = 1
        slope.diagonal = slope.precision
        for (index, cell) in table.cells.enumerated() {
            let probability = ElementaryFunctions.logistic(abilities[cell.first] - abilities[cell.second])
            let weight = cell.count * probability * (1 - probability)
            slope.gradient[cell.first] -= cell.count * probability
            slope.gradient[cell.second] -= cell.count * (1 - probability)
            slope.weights[index] = weight
            slope.diagonal[cell.first] += weight
            slope.diagonal[cell.second] += weight
        }
        return slope
    }

    /// Takes out of every gradient what its whole group misses its scores by, in proportion to the items' information.
    private func removeCommonMiss(from slope: inout Slope, groups: [[Int]]) {
        for group in groups {
            let miss = group.reduce(0) { $0 + slope.gradient[$1] } / group.reduce(0) { $0 + slope.diagonal[$1] }
            for item in group { slope.gradient[item] -= miss * slope.diagonal[item] }
        }
    }

    private func centre(_ abilities: inout [Double], groups: [[Int]]) {
        for group in groups {
            let mean = group.reduce(0) { $0 + abilities[$1] } / Double(group.count)
            for item in group { abilities[item] -= mean }
        }
    }
}
