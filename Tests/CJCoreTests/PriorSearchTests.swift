import Testing

@testable import CJCore

@Suite("The prior's spread")
struct PriorSearchTests {
    /// Logarithm of the marginal likelihood and the prior on σ, by definition.
    private func height(_ table: ComparisonTable, _ settings: Posterior.Settings, deviation: Double) throws -> Double {
        var settings = settings
        settings.abilityDeviation = deviation
        let posterior = Posterior(table: table, settings: settings)
        let mode = posterior.mode()
        let curvature = posterior.slope(at: mode).curvature
        var dense = SymmetricMatrix(size: curvature.pattern.size)
        for row in 0..<curvature.pattern.size {
            dense[row, row] = curvature.diagonal[row]
            for place in Int(curvature.pattern.starts[row])..<Int(curvature.pattern.starts[row + 1]) {
                dense[Int(curvature.pattern.columns[place]), row] = curvature.entries[place]
            }
        }
        let factor = try #require(CholeskyFactor(dense))
        let logDeviation = ElementaryFunctions.log(deviation)
        let distance = (logDeviation - ElementaryFunctions.log(2.2)) / 0.7
        let volume = factor.logDeterminant(size: mode.count)
        return posterior.logDensity(at: mode) - Double(table.itemCount) * logDeviation - 0.5 * (volume + distance * distance)
    }

    /// Draws judgements; of kind 0 with winners alone, of kind 1 with ties, of kind 2 with margins.
    private func table(items: Int, judgements count: Int, kind: Int) -> ComparisonTable {
        var generator = SplitMix64(seed: UInt64(count + kind))
        let abilities = (0..<items).map { _ in 1.5 * generator.normal() }
        var judgements = IndexedJudgements(itemCount: items)
        for _ in 0..<count {
            let first = generator.below(items)
            let second = (first + 1 + generator.below(items - 1)) % items
            let chance = ElementaryFunctions.logistic(abilities[first] - abilities[second] + 0.3)
            let isTie = kind == 1 && generator.below(8) == 0
            judgements.append(
                first: first, second: second, outcome: isTie ? .tie : generator.unit() < chance ? .first : .second,
                margin: kind == 2 ? (generator.below(2) == 0 ? .slight : .clear) : nil)
        }
        return ComparisonTable(judgements)
    }

    /// How far the top of the marginal likelihood is from what a search found, in steps of the grid.
    private func distance(of table: ComparisonTable, startingAt start: Double?) throws -> Double {
        let settings = Posterior.Settings(model: table.customaryModel, abilityDeviation: 1, biasDeviation: 0.3)
        var search = PriorSearch(table: table, settings: settings, prior: (median: 2.2, logDeviation: 0.7))
        let found = search.mostProbable(startingAt: start).posterior.settings.abilityDeviation
        let step = ElementaryFunctions.exp(1.0 / 32)
        let lower = try height(table, settings, deviation: found / step)
        let middle = try height(table, settings, deviation: found)
        let upper = try height(table, settings, deviation: found * step)
        return 0.5 * (lower - upper) / (lower - 2 * middle + upper)
    }

    @Test(
        "It is where the marginal likelihood is highest, for every kind of answer and wherever the search begins",
        arguments: [(2, 3), (12, 40), (30, 200)], [0, 1, 2])
    func highest(size: (items: Int, judgements: Int), kind: Int) throws {
        let table = table(items: size.items, judgements: size.judgements, kind: kind)
        for start in [nil, 0.3, 9.0] { #expect(try distance(of: table, startingAt: start).magnitude < 0.6) }
    }

    @Test("It is so with many items too, where the search begins with estimates", arguments: [500, 1_500])
    func many(judgements: Int) throws {
        #expect(try distance(of: table(items: 150, judgements: judgements, kind: 0), startingAt: nil).magnitude < 0.6)
    }
}
