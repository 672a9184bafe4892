// Does the core say of its scales what is true of them? Simulated assessments with information pairing, whose abilities are known.
//
//     swift run -c release --package-path Tools/bench calibration [factor] [counts|stops|noise]
//
// The factor multiplies the numbers of runs, which with 1 take some ten minutes of one processor; a word leaves the other parts out.
import CJCore
import Figures

let factor = CommandLine.arguments.dropFirst().first.flatMap(Double.init) ?? 1
let part = CommandLine.arguments.dropFirst(2).first

/// Sizes, with the runs of each.
let sizes = [(items: 10, runs: 200), (30, 80), (100, 16), (300, 4)].map { ($0.items, max(1, Int(Double($0.runs) * factor))) }
let deviations = [1.0, 2, 4]
/// Comparisons per item at which scales are looked at.
let looks = [8, 12, 18]

if part == nil || part == "counts" { tellCounts() }
if part == nil || part == "stops" { tellStops() }
if part == nil || part == "noise" { tellNoise() }

func tellCounts() {
    print("At fixed numbers of comparisons per item (cpi): means over runs, with the standard error of the difference.")
    print("Wanted: coverage 0.94 to 0.96, both differences within 0.02, the interval of nine tenths holding the truth in 0.9.\n")
    print(
        row([
            "items", "sd", "bias", "cpi", "runs", "coverage", "true r²", "stated-true", "± se", "interval", "true τ",
            "stated-true",
            "± se",
        ]))
    for (items, runs) in sizes {
        for deviation in deviations {
            for bias in [0.0, -0.6] {
                var seen: [Int: [ScaleQuality]] = [:]
                for seed in 0..<runs {
                    let assessment = SimulatedAssessment(
                        itemCount: items, abilityDeviation: deviation, judge: SimulatedJudge(positionBias: bias),
                        rule: StoppingRule(goal: .budget, maximumComparisons: min(9 * items, items * (items - 1))),
                        inFlight: items)
                    _ = assessment.run(seed: UInt64(seed)) { quality in
                        let perItem = 2 * quality.comparisons / items
                        if looks.contains(perItem), (seen[perItem]?.count ?? 0) <= seed {
                            seen[perItem, default: []].append(quality)
                        }
                    }
                }
                for perItem in looks {
                    guard let qualities = seen[perItem] else { continue }
                    let reliability = Series(qualities.map { $0.statedReliability.posteriorReliability - $0.squaredCorrelation })
                    let tau = Series(qualities.map { $0.statedKendallTau - $0.kendallTau })
                    let inside = qualities.map {
                        ($0.statedReliability.low...$0.statedReliability.high).contains($0.squaredCorrelation) ? 1.0 : 0
                    }
                    print(
                        row([
                            String(items), number(deviation, 0), number(bias, 1), String(perItem), String(qualities.count),
                            number(Series(qualities.map(\.coverage)).mean, 3),
                            number(Series(qualities.map(\.squaredCorrelation)).mean, 3),
                            number(reliability.mean, 3), number(reliability.error, 3), number(Series(inside).mean, 2),
                            number(Series(qualities.map(\.kendallTau)).mean, 3), number(tau.mean, 3), number(tau.error, 3),
                        ]))
                }
            }
        }
    }
}

func tellStops() {
    print("\nWhere runs stop: target 0.85, certainty \(number(StoppingRule.usualCertainty, 2)), twice the usual budget.")
    print(
        "'reached' is the number of comparisons at which the mean true r² reaches the target; 'fired' counts runs that stopped by the goal, of"
    )
    print("those that had the target at the end.\n")
    print(
        row([
            "items", "sd", "runs", "fired", "of", "reached", "stop", "ratio", "within 10 %", "true r²", "stated", "τ", "worst τ",
        ]))
    for (items, runs) in sizes where items < 300 {
        for deviation in deviations {
            let most = min(20 * items, items * (items - 1))
            let curve = meanCurve(items: items, deviation: deviation, runs: max(1, runs / 2), most: most)
            let reached = curve.first { $0.mean >= 0.85 }?.comparisons
            let outcomes = (0..<runs).map { seed in
                SimulatedAssessment(
                    itemCount: items, abilityDeviation: deviation, rule: StoppingRule(maximumComparisons: most),
                    inFlight: max(4, items / 4)
                ).run(seed: UInt64(1_000 + seed))
            }
            let able = outcomes.filter { $0.quality.squaredCorrelation >= 0.85 }
            let stopped = outcomes.filter { $0.reason == .converged }
            let stop = Series(stopped.map { Double($0.comparisons) }).mean
            let near = reached.map { reached in stopped.count { abs(Double($0.comparisons) / reached - 1) <= 0.1 } } ?? 0
            print(
                row([
                    String(items), number(deviation, 0), String(runs), String(able.count { $0.reason == .converged }),
                    String(able.count),
                    reached.map { number($0, 0) } ?? "never", number(stop, 0), reached.map { number(stop / $0, 2) } ?? "",
                    "\(near) of \(stopped.count)", number(Series(stopped.map(\.quality.squaredCorrelation)).mean, 3),
                    number(Series(stopped.map(\.quality.statedReliability.posteriorReliability)).mean, 3),
                    number(Series(stopped.map(\.quality.kendallTau)).mean, 3),
                    number(stopped.map(\.quality.kendallTau).min() ?? 0, 3),
                ]))
        }
    }
}

func tellNoise() {
    print("\nJudges that tell nothing: 20 comparisons per item, information pairing.\n")
    print(row(["items", "judge", "runs", "below 0.6", "mean", "largest", "no ranking"]))
    for (items, runs) in sizes where items < 300 {
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

/// Mean true r² of some runs, by the number of comparisons.
func meanCurve(items: Int, deviation: Double, runs: Int, most: Int) -> [(comparisons: Double, mean: Double)] {
    var tracks: [[ScaleQuality]] = []
    for seed in 0..<runs {
        var track: [ScaleQuality] = []
        _ = SimulatedAssessment(
            itemCount: items, abilityDeviation: deviation, rule: StoppingRule(goal: .budget, maximumComparisons: most),
            inFlight: max(4, items / 4)
        ).run(seed: UInt64(seed)) { track.append($0) }
        tracks.append(track)
    }
    return (0..<(tracks.map(\.count).min() ?? 0)).map { look in
        (Series(tracks.map { Double($0[look].comparisons) }).mean, Series(tracks.map { $0[look].squaredCorrelation }).mean)
    }
}
