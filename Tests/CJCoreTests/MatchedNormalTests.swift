import Testing

@testable import CJCore

@Suite("Errors about the mean of a posterior")
struct MatchedNormalTests {
    /// Mean and standard deviation of d = θ₁ − θ₂ when the first item has won so many of so many, θ ~ N(0, σ²), by summing over a grid;
    /// and the logarithm of the sum, which is that of the evidence but for a constant.
    private func exact(
        wins: Double, losses: Double, deviation: Double
    ) -> (mean: Double, deviation: Double, logSum: Double, aboveZero: Double) {
        var (total, first, second, above) = (0.0, 0.0, 0.0, 0.0)
        // To twelve standard deviations of the prior.
        for step in -1_500...1_500 {
            let d = Double(step) * deviation / 125
            let density = ElementaryFunctions.exp(
                -d * d / (4 * deviation * deviation) - wins * ElementaryFunctions.logOnePlusExp(-d) - losses
                    * ElementaryFunctions.logOnePlusExp(d))
            total += density
            first += density * d
            second += density * d * d
            above += step > 0 ? density : step == 0 ? 0.5 * density : 0
        }
        let mean = first / total
        return (mean, (second / total - mean * mean).squareRoot(), ElementaryFunctions.log(total), above / total)
    }

    private func record(_ one: Item.ID, _ other: Item.ID, wins: Int, losses: Int) throws -> [Judgement] {
        let comparison = try Comparison(first: one, second: other)
        return (0..<(wins + losses)).map {
            Judgement(comparison: comparison, outcome: $0 < wins ? .first : .second, judge: "j")
        }
    }

    private func settings(
        of deviation: Double, centre: ScaleEstimator.Centre = .mean, bias: Double? = nil
    ) -> ScaleEstimator.Settings {
        .init(prior: .fixed(standardDeviation: deviation), positionBiasDeviation: bias, centre: centre)
    }

    private func difference(_ scale: Scale) -> (mean: Double, deviation: Double) {
        (
            scale.estimate(of: "a").ability - scale.estimate(of: "b").ability,
            scale.varianceOfDifference("a", "b").squareRoot()
        )
    }

    @Test(
        "Of two items, they are those of the exact posterior, of such that won everything too, and nearer than about the mode",
        arguments: [
            (3, 3, 2.0), (3, 3, 4.0), (6, 6, 4.0), (12, 12, 4.0), (1, 1, 1.0), (1, 1, 4.0), (4, 6, 3.0), (10, 12, 2.0),
            (0, 5, 2.0),
        ])
    func twoItems(wins: Int, count: Int, deviation: Double) throws {
        let judgements = try record("a", "b", wins: wins, losses: count - wins)
        let exact = exact(wins: Double(wins), losses: Double(count - wins), deviation: deviation)
        func estimate(_ centre: ScaleEstimator.Centre) -> (mean: Double, deviation: Double) {
            difference(
                ScaleEstimator(settings: settings(of: deviation, centre: centre)).estimate(
                    items: ["a", "b"], judgements: judgements))
        }
        let (mean, mode) = (estimate(.mean), estimate(.mode))
        #expect((mean.mean - exact.mean).magnitude < 0.06 * exact.deviation, "\(mean) \(exact)")
        #expect((mean.deviation / exact.deviation - 1).magnitude < 0.03, "\(mean) \(exact)")
        #expect((mean.deviation - exact.deviation).magnitude < (mode.deviation - exact.deviation).magnitude, "\(mode) \(exact)")
        #expect((mean.mean - exact.mean).magnitude < (mode.mean - exact.mean).magnitude, "\(mode) \(exact)")
    }

    @Test("Half wins are half a win", arguments: [(1, 1.0), (6, 3.0)])
    func halves(ties: Int, deviation: Double) throws {
        let comparison = try Comparison(first: "a", second: "b")
        let judgements = (0..<ties).map { _ in Judgement(comparison: comparison, outcome: .tie, judge: "j") }
        var settings = settings(of: deviation)
        settings.ties = .halves
        let scale = ScaleEstimator(settings: settings).estimate(items: ["a", "b"], judgements: judgements)
        let exact = exact(wins: 0.5 * Double(ties), losses: 0.5 * Double(ties), deviation: deviation)
        #expect(scale.estimate(of: "a").ability.magnitude < 1e-9)
        #expect((difference(scale).deviation / exact.deviation - 1).magnitude < 0.03)
    }

    /// Moments of a and b by summing over a grid.
    private func moments(
        to limit: Double, logDensity: (Double, Double) -> Double
    ) -> (means: (Double, Double), variances: (Double, Double)) {
        var (total, a1, a2, b1, b2) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for row in -100...100 {
            for column in -100...100 {
                let (a, b) = (limit * Double(row) / 100, limit * Double(column) / 100)
                let density = ElementaryFunctions.exp(logDensity(a, b))
                total += density
                a1 += density * a
                a2 += density * a * a
                b1 += density * b
                b2 += density * b * b
            }
        }
        let means = (a1 / total, b1 / total)
        return (means, (a2 / total - means.0 * means.0, b2 / total - means.1 * means.1))
    }

