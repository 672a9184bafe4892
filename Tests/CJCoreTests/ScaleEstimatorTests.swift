import CJCore
import Testing

@Suite("Scale estimator")
struct ScaleEstimatorTests {
    /// As good as maximum likelihood: a prior that is all but flat, and no position bias.
    private let likelihood = ScaleEstimator(
        settings: .init(prior: .fixed(standardDeviation: 10_000), positionBiasDeviation: nil))

    @Test("The worked example of four players that is found in encyclopaedias comes out")
    func workedExample() {
        let wins: [(Item.ID, Item.ID, Int)] = [
            ("a", "b", 2), ("a", "d", 1), ("b", "a", 3), ("b", "c", 5), ("c", "b", 3), ("c", "d", 1), ("d", "a", 4),
            ("d", "c", 3),
        ]
        let scale = likelihood.estimate(items: ["a", "b", "c", "d"], judgements: expand(wins))
        let strengths: [(Item.ID, Double)] = [("a", 0.639835), ("b", 1.043314), ("c", 0.659810), ("d", 2.270377)]
        for (item, strength) in strengths {
            #expect((scale.estimate(of: item).ability - logarithm(strength)).magnitude < 2e-6)
        }
    }

    @Test("Citations between four statistics journals give the published contrasts and errors")
    func journals() {
        let wins: [(Item.ID, Item.ID, Int)] = [
            ("Biometrika", "CommStat", 730), ("CommStat", "Biometrika", 33), ("Biometrika", "JASA", 498),
            ("JASA", "Biometrika", 320), ("Biometrika", "JRSSB", 221), ("JRSSB", "Biometrika", 284), ("CommStat", "JASA", 68),
            ("JASA", "CommStat", 813), ("CommStat", "JRSSB", 17), ("JRSSB", "CommStat", 276), ("JASA", "JRSSB", 142),
            ("JRSSB", "JASA", 325),
        ]
        let scale = likelihood.estimate(items: ["Biometrika", "CommStat", "JASA", "JRSSB"], judgements: expand(wins))
        let published: [(Item.ID, Double, Double)] = [
            ("CommStat", -2.949072, 0.10255), ("JASA", -0.479570, 0.06059), ("JRSSB", 0.268954, 0.07083),
        ]
        let reference = scale.estimate(of: "Biometrika").ability
        for (journal, contrast, error) in published {
            #expect((scale.estimate(of: journal).ability - reference - contrast).magnitude < 1e-5)
            #expect((scale.varianceOfDifference(journal, "Biometrika").squareRoot() - error).magnitude < 1e-4)
        }
    }

    @Test("Three in a circle and one win more give the known maximum")
    func circle() {
        let scale = likelihood.estimate(
            items: ["a", "b", "c"],
            judgements: [win("a", over: "b"), win("b", over: "c"), win("c", over: "a"), win("a", over: "b")])
        #expect((scale.estimate(of: "a").ability - 0.419617624).magnitude < 1e-6)
        #expect((scale.estimate(of: "b").ability + 0.419617624).magnitude < 1e-6)
        #expect(scale.estimate(of: "c").ability.magnitude < 1e-6)
    }

    @Test("Two items and one judgement satisfy the equation of the mode, and the error is the inverse curvature")
    func twoItems() {
        let estimator = ScaleEstimator(settings: .init(prior: .fixed(standardDeviation: 2), positionBiasDeviation: nil))
        let scale = estimator.estimate(items: ["a", "b"], judgements: [win("a", over: "b")])
        let ability = scale.estimate(of: "a").ability
        let probability = 1 / (1 + exponential(-2 * ability))
        #expect((1 - probability - ability / 4).magnitude < 1e-9)
        // With δ = θ_a − θ_b ~ N(0, 8): Var δ = 1 / (1/8 + p(1 − p)), and θ_a is half of δ.
        let variance = 1 / (0.125 + probability * (1 - probability))
        #expect((scale.varianceOfDifference("a", "b") - variance).magnitude < 1e-9)
        #expect((scale.estimate(of: "a").standardError - variance.squareRoot() / 2).magnitude < 1e-9)
    }

    @Test("Abilities sum to zero and covariances to nothing in every row")
    func gauge() {
        var simulation = Simulation(items: 12, deviation: 2, positionBias: 0.4, seed: 3)
        let scale = simulation.run(RandomPairing(), comparisons: 60, step: 60).scale
        #expect(scale.items.reduce(0) { $0 + scale.estimate(of: $1).ability }.magnitude < 1e-12)
        for row in scale.items {
            #expect(scale.items.reduce(0) { $0 + scale.covariance(of: row, and: $1) }.magnitude < 1e-12)
        }
    }

