import CJCore
import Testing

@Suite("Pairing")
struct PairingTests {
    private static let sizes = [2, 3, 4, 5, 8, 13, 30]

    @Test("The first n/2 comparisons are a matching, and after n − 1 everything is connected", arguments: sizes)
    func connectedEarly(count: Int) {
        let items = names(count)
        var generator = SplitMix64(seed: 11)
        let state = PairingState(items: items, scale: nil, judged: [])
        let chosen = InformationPairing().nextComparisons(count - 1, state: state, using: &generator)
        let matched = chosen.prefix(count / 2).flatMap { [$0.first, $0.second] }
        #expect(Set(matched).count == count / 2 * 2)
        let scale = ScaleEstimator().estimate(items: items, judgements: chosen.map { judged($0) })
        #expect(scale.isConnected)
    }

    @Test("One at a time with answers in between connects as early", arguments: sizes)
    func connectedEarlyOneByOne(count: Int) {
        var simulation = Simulation(items: count, deviation: 2, seed: 3)
        let scale = simulation.run(InformationPairing(), comparisons: count - 1, step: 1).scale
        #expect(scale.isConnected)
    }

    @Test(
        "No pair comes again before all have come, and then in the other order, until every pair is used up",
        arguments: [2, 3, 4, 7])
    func exhaustion(count: Int) throws {
        let pairs = count * (count - 1) / 2
        for step in [1, 3, 1_000] {
            var simulation = Simulation(items: count, deviation: 2, seed: UInt64(step))
            let (_, judgements) = simulation.run(InformationPairing(auditShare: 0), comparisons: 10 * pairs, step: step)
            let comparisons = judgements.map(\.comparison)
            #expect(comparisons.count == 2 * pairs)
            #expect(Set(comparisons).count == 2 * pairs)
            #expect(Set(comparisons.prefix(pairs).map(\.pair)).count == pairs)
            let state = PairingState(items: simulation.items, scale: nil, judgements: judgements)
            #expect(state.comparisonsLeft(maximumJudgementsPerPair: 2) == 0)
            #expect(state.comparisonsLeft(maximumJudgementsPerPair: 3) == pairs)
        }
    }

    @Test("First and second places of each item differ by one at most, for both strategies of information and any step")
    func balance() {
        for (count, comparisons, step) in [(9, 30, 1), (12, 50, 1), (30, 150, 1), (30, 150, 7), (31, 160, 15)] {
            var simulation = Simulation(items: count, deviation: 2, seed: UInt64(count))
            let (scale, _) = simulation.run(InformationPairing(), comparisons: comparisons, step: step)
            for item in scale.items {
                let estimate = scale.estimate(of: item)
                #expect((2 * estimate.shownFirst - estimate.comparisons).magnitude <= 1)
            }
        }
    }