    @Test(
        "Of three items, they are those of the exact posterior",
        arguments: [[(2, 0), (2, 0), (2, 0)], [(3, 1), (1, 2), (2, 2)], [(4, 0), (0, 4), (1, 1)], [(1, 0), (1, 0), (0, 0)]])
    func threeItems(records: [(wins: Int, losses: Int)]) throws {
        let deviation = 2.0
        let pairs: [(Item.ID, Item.ID)] = [("a", "b"), ("b", "c"), ("a", "c")]
        let judgements = try zip(pairs, records).flatMap {
            try record($0.0, $0.1, wins: $1.wins, losses: $1.losses)
        }
        let scale = ScaleEstimator(settings: settings(of: deviation)).estimate(items: ["a", "b", "c"], judgements: judgements)
        // By a and b in the gauge in which all sum to zero.
        let exact = moments(to: 12) { a, b in
            let c = -a - b
            let prior = -0.5 * (a * a + b * b + c * c) / (deviation * deviation)
            return zip([a - b, b - c, a - c], records).reduce(prior) { sum, term in
                sum - Double(term.1.wins) * ElementaryFunctions.logOnePlusExp(-term.0) - Double(term.1.losses)
                    * ElementaryFunctions.logOnePlusExp(term.0)
            }
        }
        let found = [scale.estimate(of: "a"), scale.estimate(of: "b")]
        for (estimate, (mean, variance)) in zip(found, [(exact.means.0, exact.variances.0), (exact.means.1, exact.variances.1)]) {
            #expect((estimate.ability - mean).magnitude < 0.05 * variance.squareRoot(), "\(estimate) \(exact)")
            #expect((estimate.standardError / variance.squareRoot() - 1).magnitude < 0.04, "\(estimate) \(exact)")
        }
    }

    @Test(
        "A position bias that is not known is known as well as the exact posterior says", arguments: [(4, 0, 4, 0), (5, 1, 2, 3)])
    func bias(firstWins: Int, firstLosses: Int, secondWins: Int, secondLosses: Int) throws {
        let judgements =
            try record("a", "b", wins: firstWins, losses: firstLosses)
            + record("b", "a", wins: secondWins, losses: secondLosses)
        let scale = ScaleEstimator(settings: settings(of: 2, bias: 1)).estimate(items: ["a", "b"], judgements: judgements)
        let exact = moments(to: 14) { d, bias in
            func logProbability(_ logit: Double, _ wins: Int, _ losses: Int) -> Double {
                -Double(wins) * ElementaryFunctions.logOnePlusExp(-logit) - Double(losses)
                    * ElementaryFunctions.logOnePlusExp(logit)
            }
            return -d * d / 16 - 0.5 * bias * bias + logProbability(bias + d, firstWins, firstLosses)
                + logProbability(bias - d, secondWins, secondLosses)
        }
        let found = difference(scale)
        #expect((found.mean - exact.means.0).magnitude < 0.05 * exact.variances.0.squareRoot(), "\(found) \(exact)")
        #expect((found.deviation / exact.variances.0.squareRoot() - 1).magnitude < 0.04, "\(found) \(exact)")
        #expect((scale.positionBias - exact.means.1).magnitude < 0.05 * exact.variances.1.squareRoot())
        #expect((scale.positionBiasStandardError / exact.variances.1.squareRoot() - 1).magnitude < 0.04)
    }

    /// Of perfect records that are all there is, the widest spreads have much to say, and are seen unevenly.
    @Test(
        "Over all spreads, they are those of the exact posterior with its spread not known",
        arguments: [(1, 0), (3, 0), (2, 2), (6, 2), (12, 0)])
    func spread(wins: Int, losses: Int) throws {
        let settings = ScaleEstimator.Settings(positionBiasDeviation: nil, centre: .mean)
        let scale = ScaleEstimator(settings: settings).estimate(
            items: ["a", "b"], judgements: try record("a", "b", wins: wins, losses: losses))
        var (total, log, first, second, above) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for step in -60...60 {
            let logDeviation = ElementaryFunctions.log(2.2) + Double(step) / 12
            let one = exact(wins: Double(wins), losses: Double(losses), deviation: ElementaryFunctions.exp(logDeviation))
            let share = ElementaryFunctions.exp(one.logSum - 0.5 * Double(step * step) / 144)
            total += share
            log += share * logDeviation
            first += share * one.mean
            second += share * (one.deviation * one.deviation + one.mean * one.mean)
            above += share * one.aboveZero
        }
        let (mean, deviation) = (first / total, (second / total - first * first / total / total).squareRoot())
        let found = difference(scale)
        #expect((ElementaryFunctions.log(scale.priorStandardDeviation) - log / total).magnitude < 0.1)
        #expect((found.mean - mean).magnitude < 0.15 * deviation, "\(found) \(mean) ± \(deviation)")
        #expect((found.deviation / deviation - 1).magnitude < (losses > 0 ? 0.05 : 0.15), "\(found) \(mean) ± \(deviation)")
        guard wins != losses else { return }
        #expect((scale.expectedKendallTau - (2 * above / total - 1)).magnitude < 0.03, "\(scale.expectedKendallTau)")
    }

