// Times of the judgement core by the number of items, with twenty judgements for each, in milliseconds of one thread's processor: about the
// mode, and in the last column a whole scale about the mean.
//
//     swift run -c release --package-path Tools/bench bench [ITEMS ...]
import CJCore
import Figures

let chosen = CommandLine.arguments.dropFirst().compactMap { Int($0) }

/// Middle of some runs, in milliseconds of the processor.
func milliseconds(_ work: () -> Void) -> Double { sortedTimes(runs: 9, work)[4] }

print(row(["items", "judgements", "fit", "errors", "σ cold", "σ warm", "tau", "64 pairs", "and 256 out", "mean"]))
for count in chosen.isEmpty ? [100, 300, 1000] : chosen {
    let pile = Pile(items: count, judgementsPerItem: 20)
    let searching = ScaleEstimator()
    let scale = searching.estimate(items: pile.items, judgements: pile.judgements)
    let fixed = ScaleEstimator(settings: .init(prior: .fixed(standardDeviation: scale.priorStandardDeviation)))
    let fit = milliseconds { _ = fixed.abilities(items: pile.items, judgements: pile.judgements) }
    let whole = milliseconds { _ = fixed.estimate(items: pile.items, judgements: pile.judgements) }
    let cold = milliseconds { _ = searching.estimate(items: pile.items, judgements: pile.judgements) }
    let warm = milliseconds {
        _ = searching.estimate(items: pile.items, judgements: pile.judgements, startingAt: scale.priorStandardDeviation)
    }
    let tau = milliseconds { _ = scale.expectedKendallTau }
    let idle = milliseconds { _ = pile.choose(64, scale: scale, inFlight: 0) }
    let busy = milliseconds { _ = pile.choose(64, scale: scale, inFlight: 256) }
    let averaging = ScaleEstimator(settings: .init(centre: .mean))
    let mean = milliseconds { _ = averaging.estimate(items: pile.items, judgements: pile.judgements) }
    let times = [fit, whole - fit, cold - whole, warm - whole, tau, idle, busy, mean].map { number($0, 2) }
    print(row([String(count), String(pile.judgements.count)] + times))
}