    @Test("A complete round robin is balanced as far as its parity allows", arguments: [5, 6, 9])
    func completeBalance(count: Int) {
        var simulation = Simulation(items: count, deviation: 1, seed: 77)
        let (scale, _) = simulation.run(InformationPairing(), comparisons: count * (count - 1), step: 1)
        for item in scale.items { #expect(scale.estimate(of: item).shownFirst == count - 1) }
    }

    @Test("What is in flight counts: it is neither chosen again nor left out of the matching")
    func inFlight() throws {
        let items = names(10)
        var generator = SplitMix64(seed: 4)
        let first = InformationPairing().nextComparisons(
            3, state: PairingState(items: items, scale: nil, judged: []), using: &generator)
        let state = PairingState(items: items, scale: nil, judged: [], inFlight: first)
        let second = InformationPairing().nextComparisons(2, state: state, using: &generator)
        #expect(Set((first + second).flatMap { [$0.first, $0.second] }).count == 10)
        var all = first + second
        while all.count < 45 {
            let state = PairingState(items: items, scale: nil, judged: [], inFlight: all)
            all += InformationPairing().nextComparisons(4, state: state, using: &generator)
        }
        #expect(Set(all.prefix(45).map(\.pair)).count == 45)
    }

    @Test("A comparison in flight makes the same items less interesting")
    func inFlightNarrows() throws {
        var simulation = Simulation(items: 20, deviation: 2, seed: 21)
        let (scale, judgements) = simulation.run(InformationPairing(), comparisons: 60, step: 1)
        var generator = SplitMix64(seed: 1)
        let state = PairingState(items: simulation.items, scale: scale, judgements: judgements)
        let chosen = InformationPairing().nextComparisons(10, state: state, using: &generator)
        // Ten picks from one scale spread over many items instead of circling around the widest one.
        #expect(Set(chosen.flatMap { [$0.first, $0.second] }).count >= 12)
        #expect(Set(chosen.map(\.pair)).count == 10)
    }

    @Test("The same state and seed give the same comparisons, whatever the order of items")
    func determinism() {
        var simulation = Simulation(items: 14, deviation: 2, seed: 2)
        let (scale, judgements) = simulation.run(InformationPairing(), comparisons: 40, step: 4)
        func choose(_ items: [Item.ID], _ judgements: [Judgement], seed: UInt64) -> [Comparison] {
            var generator = SplitMix64(seed: seed)
            let state = PairingState(items: items, scale: scale, judgements: judgements)
            return InformationPairing().nextComparisons(12, state: state, using: &generator)
        }
        let chosen = choose(simulation.items, judgements, seed: 5)
        #expect(choose(simulation.items.reversed(), judgements.reversed(), seed: 5) == chosen)
        #expect(chosen.count == 12)
        var others: Set<[Comparison]> = [chosen]
        for seed in 6..<16 { others.insert(choose(simulation.items, judgements, seed: UInt64(seed))) }
        #expect(others.count > 1)
    }

    @Test("The order in which judgements are told changes no choice, bridges between groups included")
    func orderOfJudgements() throws {
        let items = (0..<12).map { Item.ID("i\(100 + $0)") }
        let pairs = [(0, 3), (6, 9), (3, 9), (1, 4), (7, 10), (4, 10), (2, 5), (8, 11), (5, 11)]
        let judged = try pairs.map { try Comparison(first: items[$0], second: items[$1]) }
        var choices: Set<[Comparison]> = []
        for seed in 1...20 {
            var generator = SplitMix64(seed: UInt64(seed))
            let state = PairingState(items: items, scale: nil, judged: judged.shuffled(using: &generator))
            generator = SplitMix64(seed: 5)
            choices.insert(InformationPairing().nextComparisons(3, state: state, using: &generator))
        }
        #expect(choices.count == 1)
    }

    @Test("An item that others have always shown first is not passed over: it comes second until it is even")
    func lopsidedItem() throws {
        let items = names(10)
        let judged = try (1...5).map { try Comparison(first: items[0], second: items[$0]) }
        let others = try (1...9).flatMap { one in
            try (1...3).map { try Comparison(first: items[one], second: items[(one + $0 - 1) % 9 + 1]) }
        }
        for strategy in [InformationPairing(auditShare: 0) as any PairingStrategy, RoundPairing(auditShare: 0)] {
            var generator = SplitMix64(seed: 3)
            let state = PairingState(items: items, scale: nil, judged: judged + others)
            let chosen = strategy.nextComparisons(4, state: state, using: &generator)
            #expect(chosen.contains { $0.second == items[0] })
            #expect(!chosen.contains { $0.first == items[0] })
        }
    }

    @Test("Excluded pairs are never chosen, and the rest is still connected if it can be")
    func exclusion() throws {
        let items = names(5)
        let excluded: Set<Pair> = [try Pair("i00", "i01"), try Pair("i02", "i01"), try Pair("i03", "i01")]
        var generator = SplitMix64(seed: 8)
        let state = PairingState(items: items, scale: nil, judged: [], excluded: excluded)
        #expect(state.comparisonsLeft(maximumJudgementsPerPair: 2) == 14)
        let chosen = InformationPairing().nextComparisons(100, state: state, using: &generator)
        #expect(chosen.count == 14)
        #expect(chosen.allSatisfy { !excluded.contains($0.pair) })
        #expect(chosen.contains { $0.pair == (try? Pair("i01", "i04")) })
        let random = RandomPairing().nextComparisons(100, state: state, using: &generator)
        #expect(random.count == 14)
        #expect(random.allSatisfy { !excluded.contains($0.pair) })
    }

    @Test("An excluded pair that has been judged before is counted right")
    func exclusionOfJudged() throws {
        let judged = [try Comparison(first: "i00", second: "i01")]
        let state = PairingState(items: names(3), scale: nil, judged: judged, excluded: [try Pair("i01", "i00")])
        #expect(state.comparisonsLeft(maximumJudgementsPerPair: 2) == 4)
    }

    @Test("Two items: both orders, then nothing")
    func twoItems() {
        var generator = SplitMix64(seed: 1)
        let state = PairingState(items: ["a", "b"], scale: nil, judged: [])
        let chosen = InformationPairing().nextComparisons(5, state: state, using: &generator)
        #expect(chosen.count == 2)
        #expect(chosen.first?.swapped == chosen.last)
        let once = InformationPairing(maximumJudgementsPerPair: 1).nextComparisons(5, state: state, using: &generator)
        #expect(once.count == 1)
    }

    @Test("Nothing to pair gives nothing", arguments: [0, 1])
    func nothing(count: Int) {
        var generator = SplitMix64(seed: 1)
        let state = PairingState(items: names(count), scale: nil, judged: [])
        #expect(InformationPairing().nextComparisons(3, state: state, using: &generator).isEmpty)
        #expect(RandomPairing().nextComparisons(3, state: state, using: &generator).isEmpty)
        #expect(state.comparisonsLeft(maximumJudgementsPerPair: 2) == 0)
    }

    @Test("Random pairing repeats no pair early, uses every pair up and keeps places together")
    func random() {
        var simulation = Simulation(items: 8, deviation: 1, seed: 13)
        let (scale, judgements) = simulation.run(RandomPairing(auditShare: 0), comparisons: 1_000, step: 5)
        #expect(judgements.count == 56)
        #expect(Set(judgements.prefix(28).map(\.comparison.pair)).count == 28)
        for item in scale.items { #expect(scale.estimate(of: item).shownFirst == 7) }
    }

    @Test("Above the limit of exhaustive search the rules hold as well")
    func manyItems() {
        let count = 170
        var simulation = Simulation(items: count, deviation: 2, seed: 17)
        let estimator = ScaleEstimator(settings: .init(prior: .fixed(standardDeviation: 2)))
        let (scale, judgements) = simulation.run(
            InformationPairing(auditShare: 0), comparisons: 340, step: 85, estimator: estimator)
        #expect(scale.isConnected)
        #expect(Set(judgements.map(\.comparison.pair)).count == 340)
        for item in scale.items {
            let estimate = scale.estimate(of: item)
            #expect((2 * estimate.shownFirst - estimate.comparisons).magnitude <= 1)
        }
    }

    @Test("With the same number of calls, information ranks better than chance")
    func information() {
        var (information, random) = (0.0, 0.0)
        for seed in 0..<36 {
            var one = Simulation(items: 20, deviation: 2.5, seed: UInt64(40 + seed))
            var other = one
            information += one.kendallTau(one.run(InformationPairing(auditShare: 0), comparisons: 100, step: 10).scale)
            random += other.kendallTau(other.run(RandomPairing(auditShare: 0), comparisons: 100, step: 100).scale)
        }
        #expect(information / 36 > random / 36 + 0.02)
    }

    private func names(_ count: Int) -> [Item.ID] {
        (0..<count).map { Item.ID($0 < 10 ? "i0\($0)" : "i\($0)") }
    }

    private func judged(_ comparison: Comparison) -> Judgement {
        Judgement(comparison: comparison, outcome: .first, judge: "test")
    }
}
