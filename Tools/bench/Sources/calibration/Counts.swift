import CJCore
import Figures

/// What scales say of themselves after fixed numbers of comparisons per item, beside what is true.
enum Counts {
    /// Comparisons per item at which scales are looked at.
    private static let looks = [8, 12, 18]

    static func tell(_ sizes: [(items: Int, runs: Int)]) {
        print("At fixed numbers of comparisons per item (cpi): means over runs, with the standard error of the difference.")
        print(
            "Wanted: coverage 0.94 to 0.96, both differences within 0.02, the interval of nine tenths holding the truth in 0.9.")
        print("'drawn': σ of every run drawn from the estimator's prior; there the exact posterior would be right on average.")
        print(
            "'knows σ': an estimator that is told σ, from which the abilities were drawn, and so misses nothing but what its method misses.\n"
        )
        print(
            row([
                "items", "sd", "bias", "cpi", "rule", "runs", "coverage", "true r²", "stated-true", "± se", "interval", "true τ",
                "stated-true", "± se",
            ]))
        for (items, runs) in sizes {
            for spread in Spread.known + [.believed] {
                for bias in [0.0, -0.6] {
                    tell(items: items, runs: runs, spread: spread, bias: bias, estimator: SimulatedAssessment.usualEstimator)
                    guard spread.logSpread == 0 else { continue }
                    let knowing = ScaleEstimator(
                        settings: .init(prior: .fixed(standardDeviation: spread.deviation), centre: .mean))
                    tell(items: items, runs: runs, spread: spread, bias: bias, estimator: knowing)
                }
            }
        }
    }

    private static func tell(items: Int, runs: Int, spread: Spread, bias: Double, estimator: ScaleEstimator) {
        let assessment = SimulatedAssessment(
            itemCount: items, abilityDeviation: spread.deviation, logDeviationSpread: spread.logSpread,
            judge: SimulatedJudge(positionBias: bias),
            rule: StoppingRule(goal: .budget, maximumComparisons: min(9 * items, items * (items - 1))), inFlight: items,
            estimator: estimator)
        var seen: [Int: [ScaleQuality]] = [:]
        for seed in 0..<runs {
            _ = assessment.run(seed: UInt64(seed)) { quality in
                let perItem = 2 * quality.comparisons / items
                if looks.contains(perItem), (seen[perItem]?.count ?? 0) <= seed { seen[perItem, default: []].append(quality) }
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
                    String(items), spread.name, number(bias, 1), String(perItem),
                    estimator.settings.prior == .marginalLikelihood ? "ours" : "knows σ", String(qualities.count),
                    number(Series(qualities.map(\.coverage)).mean, 3),
                    number(Series(qualities.map(\.squaredCorrelation)).mean, 3),
                    number(reliability.mean, 3), number(reliability.error, 3), number(Series(inside).mean, 2),
                    number(Series(qualities.map(\.kendallTau)).mean, 3), number(tau.mean, 3), number(tau.error, 3),
                ]))
        }
    }
}
