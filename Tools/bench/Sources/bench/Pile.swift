import CJCore

/// Items whose abilities have a standard deviation of 2 logits, and judgements of them as the model says.
struct Pile {
    let items: [Item.ID]
    let judgements: [Judgement]
    private let spare: [Comparison]

    init(items count: Int, judgementsPerItem: Int) {
        var generator = SplitMix64(seed: UInt64(count))
        items = (0..<count).map { Item.ID("essay-\($0)") }
        // A sum of twelve uniform numbers is all but normal.
        let abilities = items.map { _ in
            2 * (0..<12).reduce(-6) { sum, _ in sum + Double.random(in: 0..<1, using: &generator) }
        }
        let places = Dictionary(uniqueKeysWithValues: items.enumerated().map { ($1, $0) })
        let state = PairingState(items: items, scale: nil, judged: [])
        let wanted = count * judgementsPerItem
        let comparisons = RandomPairing(maximumJudgementsPerPair: 8).nextComparisons(
            wanted + 256, state: state, using: &generator)
        judgements = comparisons.prefix(wanted).map { comparison in
            let advantage = abilities[places[comparison.first] ?? 0] - abilities[places[comparison.second] ?? 0]
            let isFirst = Double.random(in: 0..<1, using: &generator) < probability(advantage)
            return Judgement(comparison: comparison, outcome: isFirst ? .first : .second, judge: "simulated")
        }
        spare = Array(comparisons.suffix(256))
    }

    /// The next comparisons while others are with the judge.
    func choose(_ count: Int, scale: Scale, inFlight: Int) -> [Comparison] {
        var generator = SplitMix64(seed: 1)
        let state = PairingState(
            items: items, scale: scale, judgements: judgements, inFlight: Array(spare.prefix(inFlight)))
        return InformationPairing(maximumJudgementsPerPair: 8).nextComparisons(count, state: state, using: &generator)
    }
}

/// 1 / (1 + e⁻ˣ), with e⁻ˣ as a limit; good enough to draw from.
private func probability(_ logit: Double) -> Double {
    var power = 1 - logit / 1024
    for _ in 0..<10 { power *= power }
    return 1 / (1 + power)
}
