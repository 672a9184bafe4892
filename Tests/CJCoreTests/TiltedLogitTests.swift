import Testing

@testable import CJCore

@Suite("A logit with an answer's own probability")
struct TiltedLogitTests {
    /// A logit that is known to be N(m, s²) from everything but one answer, and what the answer makes of it, by summing over a fine grid.
    private struct Exact {
        let mean: Double
        let variance: Double
        let thirdCumulant: Double
        /// Gradient by a threshold, on average.
        let byClear: Double

        init(mean: Double, deviation: Double, answer: ComparisonTable.Cell, clear: Double, tie: Double) {
            let model = ResponseModel.cumulative
            let steps = (-1_000...1_000).map { mean + deviation * Double($0) / 100 }
            let densities = steps.map { logit in
                let chance = model.probabilities(of: answer.response, logits: SIMD8(repeating: logit), clear: clear, tie: tie)[0]
                let distance = (logit - mean) / deviation
                return ElementaryFunctions.exp(answer.weight * ElementaryFunctions.log(chance) - 0.5 * distance * distance)
            }
            let total = densities.reduce(0, +)
            func average(_ value: (Double) -> Double) -> Double {
                zip(steps, densities).reduce(0) { $0 + $1.1 * value($1.0) } / total
            }
            let mean = average { $0 }
            self.mean = mean
            variance = average { ($0 - mean) * ($0 - mean) }
            thirdCumulant = average { ($0 - mean) * ($0 - mean) * ($0 - mean) }
            byClear = average { model.slope(of: answer.response, logit: $0, clear: clear, tie: tie).byClear }
        }
    }

    /// Below and above what tells one rule from the other, and up to where the steps of the second begin to grow.
    @Test(
        "Has the exact moments, however badly it is known",
        arguments: [0.05, 0.5, 1, 2, 2.2, 2.4, 2.6, 3, 6, 12, 35], [-1.0, 0, 1])
    func moments(deviation: Double, lead: Double) {
        let (clear, tie) = (1.2, 0.2)
        for (outcome, margin, weight) in [
            (Outcome.first, Margin?.none, 1.0), (.second, nil, 1), (.first, .clear, 1), (.first, .slight, 1), (.tie, nil, 1),
            (.first, nil, 3), (.second, .slight, 0.5), (.first, nil, 50),
        ] {
            var judgements = IndexedJudgements(itemCount: 2)
            judgements.append(first: 0, second: 1, outcome: outcome, margin: margin, weight: weight)
            let answer = ComparisonTable(judgements).cells[0]
            let mean = lead * deviation
            let exact = Exact(mean: mean, deviation: deviation, answer: answer, clear: clear, tie: tie)
            // The site that stands for the answer exactly.
            let site = NormalSite(
                precision: 1 / exact.variance - 1 / (deviation * deviation),
                location: exact.mean / exact.variance - mean / (deviation * deviation))
            let found = TiltedLogit(
                answer, model: .cumulative, clear: clear, tie: tie, mean: exact.mean, deviation: exact.variance.squareRoot(),
                site: site)
            let what = Comment(rawValue: "\(outcome) \(margin.map { "\($0)" } ?? "") × \(weight)")
            #expect(found.shift.magnitude < 0.01 * exact.variance.squareRoot(), what)
            #expect((found.variance / exact.variance - 1).magnitude < 0.01, what)
            let cube = exact.variance * exact.variance.squareRoot()
            #expect((found.thirdCumulant - exact.thirdCumulant).magnitude < 0.03 * cube, what)
            let slope = found.averagedSlope(of: answer.response, model: .cumulative, clear: clear, tie: tie)
            #expect((slope.byClear - exact.byClear).magnitude < 0.02, what)
        }
    }

    private var answer: ComparisonTable.Cell {
        var judgements = IndexedJudgements(itemCount: 2)
        judgements.append(first: 0, second: 1, outcome: .first)
        return ComparisonTable(judgements).cells[0]
    }

    private func tilted(mean: Double, deviation: Double) -> TiltedLogit {
        TiltedLogit(
            answer, model: .cumulative, clear: 0, tie: 0, mean: mean, deviation: deviation,
            site: NormalSite(precision: 0, location: 0))
    }

    /// Half of a normal distribution, whose mean is √(2/π) standard deviations from its edge.
    @Test("Of a logit of which nothing is known, an answer leaves one side", arguments: [40, 1e3, 1e6])
    func wide(deviation: Double) {
        let logit = tilted(mean: 0, deviation: deviation)
        #expect(logit.isTelling)
        #expect((logit.shift / deviation - 0.797_884_560_8).magnitude < 0.02)
    }

    @Test("Of a logit that is known, or no number, nothing is told", arguments: [0, -1e6, 1e300, .infinity, .nan])
    func extremes(mean: Double) {
        for deviation in [0, .infinity, .nan] { #expect(!tilted(mean: mean, deviation: deviation).isTelling, "± \(deviation)") }
        for deviation in [1e-200, 1e200] {
            let logit = tilted(mean: mean, deviation: deviation)
            if logit.isTelling { #expect(logit.shift.isFinite && logit.thirdCumulant.isFinite, "± \(deviation)") }
        }
    }
}
