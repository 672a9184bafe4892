// Times of the judgement core by the number of items, with twenty judgements for each, one thread.
//
//     swift run -c release --package-path Tools/bench bench
import CJCore

/// Middle of some runs, in milliseconds; the first run only warms up.
func milliseconds(runs: Int = 5, _ work: () -> Void) -> Double {
    work()
    let clock = ContinuousClock()
    let times = (0..<runs).map { _ in clock.measure(work) / .milliseconds(1) }.sorted()
    return times[runs / 2]
}

func column(_ text: String) -> String { String(repeating: " ", count: max(0, 12 - text.count)) + text }

func number(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
}

print((["items", "judgements", "fit", "errors", "σ cold", "σ warm", "tau", "64 pairs", "and 256 out"]).map(column).joined())
for count in [100, 300, 1000] {
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
    let times = [fit, whole - fit, cold - whole, warm - whole, tau, idle, busy].map(number)
    print(([String(count), String(pile.judgements.count)] + times).map(column).joined())
}
