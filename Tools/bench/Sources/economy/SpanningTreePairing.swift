import CJCore
import Glibc

/// Batches of n − 1 pairs that span all items and are expected to tell most, as in ASAP (Mikhailiuk et al. 2020) and Hybrid-MST (Li et
/// al. 2018): the maximal spanning tree of the expected information of all pairs, repeats allowed, order by a coin.
struct SpanningTreePairing: PairingStrategy {
    let maximumJudgementsPerPair = 1_000

    private static let nodes: [(Double, Double)] = [
        (-3.750439717725742, 0.0005482688559722179), (-2.366759410734541, 0.030757123967586502),
        (-1.154405394739968, 0.24012317860501272), (0, 0.45714285714285713), (1.154405394739968, 0.24012317860501272),
        (2.366759410734541, 0.030757123967586502), (3.750439717725742, 0.0005482688559722179),
    ]

    func nextComparisons(
        _ count: Int, state: PairingState, using generator: inout some RandomNumberGenerator
    ) -> [Comparison] {
        let items = state.items.shuffled(using: &generator)
        var best = items.dropFirst().map { (item: $0, partner: items[0], gain: gain($0, items[0], state.scale)) }
        var tree: [(item: Item.ID, partner: Item.ID, gain: Double)] = []
        while let next = best.indices.max(by: { best[$0].gain < best[$1].gain }) {
            let added = best.remove(at: next)
            tree.append(added)
            for index in best.indices {
                let gain = gain(best[index].item, added.item, state.scale)
                if gain > best[index].gain { (best[index].partner, best[index].gain) = (added.item, gain) }
            }
        }
        return tree.prefix(count).compactMap { edge in
            let isSwapped = Bool.random(using: &generator)
            // Items of a tree differ.
            return try? Comparison(first: isSwapped ? edge.partner : edge.item, second: isSwapped ? edge.item : edge.partner)
        }
    }

    private func gain(_ one: Item.ID, _ other: Item.ID, _ scale: Scale?) -> Double {
        guard let scale else { return 0 }
        let difference = scale.estimate(of: one).ability - scale.estimate(of: other).ability
        let deviation = scale.varianceOfDifference(one, other).squareRoot()
        var (mean, expected) = (0.0, 0.0)
        for (node, share) in Self.nodes {
            let probability = 1 / (1 + exp(-(difference + node * deviation)))
            mean += share * probability
            expected += share * entropy(probability)
        }
        return entropy(mean) - expected
    }

    private func entropy(_ probability: Double) -> Double {
        guard probability > 0, probability < 1 else { return 0 }
        return -probability * log(probability) - (1 - probability) * log(1 - probability)
    }
}
