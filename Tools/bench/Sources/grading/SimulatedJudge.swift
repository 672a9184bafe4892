import CJCore

/// Judges as language models have been found to: by figures of this kind they repeat themselves in 0.9 of all cases, choose the first place
/// in 0.47, and agree with the truth in 0.84.
///
/// What it sees of a pair is the true difference, a whim for that pair, N(0, 1), and noise for that call, a quarter of a logistic draw; it
/// leans 0.2 logits to the second place, and one answer in a hundred is a coin toss. As no pair comes twice, whims need not be kept.
struct SimulatedJudge {
    let abilities: [Item.ID: Double]

    private static let bias = -0.2
    private static let whim = 1.0
    private static let noise = 0.25
    private static let lapse = 0.01

    func judge(_ comparison: Comparison, _ draws: inout Draws) -> Judgement {
        let isFirst: Bool
        if draws.unit() < Self.lapse {
            isFirst = draws.unit() < 0.5
        } else {
            let difference = (abilities[comparison.first] ?? 0) - (abilities[comparison.second] ?? 0)
            isFirst = difference + Self.bias + Self.whim * draws.normal() + Self.noise * draws.logistic() > 0
        }
        return Judgement(comparison: comparison, outcome: isFirst ? .first : .second, judge: "simulated")
    }
}

/// Rounds in which every item is compared once, no pair comes twice, and every item stands first as often as second.
enum BalancedRounds {
    /// The comparisons of so many rounds, by the circle method over a random order.
    static func comparisons(of items: [Item.ID], rounds: Int, _ draws: inout Draws) -> [Comparison] {
        let seats = items.shuffled(using: &draws.generator)
        precondition(seats.count % 2 == 0 && rounds < seats.count, "an even number of items has one round less than items")
        let turning = seats.count - 1
        var lead: [Item.ID: Int] = [:]
        var comparisons: [Comparison] = []
        for turn in Array(0..<turning).shuffled(using: &draws.generator).prefix(rounds) {
            for place in 0..<(seats.count / 2) {
                let one = seats[(place + turn) % turning]
                // The last item stays in its seat and meets whoever comes to stand opposite.
                let opposite = turning - 1 - place
                let other = opposite == place ? seats[turning] : seats[(opposite + turn) % turning]
                let (first, second) = lead[one, default: 0] > lead[other, default: 0] ? (other, one) : (one, other)
                lead[first, default: 0] += 1
                lead[second, default: 0] -= 1
                // Two seats of a circle never hold one item.
                guard let comparison = try? Comparison(first: first, second: second) else { continue }
                comparisons.append(comparison)
            }
        }
        return comparisons
    }
}
