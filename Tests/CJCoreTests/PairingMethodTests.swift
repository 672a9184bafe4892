import Testing

@testable import CJCore

@Suite("Pairing by any method")
struct PairingMethodTests {
    @Test(
        "No method repeats a pair while others have not met, audits aside, and none asks beyond two judgements",
        arguments: PairingMethod.allCases)
    func repeats(method: PairingMethod) {
        for (count, step) in [(5, 1), (6, 3), (9, 4), (14, 7)] {
            let pairs = count * (count - 1) / 2
            var simulation = Simulation(items: count, deviation: 2, seed: UInt64(count))
            let (_, judgements) = run(method, &simulation, comparisons: 10 * pairs, step: step)
            #expect(judgements.count == 2 * pairs)
            #expect(Set(judgements.map(\.comparison)).count == 2 * pairs)
            let audits = Int(Audit.usualShare * Double(pairs))
            #expect(Set(judgements.prefix(pairs).map(\.comparison.pair)).count >= pairs - audits - 1)
        }
    }

    @Test(
        "One comparison in twenty repeats a pair in the other order, at an even pace and on different items",
        arguments: PairingMethod.allCases)
    func audits(method: PairingMethod) {
        var simulation = Simulation(items: 30, deviation: 2, seed: 3)
        let (_, judgements) = run(method, &simulation, comparisons: 230, step: 8)
        var seen: [Pair: Comparison] = [:]
        var places: [Int] = []
        var audited: [Item.ID: Int] = [:]
        for (place, judgement) in judgements.enumerated() {
            if let earlier = seen.updateValue(judgement.comparison, forKey: judgement.comparison.pair) {
                #expect(earlier == judgement.comparison.swapped)
                places.append(place)
                audited[judgement.comparison.first, default: 0] += 1
                audited[judgement.comparison.second, default: 0] += 1
            }
        }
        #expect((9...11).contains(places.count))
        #expect(audited.values.allSatisfy { $0 <= 2 })
        for half in [places.prefix { $0 < 130 }, places.drop { $0 < 130 }] { #expect((4...6).contains(half.count)) }
    }

    @Test(
        "Places stay balanced to one, whatever the step, but where pairs are drawn",
        arguments: PairingMethod.allCases.filter { $0 != .random })
    func balance(method: PairingMethod) {
        for (count, comparisons, step) in [(12, 42, 1), (30, 150, 7), (31, 155, 15)] {
            var simulation = Simulation(items: count, deviation: 2, seed: UInt64(count))
            let (scale, _) = run(method, &simulation, comparisons: comparisons, step: step)
            for item in scale.items {
                let estimate = scale.estimate(of: item)
                #expect((2 * estimate.shownFirst - estimate.comparisons).magnitude <= 1)
            }
        }
    }

    @Test("Every item is in every round once, up to half as many rounds as there are items", arguments: [6, 10, 30, 150])
    func rounds(count: Int) {
        let items = (0..<count).map { Item.ID("i\(1_000 + $0)") }
        for partners in [RoundPairing.Partners.chance, .likeness] {
            var generator = SplitMix64(seed: UInt64(count))
            let strategy = RoundPairing(partners, auditShare: 0)
            let rounds = min(count / 2 - 1, 10)
            // Steps that do not divide the round, so that rounds are taken up in the middle.
            var chosen: [Comparison] = []
            while chosen.count < rounds * count / 2 {
                let step = min(7, rounds * count / 2 - chosen.count)
                let state = PairingState(items: items, scale: nil, judged: chosen)
                chosen += strategy.nextComparisons(step, state: state, using: &generator)
            }
            for round in 0..<rounds {
                let pairs = chosen[(round * count / 2)..<((round + 1) * count / 2)]
                #expect(Set(pairs.flatMap { [$0.first, $0.second] }).count == count)
            }
            #expect(Set(chosen.map(\.pair)).count == chosen.count)
        }
    }

    @Test("Four rounds connect everybody", arguments: [2, 3, 5, 8, 16, 30])
    func connected(count: Int) {
        for (method, seed) in PairingMethod.allCases.flatMap({ method in (0..<4).map { (method, UInt64($0)) } })
        where method != .random {
            var simulation = Simulation(items: count, deviation: 2, seed: seed)
            let (scale, _) = run(method, &simulation, comparisons: 2 * count, step: max(1, count / 3))
            #expect(scale.isConnected)
        }
    }

    @Test(
        "Every other item meets two anchors early, and anchors are compared no more often than others",
        arguments: [PairingMethod.information, .rounds, .matching])
    func anchors(method: PairingMethod) {
        let (anchorCount, count) = (6, 24)
        var simulation = Simulation(items: count, deviation: 2, seed: 12)
        let anchors = Set(simulation.items.prefix(anchorCount))
        // So many rounds as it takes when in each of them every anchor meets another item.
        let rounds = 2 * (count - anchorCount) / anchorCount
        let (scale, judgements) = run(method, &simulation, comparisons: (rounds + 3) * count / 2, step: 6, anchors: anchors)
        var met: [Item.ID: Set<Item.ID>] = [:]
        for judgement in judgements {
            let (first, second) = (judgement.comparison.first, judgement.comparison.second)
            if anchors.contains(first) { met[second, default: []].insert(first) }
            if anchors.contains(second) { met[first, default: []].insert(second) }
        }
        for item in simulation.items where !anchors.contains(item) { #expect(met[item]?.count ?? 0 >= 2) }
        for anchor in anchors { #expect(scale.estimate(of: anchor).comparisons <= rounds + 4) }
    }

    @Test("The same state and seed give the same comparisons, whatever the order of items", arguments: PairingMethod.allCases)
    func determinism(method: PairingMethod) {
        var simulation = Simulation(items: 24, deviation: 2, seed: 2)
        let (scale, judgements) = run(method, &simulation, comparisons: 70, step: 4)
        func choose(_ items: [Item.ID], _ judgements: [Judgement], seed: UInt64) -> [Comparison] {
            var generator = SplitMix64(seed: seed)
            let state = PairingState(items: items, scale: scale, judgements: judgements)
            return method.strategy().nextComparisons(12, state: state, using: &generator)
        }
        let chosen = choose(simulation.items, judgements, seed: 5)
        #expect(chosen.count == 12)
        #expect(choose(simulation.items.reversed(), judgements.reversed(), seed: 5) == chosen)
        #expect((6..<16).contains { choose(simulation.items, judgements, seed: $0) != chosen })
    }

    @Test("Likeness pairs neighbours, chance does not")
    func likeness() {
        func meanDistance(_ method: PairingMethod) -> Double {
            var simulation = Simulation(items: 40, deviation: 3, seed: 6)
            let (_, judgements) = run(method, &simulation, comparisons: 240, step: 20)
            let late = judgements.suffix(80)
            return late.reduce(0) {
                $0 + (simulation.ability($1.comparison.first) - simulation.ability($1.comparison.second)).magnitude / 80
            }
        }
        #expect(meanDistance(.matching) < 0.75 * meanDistance(.rounds))
        #expect(meanDistance(.information) < 0.75 * meanDistance(.rounds))
    }

    private func run(
        _ method: PairingMethod, _ simulation: inout Simulation, comparisons: Int, step: Int, anchors: Set<Item.ID> = []
    ) -> (scale: Scale, judgements: [Judgement]) {
        let strategy = method.strategy()
        let estimator = ScaleEstimator(settings: .init(prior: .fixed(standardDeviation: 2)))
        var judgements: [Judgement] = []
        var scale = estimator.estimate(items: simulation.items, judgements: [])
        while judgements.count < comparisons {
            let state = PairingState(items: simulation.items, scale: scale, judgements: judgements, anchors: anchors)
            let next = strategy.nextComparisons(
                min(step, comparisons - judgements.count), state: state, using: &simulation.generator)
            if next.isEmpty { break }
            for comparison in next { judgements.append(simulation.judge(comparison)) }
            scale = estimator.estimate(items: simulation.items, judgements: judgements)
        }
        return (scale, judgements)
    }
}

@Suite("What a comparison is expected to tell")
struct ExpectedInformationTests {
    @Test("Four answers tell more than two, the most where items are close, and as much as two where nothing is ever clear")
    func graded() {
        for difference in [0.0, 0.7, 2, 4] {
            let two = ExpectedInformation.gain(difference: difference, variance: 1)
            let four = ExpectedInformation.gain(difference: difference, variance: 1, clear: 1)
            #expect(four > two)
            #expect(abs(ExpectedInformation.gain(difference: difference, variance: 1, clear: 30) - two) < 1e-9)
            #expect(
                ExpectedInformation.weight(difference: difference, variance: 1, clear: 1)
                    > ExpectedInformation.weight(difference: difference, variance: 1))
            #expect(
                abs(
                    ExpectedInformation.weight(difference: difference, variance: 1, clear: 30)
                        - ExpectedInformation.weight(difference: difference, variance: 1)) < 1e-9)
        }
        // Three thresholds: at no difference and with t = ln 3, the answers have probabilities 1/4 each and p′ of ±3/16, ±1/16.
        let information = ExpectedInformation.weight(difference: 0, variance: 0, clear: 1.0986122886681098)
        #expect(abs(information - 2 * 4 * (9.0 / 256 + 1.0 / 256)) < 1e-12)
    }

    @Test("Two answers tell nothing where the difference is known, and the same whoever is ahead, however far")
    func borders() {
        for difference in [0.0, 0.3, 5, 40, 599, 601, 1e6] {
            #expect(abs(ExpectedInformation.gain(difference: difference, variance: 0)) < 1e-15)
            for variance in [0.01, 1, 100, 1e6] {
                let gain = ExpectedInformation.gain(difference: difference, variance: variance)
                let turned = ExpectedInformation.gain(difference: -difference, variance: variance)
                #expect(gain > -1e-15 && gain < 0.6931471805599454)
                #expect(abs(gain - turned) < 1e-15)
            }
        }
    }
}
