import Testing

@testable import CJCore

@Suite("Estimates that follow every judgement")
struct RunningEstimateTests {
    /// What a random sequence of judgements holds.
    struct Kind: Sendable, CustomTestStringConvertible {
        let name: String
        let outcomes: [Outcome]
        let margins: [Margin?]
        var bias: Double? = 0.3

        var testDescription: String { name }
    }

    static let kinds = [
        Kind(name: "winners alone", outcomes: [.first, .second], margins: [nil]),
        Kind(name: "winners without a bias", outcomes: [.first, .second], margins: [nil], bias: nil),
        Kind(name: "ties", outcomes: [.first, .second, .second, .tie], margins: [nil]),
        Kind(name: "margins", outcomes: [.first, .second], margins: [.slight, .clear]),
        Kind(
            name: "margins, ties, and answers without either", outcomes: [.first, .second, .tie], margins: [nil, .slight, .clear]),
    ]

    @Test("After every judgement of a random sequence they are what a fit from scratch finds", arguments: kinds)
    func randomSequence(kind: Kind) {
        var generator = SplitMix64(seed: 17)
        var settings = ScaleEstimator.Settings(prior: .fixed(standardDeviation: 1.7), positionBiasDeviation: kind.bias)
        settings.ties = .davidson
        let estimator = ScaleEstimator(settings: settings)
        var judgements = IndexedJudgements(itemCount: 9)
        var running = RunningEstimate(judgements, priorStandardDeviation: 1.7, settings: settings)
        for _ in 0..<150 {
            let first = generator.below(9)
            let second = (first + 1 + generator.below(8)) % 9
            let outcome = kind.outcomes[generator.below(kind.outcomes.count)]
            let margin = kind.margins[generator.below(kind.margins.count)]
            let weight = Double(1 + generator.below(3))
            judgements.append(first: first, second: second, outcome: outcome, margin: margin, weight: weight)
            running.add(first: first, second: second, outcome: outcome, margin: margin, weight: weight)
            let (abilities, bias) = estimator.abilities(judgements)
            #expect(zip(abilities, running.abilities).allSatisfy { ($0 - $1).magnitude < 1e-7 })
            #expect((bias - running.positionBias).magnitude < 1e-7)
        }
        #expect(running.judgementCount == 150)
    }

    @Test("A handful at once, by several judges, comes to the same, from judgements that there are already")
    func handfuls() {
        var generator = SplitMix64(seed: 4)
        var all = IndexedJudgements(itemCount: 40)
        func draw(into judgements: inout IndexedJudgements) {
            let first = generator.below(40)
            judgements.append(
                first: first, second: (first + 1 + generator.below(39)) % 40, outcome: generator.below(3) == 0 ? .second : .first,
                judge: generator.below(3))
        }
        for _ in 0..<200 { draw(into: &all) }
        var running = RunningEstimate(all, priorStandardDeviation: 2)
        let estimator = ScaleEstimator(settings: .init(prior: .fixed(standardDeviation: 2)))
        for size in [0, 1, 7, 64] {
            var handful = IndexedJudgements(itemCount: 40)
            for _ in 0..<size {
                let before = generator
                draw(into: &handful)
                generator = before
                draw(into: &all)
            }
            running.add(handful)
            let abilities = estimator.abilities(all).abilities
            #expect(zip(abilities, running.abilities).allSatisfy { ($0 - $1).magnitude < 1e-7 })
        }
        #expect(running.judgementCount == all.count)
    }
}
