import Testing

@testable import CJCore

@Suite("Circular triads")
struct CircularTriadsTests {
    private typealias Record = (first: Int, second: Int, outcome: Outcome, times: Double)

    private func table(_ records: [Record], items: Int) -> ComparisonTable {
        var judgements = IndexedJudgements(itemCount: items)
        for record in records {
            judgements.append(first: record.first, second: record.second, outcome: record.outcome, weight: record.times)
        }
        return ComparisonTable(judgements)
    }

    /// The item with the lower number wins with this probability.
    private func lowerWins(_ probability: Double) -> (ComparisonTable.Cell) -> (mean: Double, variance: Double) {
        { cell in (cell.first < cell.second ? probability : 1 - probability, probability * (1 - probability)) }
    }

    @Test("Three preferences in a circle are one triad, of which a scale that tells nothing apart expects a quarter")
    func circle() throws {
        let names: [(Item.ID, Item.ID)] = [("a", "b"), ("b", "c"), ("c", "a")]
        let judgements = try names.map { first, second in
            Judgement(comparison: try Comparison(first: first, second: second), outcome: .first, judge: "j")
        }
        // Held at zero, the bias leaves every pair even.
        let estimator = ScaleEstimator(settings: .init(positionBiasDeviation: nil))
        let (scale, counted) = estimator.estimateWithTriads(NamedJudgements(items: ["a", "b", "c"], judgements: judgements))
        let triads = try #require(counted)
        #expect(scale.items.allSatisfy { scale.estimate(of: $0).ability.magnitude < 1e-9 })
        #expect(triads.triads == 1)
        #expect(triads.circular == 1)
        #expect((triads.expected - 0.25).magnitude < 1e-12)
        #expect((triads.standardDeviation - (3.0 / 16).squareRoot()).magnitude < 1e-12)
        #expect(triads.consistency == -3)
        let corrected = CorrectedLikelihood().estimateWithTriads(NamedJudgements(items: ["a", "b", "c"], judgements: judgements))
        #expect(corrected.triads == triads)
    }

    @Test("Of the four triads of four items, one is circular where the last three beat one another in turn")
    func tournament() throws {
        let table = table(
            [(0, 1, .first, 1), (2, 0, .second, 1), (0, 3, .first, 1), (1, 2, .first, 1), (2, 3, .first, 1), (3, 1, .first, 1)],
            items: 4)
        let triads = try #require(CircularTriads(table: table, expected: lowerWins(0.5)))
        #expect(triads.triads == 4)
        #expect(triads.circular == 1)
        #expect(triads.consistency == 0)
        // Coins: a quarter of the triads, with the variance 3/16 each (Kendall and Babington Smith 1940).
        #expect((triads.expected - 1).magnitude < 1e-12)
        #expect((triads.standardDeviation * triads.standardDeviation - 0.75).magnitude < 1e-12)
    }

