// Times of the estimator for so many items with twenty judgements each, one thread, and what it found, for others to be compared with.
//
//     scaling ITEMS          prints lines: what was measured with its milliseconds, J FIRST SECOND WINNER of every judgement and
//                            A ABILITY of every item at the ridge penalty ½θ², without a position bias
import CJCore
import Figures

/// Best of some runs, in milliseconds of the processor.
func best(of runs: Int, _ work: () -> Void) -> Double { sortedTimes(runs: runs, work)[0] }

guard let count = CommandLine.arguments.dropFirst().first.flatMap({ Int($0) }), count > 1 else {
    fatalError("expected the number of items, at least 2")
}
var generator = SplitMix64(seed: UInt64(count))
// A sum of twelve uniform numbers is all but normal; abilities have a standard deviation of 2 logits.
let abilities = (0..<count).map { _ in
    2 * (0..<12).reduce(-6.0) { sum, _ in sum + Double.random(in: 0..<1, using: &generator) }
}
/// e to the power of minus a logit, as a limit; good enough to draw from.
func odds(against logit: Double) -> Double {
    var power = 1 - logit / 1024
    for _ in 0..<10 { power *= power }
    return power
}
var judgements = IndexedJudgements(itemCount: count)
var lines = ""
for _ in 0..<(20 * count) {
    let first = Int.random(in: 0..<count, using: &generator)
    let second = (first + Int.random(in: 1..<count, using: &generator)) % count
    let chance = 1 / (1 + odds(against: abilities[first] - abilities[second] + 0.2))
    let isFirst = Double.random(in: 0..<1, using: &generator) < chance
    judgements.append(first: first, second: second, outcome: isFirst ? .first : .second)
    lines += "J \(first) \(second) \(isFirst ? first : second)\n"
}
let runs = count > 5_000 ? 5 : 30
let ridge = ScaleEstimator(settings: .init(prior: .fixed(standardDeviation: 1), positionBiasDeviation: nil))
let biased = ScaleEstimator(settings: .init(prior: .fixed(standardDeviation: 2)))
print("abilities", best(of: runs) { _ = ridge.abilities(judgements) })
print("abilities and position", best(of: runs) { _ = biased.abilities(judgements) })
if count <= 2_000 {
    let named = NamedJudgements(
        items: (0..<count).map { Item.ID("item-\($0)") }, judges: ["simulated"], judgements: judgements)
    print("scale with errors and the prior's spread", best(of: runs) { _ = ScaleEstimator().estimate(named) })
    let centred = ScaleEstimator(settings: .init(centre: .mean))
    print("the same about the mean, as services do it", best(of: 5) { _ = centred.estimate(named) })
}
var running = RunningEstimate(judgements, priorStandardDeviation: 2)
let times = (0..<100).map { number in
    processorMilliseconds { running.add(first: number % count, second: (number + 1) % count, outcome: .first) }
}.sorted()
print("one judgement more, best", times[0])
print("one judgement more, median", times[50])
print(lines, terminator: "")
for ability in ridge.abilities(judgements).abilities { print("A", ability) }