    @Test(
        "Of ten items far apart, errors are those of the exact posterior: skews of the answers are counted",
        arguments: [2.0, 4.0])
    func skews(deviation: Double) throws {
        var generator = SplitMix64(seed: 11)
        let truth = (0..<10).map { _ in deviation * generator.normal() }
        let items = (0..<10).map { Item.ID("item-\($0)") }
        var outcomes: [(winner: Int, loser: Int)] = []
        for first in 0..<10 {
            for second in 0..<first {
                for _ in 0..<2 {
                    let isFirst = generator.unit() < ElementaryFunctions.logistic(truth[first] - truth[second])
                    outcomes.append(isFirst ? (first, second) : (second, first))
                }
            }
        }
        let judgements = try outcomes.map { outcome in
            Judgement(
                comparison: try Comparison(first: items[outcome.winner], second: items[outcome.loser]), outcome: .first,
                judge: "j")
        }
        let scale = ScaleEstimator(settings: settings(of: deviation)).estimate(items: items, judgements: judgements)
        let draws = PosteriorDraws(of: outcomes, itemCount: 10, deviation: deviation, count: 20_000, seed: 3)
        var meanExcess = 0.0
        for item in 0..<10 {
            let estimate = scale.estimate(of: items[item])
            let error = draws.standardDeviation(of: item)
            #expect((estimate.ability - draws.mean(of: item)).magnitude < 0.05 * error, "\(item)")
            #expect((estimate.standardError / error - 1).magnitude < 0.04, "\(item) \(estimate.standardError) \(error)")
            meanExcess += (estimate.standardError / error - 1) / 10
        }
        #expect(meanExcess.magnitude < 0.015)
        let tau = draws.kendallTau(ofOrder: items.map { scale.estimate(of: $0).ability })
        #expect((scale.expectedKendallTau - tau).magnitude < 0.005, "\(scale.expectedKendallTau) \(tau)")
    }

    /// Answers about items far apart are steps, and few of them leave the spread open: quadrature that does not see the steps finds
    /// spreads of five times the true one.
    @Test("Of few answers about items far apart the spread is found", arguments: 1...4)
    func sparse(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let truth = (0..<150).map { _ in 6 * generator.normal() }
        let deviation = (truth.reduce(0) { $0 + $1 * $1 } / 150).squareRoot()
        var judgements = IndexedJudgements(itemCount: 150)
        for _ in 0..<300 {
            let first = generator.below(150)
            let second = (first + 1 + generator.below(149)) % 150
            let isFirst = generator.unit() < ElementaryFunctions.logistic(truth[first] - truth[second])
            judgements.append(first: first, second: second, outcome: isFirst ? .first : .second)
        }
        let settings = ScaleEstimator.Settings(positionBiasDeviation: nil, centre: .mean)
        let fit = ScaleEstimator(settings: settings).fit(judgements, startingAt: nil)
        #expect((0.5...2).contains(fit.abilityDeviation / deviation), "\(fit.abilityDeviation) \(deviation)")
        for errors in AbilityErrors.all(fit.parts, itemCount: 150) {
            #expect(errors.abilities.indices.allSatisfy { errors.covariances[$0, $0] > 0 })
        }
    }

    @Test("With many judgements, mean and mode are the same, margins and ties among the answers or not", arguments: [0, 1, 2])
    func manyJudgements(kind: Int) {
        var generator = SplitMix64(seed: 7)
        var judgements = IndexedJudgements(itemCount: 8)
        for _ in 0..<20_000 {
            let first = generator.below(8)
            let second = (first + 1 + generator.below(7)) % 8
            let logit = 0.4 * Double(first - second) + 0.2
            let perceived = logit + ElementaryFunctions.log(1 / (generator.unit() + 0x1p-54) - 1)
            judgements.append(
                first: first, second: second,
                outcome: kind == 1 && perceived.magnitude < 0.3 ? .tie : perceived > 0 ? .first : .second,
                margin: kind == 2 ? (perceived.magnitude < 1 ? .slight : .clear) : nil)
        }
        func fit(_ centre: ScaleEstimator.Centre) -> FittedNormal {
            ScaleEstimator(settings: settings(of: 2, centre: centre, bias: 0.3)).fit(judgements, startingAt: nil)
        }
        let (mean, mode) = (fit(.mean), fit(.mode))
        for place in mean.centre.indices {
            #expect((mean.centre[place] - mode.centre[place]).magnitude < 0.01, "\(place)")
            #expect((mean.error(at: place) / mode.error(at: place) - 1).magnitude < 0.01, "\(place)")
        }
    }

