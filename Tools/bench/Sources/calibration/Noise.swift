import CJCore
import Figures

/// What is said of judges that tell nothing.
enum Noise {
    static func tell(_ sizes: [(items: Int, runs: Int)]) {
        print("\nJudges that tell nothing: 20 comparisons per item, information pairing.\n")
        print(row(["items", "judge", "runs", "below 0.6", "mean", "largest", "no ranking"]))
        for (items, runs) in sizes {
            for (name, manner) in [("coin", SimulatedJudge.Manner.coinToss), ("first", .alwaysFirst)] {
                let outcomes = (0..<runs).map { seed in
                    SimulatedAssessment(
                        itemCount: items, abilityDeviation: 2, judge: SimulatedJudge(manner),
                        rule: StoppingRule(maximumComparisons: StoppingRule.usualMaximumComparisons(items: items)),
                        inFlight: max(4, items / 4)
                    ).run(seed: UInt64(seed))
                }
                let stated = outcomes.map(\.quality.statedReliability.posteriorReliability)
                print(
                    row([
                        String(items), name, String(runs), String(stated.count { $0 < 0.6 }), number(Series(stated).mean, 3),
                        number(stated.max() ?? 0, 3), String(outcomes.count { !$0.reason.leavesRanking }),
                    ]))
            }
        }
    }
}