    @Test("Neither the order of items and judgements nor the starting point changes a bit of the result")
    func invariance() {
        var simulation = Simulation(items: 15, deviation: 2, seed: 9)
        let (scale, judgements) = simulation.run(InformationPairing(), comparisons: 80, step: 5)
        let estimator = ScaleEstimator()
        var narrow = Simulation(items: 15, deviation: 0.1, seed: 10)
        let starts: [Scale?] = [nil, scale, narrow.run(RandomPairing(), comparisons: 105, step: 105).scale]
        for start in starts {
            let again = estimator.estimate(
                items: simulation.items.reversed() + simulation.items, judgements: judgements.reversed(),
                startingAt: start?.priorStandardDeviation)
            for item in scale.items { #expect(again.estimate(of: item) == scale.estimate(of: item)) }
            #expect(again.priorStandardDeviation == scale.priorStandardDeviation)
            #expect(again.reliability == scale.reliability)
            #expect(again.positionBias == scale.positionBias)
        }
    }

    @Test("Showing every pair the other way round turns the position bias round and leaves abilities alone")
    func mirror() {
        var simulation = Simulation(items: 10, deviation: 1.5, positionBias: 0.5, seed: 4)
        let (scale, judgements) = simulation.run(RandomPairing(), comparisons: 60, step: 60)
        let mirrored = judgements.map { judgement in
            Judgement(
                comparison: judgement.comparison.swapped, outcome: judgement.outcome.swapped, judge: "mirror"
            )
        }
        let other = ScaleEstimator().estimate(items: simulation.items, judgements: mirrored)
        #expect((other.positionBias + scale.positionBias).magnitude < 1e-9)
        for item in scale.items {
            #expect((other.estimate(of: item).ability - scale.estimate(of: item).ability).magnitude < 1e-9)
        }
    }

    @Test("A perfect record, a winless one and an item that was never judged are finite and in order")
    func perfectRecords() {
        let judgements =
            (0..<6).map { _ in win("best", over: "middle") } + (0..<6).map { _ in win("middle", over: "worst") }
        for estimator in [ScaleEstimator(), likelihood] {
            let scale = estimator.estimate(items: ["best", "middle", "worst", "unseen"], judgements: judgements)
            let abilities = ["best", "middle", "worst", "unseen"].map { scale.estimate(of: Item.ID($0)) }
            #expect(abilities.allSatisfy { $0.ability.isFinite && $0.standardError.isFinite && $0.standardError > 0 })
            #expect(abilities[0].ability > abilities[1].ability)
            #expect(abilities[1].ability > abilities[2].ability)
            #expect(abilities[3].standardError > abilities[1].standardError)
            #expect(abilities[3].comparisons == 0)
            #expect(abilities[3].infit == nil)
            #expect(!scale.isConnected)
            #expect(scale.componentCount == 2)
        }
    }

    @Test("Two groups that never met are far less certain of each other than of themselves")
    func disconnected() {
        var judgements: [Judgement] = []
        for _ in 0..<10 {
            // In turn by who was shown first and who second.
            for isSecond in [false, true] {
                judgements += [
                    win("a", over: "b", shownSecond: isSecond), win("b", over: "a", shownSecond: isSecond),
                    win("x", over: "y", shownSecond: isSecond), win("y", over: "x", shownSecond: isSecond),
                ]
            }
        }
        let scale = ScaleEstimator().estimate(items: ["a", "b", "x", "y"], judgements: judgements)
        #expect(!scale.isConnected)
        #expect(scale.varianceOfDifference("a", "x") > 3 * scale.varianceOfDifference("a", "b"))
    }

    @Test("Nothing judged gives zero abilities, the prior's errors and no reliability", arguments: [0, 1, 2, 3, 50])
    func nothingJudged(count: Int) {
        let items = (0..<count).map { Item.ID("\($0)") }
        let scale = ScaleEstimator().estimate(items: items, judgements: [])
        #expect(scale.items.count == count)
        for item in items {
            #expect(scale.estimate(of: item).ability == 0)
            #expect(scale.estimate(of: item).standardError <= scale.priorStandardDeviation)
        }
        #expect(scale.reliability.posteriorReliability == 0)
        #expect(scale.expectedKendallTau == 0)
        #expect(scale.judgeFit == nil)
        #expect(scale.isConnected == (count < 2))
    }

    @Test("Judgements of strangers are left out")
    func strangers() {
        let scale = ScaleEstimator().estimate(items: ["a", "b"], judgements: [win("a", over: "b"), win("a", over: "stranger")])
        #expect(scale.judgementCount == 1)
        #expect(scale.estimate(of: "a").comparisons == 1)
        #expect(!scale.contains("stranger"))
    }

    @Test("Wins, comparisons and places are counted")
    func counts() {
        let scale = ScaleEstimator().estimate(
            items: ["a", "b", "c"],
            judgements: [win("a", over: "b"), win("a", over: "c", shownSecond: true), win("c", over: "b")])
        #expect(scale.estimate(of: "a").comparisons == 2)
        #expect(scale.estimate(of: "a").wins == 2)
        #expect(scale.estimate(of: "a").shownFirst == 1)
        #expect(scale.estimate(of: "b").wins == 0)
        #expect(scale.estimate(of: "c").shownFirst == 2)
        #expect(scale.judgeFit?.firstShare == 2.0 / 3)
    }

    @Test("Ranks begin at 1, and items of the same ability share one")
    func ranks() {
        let scale = ScaleEstimator().estimate(
            items: ["a", "b", "x", "y", "z"], judgements: [win("a", over: "b"), win("b", over: "a", shownSecond: true)])
        let unjudged = ScaleEstimator().estimate(items: ["a", "b"], judgements: [])
        #expect(unjudged.items.map { unjudged.estimate(of: $0).rank } == [1, 1])
        #expect(scale.estimate(of: "x").rank == scale.estimate(of: "y").rank)
        let clear = ScaleEstimator().estimate(
            items: ["a", "b", "c"], judgements: [win("c", over: "a"), win("c", over: "b"), win("b", over: "a")])
        #expect(["c", "b", "a"].map { clear.estimate(of: Item.ID($0)).rank } == [1, 2, 3])
    }

    @Test("A judge that always says first moves the bias, and hardly any item")
    func constantJudge() throws {
        let items = (0..<12).map { Item.ID("\($0)") }
        var generator = SplitMix64(seed: 2)
        var judgements: [Judgement] = []
        for _ in 0..<72 {
            let state = PairingState(items: items, scale: nil, judgements: judgements)
            let next = InformationPairing().nextComparisons(1, state: state, using: &generator)
            let comparison = try #require(next.first)
            judgements.append(Judgement(comparison: comparison, outcome: .first, judge: "always first"))
        }
        let scale = ScaleEstimator().estimate(items: items, judgements: judgements)
        #expect(scale.positionBias > 1)
        #expect(scale.positionBias > 4 * scale.positionBiasStandardError)
        #expect(scale.reliability.posteriorReliability < 0.2)
        #expect(scale.judgeFit?.firstShare == 1)
    }

    @Test("Ranges far beyond any essay's stay finite, up to 300 items")
    func manyItems() {
        var simulation = Simulation(items: 300, deviation: 8, seed: 6)
        let estimator = ScaleEstimator(settings: .init(prior: .fixed(standardDeviation: 5)))
        let scale = simulation.run(RandomPairing(), comparisons: 900, step: 900, estimator: estimator).scale
        #expect(scale.items.allSatisfy { scale.estimate(of: $0).standardError.isFinite })
        #expect(simulation.kendallTau(scale) > 0.6)
    }

    private func expand(_ wins: [(Item.ID, Item.ID, Int)]) -> [Judgement] {
        wins.flatMap { winner, loser, count in (0..<count).map { _ in win(winner, over: loser) } }
    }
}

/// e to the power of x as the limit of (1 + x/n)ⁿ, improved by one step of Richardson's extrapolation; good to 10⁻¹¹.
func exponential(_ x: Double) -> Double {
    func power(_ halvings: Int) -> Double {
        var value = 1 + x / Double(1 << halvings)
        for _ in 0..<halvings { value *= value }
        return value
    }
    return 2 * power(21) - power(20)
}

/// Natural logarithm by Newton's method on `exponential`.
func logarithm(_ x: Double) -> Double {
    (0..<60).reduce(0.0) { guess, _ in guess + 2 * (x - exponential(guess)) / (x + exponential(guess)) }
}