    @Test("The order of items and judgements changes nothing, to the bit", arguments: [false, true])
    func order(margins: Bool) throws {
        var generator = SplitMix64(seed: 3)
        let items = (0..<9).map { Item.ID("item-\($0)") }
        let judgements = try (0..<40).map { _ in
            let first = generator.below(9)
            return Judgement(
                comparison: try Comparison(first: items[first], second: items[(first + 1 + generator.below(8)) % 9]),
                outcome: generator.below(3) == 0 ? .first : .second,
                margin: margins ? (generator.below(2) == 0 ? .slight : .clear) : nil, judge: "j")
        }
        let estimator = ScaleEstimator(settings: .init(centre: .mean))
        let scale = estimator.estimate(items: items, judgements: judgements)
        for _ in 0..<4 {
            let other = estimator.estimate(
                items: items.shuffled(using: &generator), judgements: judgements.shuffled(using: &generator), startingAt: 0.7)
            #expect(items.allSatisfy { scale.estimate(of: $0) == other.estimate(of: $0) })
            #expect(scale.reliability == other.reliability && scale.thresholds == other.thresholds)
            #expect(scale.priorStandardDeviation == other.priorStandardDeviation)
            #expect(scale.expectedKendallTau == other.expectedKendallTau)
            #expect(items.allSatisfy { scale.covariance(of: $0, and: items[0]) == other.covariance(of: $0, and: items[0]) })
        }
    }

    @Test("Whatever the records are, everything is finite", arguments: [nil, 1e-3, 1e6])
    func hostile(deviation: Double?) throws {
        let items = (0..<12).map { Item.ID("item-\($0 + 10)") }
        func judgement(_ first: Int, _ second: Int, _ outcome: Outcome, _ margin: Margin? = nil, weight: Double = 1) throws
            -> Judgement
        {
            Judgement(
                comparison: try Comparison(first: items[first], second: items[second]), outcome: outcome, margin: margin,
                judge: "j", weight: weight)
        }
        let perfect = try (0..<11).flatMap { first in
            try ((first + 1)..<12).map { try judgement(first, $0, .first) }
        }
        let apart = try (0..<4).flatMap { pair in
            try (0..<6).map { _ in try judgement(3 * pair, 3 * pair + 1, .second) }
        }
        let heavy = try (0..<11).map { try judgement($0, $0 + 1, $0.isMultiple(of: 2) ? .first : .second, weight: 1e6) }
        let light = try (0..<11).map { try judgement($0, $0 + 1, .first, weight: 1e-6) }
        let contrary = try (0..<40).map { try judgement($0 % 11, 11, $0.isMultiple(of: 2) ? .first : .second) }
        let clear = try perfect.map { try judgement(items.firstIndex(of: $0.comparison.first)!, 11, .tie) }.prefix(8)
        // Everybody met one item once, which is the worst of half of them.
        let hub = try (0..<11).map { try judgement($0, 11, $0 < 6 ? .first : .second) }
        let margins = try (0..<11).map { try judgement($0, $0 + 1, .first, $0.isMultiple(of: 2) ? .clear : .slight, weight: 50) }
        let records = [
            [], [perfect[0]], perfect, perfect + perfect + perfect, apart, heavy, light, contrary, Array(clear), hub, margins,
            margins + clear,
        ]
        let estimator = ScaleEstimator(
            settings: .init(
                prior: deviation.map { .fixed(standardDeviation: $0) } ?? .marginalLikelihood, centre: .mean))
        for (number, judgements) in records.enumerated() {
            let scale = estimator.estimate(items: items, judgements: judgements)
            for item in items {
                let estimate = scale.estimate(of: item)
                #expect(estimate.ability.isFinite && estimate.standardError.isFinite, "\(number) \(item)")
                #expect(estimate.standardError > 0, "\(number) \(item)")
            }
            #expect(scale.priorStandardDeviation > 0 && scale.priorStandardDeviation < 1e7, "\(number)")
            #expect((0...1).contains(scale.reliability.posteriorReliability), "\(number)")
            #expect((0...1).contains(scale.expectedKendallTau), "\(number)")
            #expect(
                items.allSatisfy { item in items.allSatisfy { item == $0 || scale.varianceOfDifference(item, $0) > 0 } },
                "\(number)")
        }
    }
}