    @Test("The expected number and its variance are those of all outcomes that five items can have")
    func enumeration() throws {
        let pairs = (0..<5).flatMap { lower in (lower + 1..<5).map { (lower, $0) } }
        func probability(_ pair: (Int, Int)) -> Double { ElementaryFunctions.logistic(0.7 * Double(pair.1 * pair.1 - pair.0)) }
        var (mean, square) = (0.0, 0.0)
        for outcome in 0..<(1 << pairs.count) {
            var wins = Array(repeating: Array(repeating: false, count: 5), count: 5)
            var weight = 1.0
            for (place, pair) in pairs.enumerated() {
                let lowerWins = outcome >> place & 1 == 1
                wins[pair.0][pair.1] = lowerWins
                wins[pair.1][pair.0] = !lowerWins
                weight *= lowerWins ? probability(pair) : 1 - probability(pair)
            }
            var circles = 0.0
            // Each circle once, from its lowest item on.
            for a in 0..<5 {
                for b in a + 1..<5 where wins[a][b] {
                    for c in a + 1..<5 where wins[b][c] && wins[c][a] { circles += 1 }
                }
            }
            mean += weight * circles
            square += weight * circles * circles
        }
        let table = table(pairs.map { ($0.0, $0.1, .first, 1) }, items: 5)
        let triads = try #require(
            CircularTriads(table: table) { cell in
                let p = probability((Int(cell.lower), Int(cell.upper)))
                return (cell.first < cell.second ? p : 1 - p, p * (1 - p))
            })
        #expect(triads.triads == 10)
        #expect(triads.circular == 0)
        #expect(triads.consistency == 1)
        #expect((triads.expected - mean).magnitude < 1e-12)
        #expect((triads.standardDeviation * triads.standardDeviation - (square - mean * mean)).magnitude < 1e-12)
    }

    @Test("A pair goes to the item that won most of its judgements, and the scale expects that of the majority")
    func majority() throws {
        let table = table(
            [(0, 1, .first, 1), (1, 2, .first, 1), (0, 2, .second, 2), (2, 0, .second, 1)], items: 3)
        let triads = try #require(CircularTriads(table: table, expected: lowerWins(0.8)))
        #expect(triads.circular == 1)
        // Two of three or more: 0.8³ + 3 · 0.8² · 0.2 = 0.896; a circle: 0.8² · 0.104 + 0.2² · 0.896.
        #expect((triads.expected - 0.1024).magnitude < 1e-12)
    }

    @Test("Of an even number of judgements, those that come out even are left out, as a pair that did has no winner")
    func evenPairs() throws {
        let won = table([(0, 1, .first, 2)], items: 2)
        let network = try #require(PairNetwork(table: won, mostPairs: 1, expected: lowerWins(0.8)))
        #expect((network.pairs[0].probability - 0.64 / 0.68).magnitude < 1e-12)
        let even = table([(0, 1, .first, 1), (1, 0, .first, 1), (1, 2, .first, 1), (0, 2, .first, 1)], items: 3)
        #expect(try #require(CircularTriads(table: even, expected: lowerWins(0.8))).triads == 0)
        #expect(try #require(CircularTriads(table: even, expected: lowerWins(0.8))).consistency == nil)
    }

    @Test("Ties decide no pair, and the scale expects what it does of judgements that are none")
    func ties() throws {
        let table = table([(0, 1, .tie, 5), (0, 1, .first, 1)], items: 2)
        // First 0.5, tie 0.2, second 0.3: a share of 0.6 with the variance 0.5 + 0.05 − 0.36.
        let network = try #require(PairNetwork(table: table, mostPairs: 1) { _ in (0.6, 0.19) })
        #expect(network.pairs.count == 1)
        #expect((network.pairs[0].probability - 0.625).magnitude < 1e-12)
    }

    @Test("Beyond sixty-four judgements of a pair, its majority is as probable as the normal distribution says")
    func manyJudgements() throws {
        func probability(_ times: Double) throws -> Double {
            let network = PairNetwork(table: table([(0, 1, .first, times)], items: 2), mostPairs: 1, expected: lowerWins(0.55))
            return try #require(network).pairs[0].probability
        }
        let (exact, normal) = (try probability(63), try probability(65))
        #expect((normal - NormalDistribution.cumulative(0.05 * 65 / (65 * 0.55 * 0.45).squareRoot())).magnitude < 1e-12)
        #expect((exact - normal).magnitude < 0.005)
        #expect(
            (try probability(2.5) - NormalDistribution.cumulative(0.05 * 2.5 / (2.5 * 0.2475).squareRoot())).magnitude < 1e-12)
    }

    @Test("As many pairs as are allowed are looked at, and not one more")
    func limit() {
        let table = table([(0, 1, .first, 1), (1, 2, .first, 1), (2, 0, .first, 1)], items: 3)
        #expect(PairNetwork(table: table, mostPairs: 3, expected: lowerWins(0.5)) != nil)
        #expect(PairNetwork(table: table, mostPairs: 2, expected: lowerWins(0.5)) == nil)
    }
}
