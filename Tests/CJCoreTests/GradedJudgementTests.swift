import Testing

@testable import CJCore

@Suite("Judgements with margins and ties")
struct GradedJudgementTests {
    @Test("The slope of every answer is that of its logarithm, by differences", arguments: [ResponseModel.cumulative, .davidson])
    func slopes(model: ResponseModel) {
        let step = 1e-5
        for response in Response.allCases where model == .cumulative || response == .tie || !response.hasMargin {
            for logit in [-3.0, -0.4, 0, 1.1, 6] {
                let (clear, tie) = (1.3, 0.4)
                func height(_ d: Double, _ t: Double, _ u: Double) -> Double {
                    model.logProbability(of: response, logit: logit + d, clear: clear + t, tie: tie + u)
                }
                let slope = model.slope(of: response, logit: logit, clear: clear, tie: tie)
                let first = [
                    (slope.byLogit, height(step, 0, 0) - height(-step, 0, 0)),
                    (slope.byClear, height(0, step, 0) - height(0, -step, 0)),
                    (slope.byTie, height(0, 0, step) - height(0, 0, -step)),
                ]
                for (exact, difference) in first { #expect((exact - difference / (2 * step)).magnitude < 1e-6) }
                func bend(_ d: Double, _ t: Double, _ u: Double) -> Double {
                    let h = 1e-3
                    return -(height(d * h, t * h, u * h) - 2 * height(0, 0, 0) + height(-d * h, -t * h, -u * h)) / (h * h)
                }
                #expect((slope.logitLogit - bend(1, 0, 0)).magnitude < 1e-4)
                #expect((slope.clearClear - bend(0, 1, 0)).magnitude < 1e-4)
                #expect((slope.tieTie - bend(0, 0, 1)).magnitude < 1e-4)
                #expect((2 * slope.logitClear - (bend(1, 1, 0) - bend(1, 0, 0) - bend(0, 1, 0))).magnitude < 1e-4)
                #expect((2 * slope.logitTie - (bend(1, 0, 1) - bend(1, 0, 0) - bend(0, 0, 1))).magnitude < 1e-4)
                #expect((2 * slope.clearTie - (bend(0, 1, 1) - bend(0, 1, 0) - bend(0, 0, 1))).magnitude < 1e-4)
            }
        }
    }

    @Test("The answers of a judge have probabilities that add up to one")
    func probabilities() {
        for logit in [-5.0, 0, 0.7, 3] {
            func sum(_ answers: [Response], _ model: ResponseModel) -> Double {
                answers.reduce(0) {
                    $0 + ElementaryFunctions.exp(model.logProbability(of: $1, logit: logit, clear: 1.2, tie: 0.3))
                }
            }
            #expect((sum([.secondClear, .secondSlight, .tie, .firstSlight, .firstClear], .cumulative) - 1).magnitude < 1e-12)
            #expect((sum([.second, .tie, .first], .cumulative) - 1).magnitude < 1e-12)
            #expect((sum([.second, .tie, .first], .davidson) - 1).magnitude < 1e-12)
            #expect((sum([.firstSlight, .firstClear], .cumulative) - sum([.first], .cumulative)).magnitude < 1e-12)
        }
    }

    @Test("Margins bring the truth nearer with the same number of judgements, and their threshold is found")
    func margins() throws {
        var (plain, graded) = (0.0, 0.0)
        var threshold = 0.0
        for seed in 0..<12 {
            var simulation = Simulation(items: 20, deviation: 1.5, seed: UInt64(seed))
            let pairs = RandomPairing().nextComparisons(
                120, state: PairingState(items: simulation.items, scale: nil, judged: []), using: &simulation.generator)
            let judgements = pairs.map { simulation.judgeWithMargin($0) }
            let scale = ScaleEstimator().estimate(items: simulation.items, judgements: judgements)
            var settings = ScaleEstimator.Settings()
            settings.usesMargins = false
            let without = ScaleEstimator(settings: settings).estimate(items: simulation.items, judgements: judgements)
            graded += simulation.squaredCorrelation(scale) / 12
            plain += simulation.squaredCorrelation(without) / 12
            threshold += try #require(scale.thresholds.clear).logits / 12
            #expect(without.thresholds.clear == nil)
        }
        #expect(graded > plain + 0.02)
        #expect((threshold - 1).magnitude < 0.15)
    }

    @Test("Judgements without margins are the same model, to the last digits, whether or not others have them")
    func mixture() {
        var simulation = Simulation(items: 8, deviation: 1, seed: 3)
        let (_, judgements) = simulation.run(RandomPairing(), comparisons: 40, step: 40)
        let plain = ScaleEstimator(settings: .init(prior: .fixed(standardDeviation: 1.5)))
            .estimate(items: simulation.items, judgements: judgements)
        var ignoring = ScaleEstimator.Settings(prior: .fixed(standardDeviation: 1.5))
        ignoring.usesMargins = false
        let marked = judgements.map {
            Judgement(comparison: $0.comparison, outcome: $0.outcome, margin: .slight, judge: $0.judge)
        }
        let ignored = ScaleEstimator(settings: ignoring).estimate(items: simulation.items, judgements: marked)
        for item in simulation.items { #expect(plain.estimate(of: item).ability == ignored.estimate(of: item).ability) }
    }

    @Test("Orders of judgements change nothing, with margins, ties, weights and judges together")
    func invariance() {
        var generator = SplitMix64(seed: 11)
        let items = (0..<7).map { Item.ID("i\($0)") }
        var judgements = (0..<90).map { _ -> Judgement in
            let first = Int(generator.next() % 7)
            let second = (first + 1 + Int(generator.next() % 6)) % 7
            return Judgement(
                comparison: Comparison(distinct: items[first], items[second]),
                outcome: [.first, .second, .tie][Int(generator.next() % 3)],
                margin: [.slight, .clear][Int(generator.next() % 2)],
                judge: Judge.ID("j\(generator.next() % 3)"), weight: [1, 0.3, 2.7][Int(generator.next() % 3)])
        }
        var settings = ScaleEstimator.Settings()
        settings.judges = .different
        let one = ScaleEstimator(settings: settings).estimate(items: items, judgements: judgements)
        for _ in 0..<5 {
            generator.shuffle(&judgements)
            let other = ScaleEstimator(settings: settings).estimate(
                items: items.shuffled(using: &generator), judgements: judgements)
            #expect(other.thresholds == one.thresholds)
            #expect(other.judges == one.judges)
            for item in items { #expect(other.estimate(of: item) == one.estimate(of: item)) }
        }
    }

    @Test("A weight of three is three judgements")
    func weights() throws {
        let comparison = try Comparison(first: "a", second: "b")
        let single = Judgement(comparison: comparison, outcome: .first, judge: "j")
        let back = Judgement(comparison: comparison.swapped, outcome: .first, judge: "j")
        let heavy = Judgement(comparison: comparison, outcome: .first, judge: "j", weight: 3)
        let one = ScaleEstimator().estimate(items: ["a", "b"], judgements: [single, single, single, back])
        let other = ScaleEstimator().estimate(items: ["a", "b"], judgements: [back, heavy])
        #expect((one.estimate(of: "a").ability - other.estimate(of: "a").ability).magnitude < 1e-12)
        #expect(other.estimate(of: "a").comparisons == 4)
    }

    @Test("Davidson's ties satisfy the equations of the mode")
    func davidson() throws {
        // Three items, ties among them; a wide prior, so that the mode is all but the maximum of the likelihood.
        let wins = [("a", "b", 9), ("b", "a", 4), ("b", "c", 8), ("c", "b", 3), ("a", "c", 12), ("c", "a", 2)]
        let ties = [("a", "b", 7), ("b", "c", 5), ("a", "c", 3)]
        var judgements: [Judgement] = []
        for (first, second, count) in wins {
            let comparison = try Comparison(first: Item.ID(first), second: Item.ID(second))
            judgements += Array(repeating: Judgement(comparison: comparison, outcome: .first, judge: "j"), count: count)
        }
        for (first, second, count) in ties {
            let comparison = try Comparison(first: Item.ID(first), second: Item.ID(second))
            judgements += Array(repeating: Judgement(comparison: comparison, outcome: .tie, judge: "j"), count: count)
        }
        let estimator = ScaleEstimator(settings: .init(prior: .fixed(standardDeviation: 1000), positionBiasDeviation: nil))
        let scale = estimator.estimate(items: ["a", "b", "c"], judgements: judgements)
        let nu = exponential(try #require(scale.thresholds.davidsonLogNu).logits)
        let strength = ["a", "b", "c"].map { exponential(scale.estimate(of: Item.ID($0)).ability) }
        // Expected score of a, a tie counting as half, is its observed score.
        func shares(_ one: Double, _ other: Double) -> (win: Double, tie: Double) {
            let total = one + other + nu * (one * other).squareRoot()
            return (one / total, nu * (one * other).squareRoot() / total)
        }
        let (ab, ac, bc) = (shares(strength[0], strength[1]), shares(strength[0], strength[2]), shares(strength[1], strength[2]))
        let expected = 20 * (ab.win + ab.tie / 2) + 17 * (ac.win + ac.tie / 2)
        #expect((expected - (9 + 12 + 3.5 + 1.5)).magnitude < 1e-3)
        // The expected number of ties misses the observed one by the pull of the prior on ln ν.
        let expectedTies = 20 * ab.tie + 17 * ac.tie + 16 * bc.tie
        #expect((expectedTies - 15 + logarithm(nu) / 4).magnitude < 1e-3)
        #expect(scale.estimate(of: "a").wins == 21 && scale.estimate(of: "a").comparisons == 37)
    }

    @Test("A judge who sees less is found out, and counts for less")
    func discrimination() throws {
        var simulation = Simulation(items: 16, deviation: 2, seed: 21)
        let state = PairingState(items: simulation.items, scale: nil, judged: [])
        let pairs = RandomPairing(maximumJudgementsPerPair: 8).nextComparisons(600, state: state, using: &simulation.generator)
        var judgements: [Judgement] = []
        for (number, pair) in pairs.enumerated() {
            let isBlind = number.isMultiple(of: 3)
            let outcome = isBlind ? (unit(&simulation.generator) < 0.5 ? Outcome.first : .second) : simulation.judge(pair).outcome
            judgements.append(Judgement(comparison: pair, outcome: outcome, judge: isBlind ? "blind" : "seeing"))
        }
        var settings = ScaleEstimator.Settings()
        let alike = ScaleEstimator(settings: settings).estimate(items: simulation.items, judgements: judgements)
        settings.judges = .different
        let apart = ScaleEstimator(settings: settings).estimate(items: simulation.items, judgements: judgements)
        let (blind, seeing) = (try #require(apart.judges.first), try #require(apart.judges.last))
        #expect(blind.id == "blind" && blind.discrimination < 0.35)
        #expect(seeing.discrimination > 3 * blind.discrimination)
        #expect(simulation.squaredCorrelation(apart) > simulation.squaredCorrelation(alike))
    }

    @Test("Every mixture of answers has a finite mode: all clear, all slight, all ties, one of each")
    func extremes() {
        let pair = Comparison(distinct: "a", "b")
        let answers: [(Outcome, Margin?)] = [
            (.first, .clear), (.first, .slight), (.tie, nil), (.second, .slight), (.second, .clear),
        ]
        var mixtures: [[(Outcome, Margin?)]] = answers.map { Array(repeating: $0, count: 30) }
        mixtures += answers.map { [$0] }
        mixtures.append(answers)
        for mixture in mixtures {
            let judgements = mixture.map { Judgement(comparison: pair, outcome: $0.0, margin: $0.1, judge: "j") }
            let scale = ScaleEstimator().estimate(items: ["a", "b"], judgements: judgements)
            #expect(scale.estimate(of: "a").ability.isFinite)
            #expect(scale.estimate(of: "a").standardError > 0 && scale.estimate(of: "a").standardError < 50)
            for threshold in [scale.thresholds.clear, scale.thresholds.tie, scale.thresholds.davidsonLogNu] {
                #expect(threshold.map { $0.logits.isFinite && $0.standardError > 0 } ?? true)
            }
        }
    }
}

@Suite("Margins that mean nothing")
struct MarginCheckTests {
    private func check(seed: UInt64, count: Int, margins: (Judgement, inout SplitMix64) -> Margin?) -> CheckedScale {
        var simulation = Simulation(items: 20, deviation: 1.5, seed: seed)
        let state = PairingState(items: simulation.items, scale: nil, judged: [])
        let pairs = RandomPairing(maximumJudgementsPerPair: 2).nextComparisons(count, state: state, using: &simulation.generator)
        let judgements = pairs.map { pair in
            let judged = simulation.judgeWithMargin(pair)
            return Judgement(
                comparison: pair, outcome: judged.outcome, margin: margins(judged, &simulation.generator), judge: judged.judge)
        }
        return ScaleEstimator().estimateCheckingMargins(items: simulation.items, judgements: judgements)
    }

    @Test("Real margins are used")
    func real() {
        let used = (0..<20).count { check(seed: UInt64($0), count: 160) { judged, _ in judged.margin }.usesMargins }
        #expect(used >= 19)
    }

    @Test("Tossed margins are found out, and the scale then rests on preferences alone")
    func tossed() throws {
        let checks = (0..<20).map { check(seed: UInt64($0), count: 200) { _, coin in unit(&coin) < 0.4 ? .clear : .slight } }
        #expect(checks.count { !$0.usesMargins } >= 15)
        let refused = try #require(checks.first { !$0.usesMargins })
        #expect(refused.margins?.evidence ?? 0 < 0)
        #expect(refused.scale.thresholds.clear == nil)
    }

    @Test("Margins the wrong way round are found out")
    func inverted() {
        let checks = (0..<10).map {
            check(seed: UInt64($0), count: 160) { judged, _ in judged.margin == .clear ? .slight : .clear }
        }
        #expect(checks.allSatisfy { !$0.usesMargins })
    }

    @Test("Flips are counted by the margin of the earlier judgement, and only of pairs in both orders")
    func flips() throws {
        let pair = try Comparison(first: "a", second: "b")
        let other = try Comparison(first: "a", second: "c")
        let judgements = [
            Judgement(comparison: pair, outcome: .first, margin: .slight, judge: "j"),
            Judgement(comparison: pair.swapped, outcome: .first, margin: .clear, judge: "j"),
            Judgement(comparison: other, outcome: .first, margin: .clear, judge: "j"),
            Judgement(comparison: other.swapped, outcome: .second, margin: .slight, judge: "j"),
            Judgement(comparison: other, outcome: .second, margin: .slight, judge: "j"),
        ]
        let check = try #require(
            ScaleEstimator().estimateCheckingMargins(items: ["a", "b", "c"], judgements: judgements).margins)
        #expect(check.slight.pairs == 1 && check.slight.flips == 1)
        #expect(check.clear.pairs == 1 && check.clear.flips == 0)
        #expect(check.judgements == 5)
    }

    private func check(_ judgements: [Judgement]) throws -> MarginCheck {
        let items = Set(judgements.flatMap { [$0.comparison.first, $0.comparison.second] })
        return try #require(ScaleEstimator().estimateCheckingMargins(items: Array(items), judgements: judgements).margins)
    }

    @Test("A judge is turned over by itself alone, a tie is no second look, and a third one begins anew")
    func looks() throws {
        let pair = try Comparison(first: "a", second: "b")
        func judgement(_ pair: Comparison, _ outcome: Outcome, _ margin: Margin?, by judge: Judge.ID) -> Judgement {
            Judgement(comparison: pair, outcome: outcome, margin: margin, judge: judge)
        }
        let check = try check([
            judgement(pair, .first, .slight, by: "one"), judgement(pair.swapped, .first, .clear, by: "two"),
            judgement(pair.swapped, .tie, nil, by: "one"), judgement(pair.swapped, .second, .clear, by: "one"),
            judgement(pair, .second, .clear, by: "one"), judgement(pair.swapped, .second, .slight, by: "one"),
        ])
        // Of the first judge, its first two wins and its last two.
        #expect(check.slight.pairs == 1 && check.slight.flips == 0)
        #expect(check.clear.pairs == 1 && check.clear.flips == 1)
    }

    @Test("A judgement that stands for several counts as so many, and nothing but the repeats depends on the order")
    func weights() throws {
        var generator = SplitMix64(seed: 9)
        let items = (0..<8).map { Item.ID("item-\($0)") }
        let judgements = try (0..<60).map { number in
            let first = generator.below(8)
            return Judgement(
                comparison: try Comparison(first: items[first], second: items[(first + 1 + generator.below(7)) % 8]),
                outcome: generator.below(2) == 0 ? .first : .second, margin: generator.below(3) == 0 ? .clear : .slight,
                judge: "j",
                weight: Double(1 + number % 3))
        }
        let weighted = try check(judgements)
        #expect(weighted.judgements == 120)
        let repeated = try check(
            judgements.flatMap { judgement in
                (0..<Int(judgement.weight)).map { _ in
                    Judgement(
                        comparison: judgement.comparison, outcome: judgement.outcome, margin: judgement.margin,
                        judge: judgement.judge)
                }
            })
        #expect(repeated.judgements == 120 && (repeated.evidence - weighted.evidence).magnitude < 1e-6)
        for _ in 0..<10 {
            let shuffled = try check(judgements.shuffled(using: &generator))
            #expect(shuffled.evidence == weighted.evidence && shuffled.clearThreshold == weighted.clearThreshold)
            #expect(shuffled.clearShare == weighted.clearShare)
        }
    }
}
