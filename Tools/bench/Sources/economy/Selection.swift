import CJCore
import Glibc

/// Time of one processor that choosing the next pairs takes, among items with twelve comparisons each, the usual share of them repeats.
struct Selection {
    let items: Int
    let count: Int

    private static let perItem = 12
    private static let runs = 7

    /// The middle of some choices, in milliseconds, by strategy; the description of the state is made beforehand.
    func milliseconds() -> [(name: String, time: Double)] {
        var generator = SplitMix64(seed: UInt64(items))
        let names = (0..<items).map { Item.ID("essay-\(10_000 + $0)") }
        let places = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
        var judgements: [Judgement] = []
        while judgements.count < items * Self.perItem / 2 {
            let state = PairingState(items: names, scale: nil, judgements: judgements)
            for comparison in RoundPairing().nextComparisons(items / 2, state: state, using: &generator) {
                // The later an item, the better, with a little noise.
                let lead = (places[comparison.first] ?? 0) - (places[comparison.second] ?? 0)
                let isFirst = lead + Int.random(in: -items / 8...items / 8, using: &generator) > 0
                judgements.append(Judgement(comparison: comparison, outcome: isFirst ? .first : .second, judge: "simulated"))
            }
        }
        let scale = ScaleEstimator(settings: .init(prior: .fixed(standardDeviation: 2))).estimate(
            items: names, judgements: judgements)
        let state = PairingState(items: names, scale: scale, judgements: judgements)
        return PairingMethod.allCases.map { method in
            let times = (0..<Self.runs).map { run in
                var generator = SplitMix64(seed: UInt64(run))
                let begun = clock()
                let chosen = method.strategy().nextComparisons(count, state: state, using: &generator)
                precondition(chosen.count == count, "there are pairs enough")
                return Double(clock() - begun) / Double(CLOCKS_PER_SEC) * 1000
            }
            return (method.rawValue, times.sorted()[Self.runs / 2])
        }
    }
}
