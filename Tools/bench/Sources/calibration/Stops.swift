import CJCore
import Figures

/// Where runs stop, beside where the target was reached, and beside what can be known of that at best.
///
/// The ceiling is an observer who knows σ, from which the abilities were drawn, and follows the same rule on the same figure: what it knows of
/// the abilities beyond the judgements is all that there is to know. In runs whose abilities happen to lie far apart the target is
/// reached without a trace in the judgements, and nobody can tell.
enum Stops {
    private static let target = 0.85

    static func tell(_ sizes: [(items: Int, runs: Int)]) {
        let certainty = number(StoppingRule.usualCertainty, 2)
        print("\nWhere runs stop: target \(number(target, 2)), certainty \(certainty), four times the usual budget.")
        print("'fired' counts runs that stopped by the goal, of those that had the target at the end; 'reached' is the number of")
        print(
            "comparisons at which the mean true r² reaches the target. 'knows σ' is an observer who knows the spread of the abilities"
        )
        print("and follows the same rule; 'of that' is our share of runs fired as a share of the observer's.\n")
        print(
            row([
                "items", "sd", "rule", "runs", "fired", "of", "of that", "reached", "stop", "ratio", "within 10 %", "true r²",
                "stated", "τ", "worst τ",
            ]))
        for (items, runs) in sizes {
            for deviation in Spread.known.map(\.deviation) {
                let knowing = ScaleEstimator(
                    settings: .init(prior: .fixed(standardDeviation: deviation), centre: .mean))
                let ceiling = Cell(items: items, deviation: deviation, runs: runs, estimator: knowing)
                let own = Cell(
                    items: items, deviation: deviation, runs: runs, estimator: SimulatedAssessment.usualEstimator)
                print(ceiling.line(named: "knows σ", beside: nil))
                print(own.line(named: "ours", beside: ceiling))
            }
        }
    }

    /// Runs of one size and spread, with one estimator.
    private struct Cell {
        private let head: [String]
        private let outcomes: [SimulatedAssessment.Outcome]
        /// Comparisons at which the mean true r² reaches the target; nothing where it never does.
        private let reached: Double?

        init(items: Int, deviation: Double, runs: Int, estimator: ScaleEstimator) {
            let most = min(40 * items, items * (items - 1))
            func assessment(_ rule: StoppingRule) -> SimulatedAssessment {
                SimulatedAssessment(
                    itemCount: items, abilityDeviation: deviation, rule: rule, inFlight: max(4, items / 4), estimator: estimator)
            }
            head = [String(items), number(deviation, 0)]
            outcomes = (0..<runs).map {
                assessment(StoppingRule(targetReliability: target, maximumComparisons: most)).run(seed: UInt64(1_000 + $0))
            }
            reached =
                Self.meanCurve(
                    of: assessment(StoppingRule(goal: .budget, maximumComparisons: most)), runs: max(1, runs / 2)
                ).first { $0.mean >= target }?.comparisons
        }

        /// Runs that had the target at the end.
        private var able: [SimulatedAssessment.Outcome] { outcomes.filter { $0.quality.squaredCorrelation >= target } }
        private var fired: Int { able.count { $0.reason == .converged } }
        private var share: Double { Double(fired) / Double(max(1, able.count)) }

        func line(named name: String, beside ceiling: Cell?) -> String {
            let stopped = outcomes.filter { $0.reason == .converged }
            let stop = Series(stopped.map { Double($0.comparisons) }).mean
            let near = reached.map { reached in stopped.count { abs(Double($0.comparisons) / reached - 1) <= 0.1 } } ?? 0
            func mean(_ value: (ScaleQuality) -> Double) -> String { number(Series(stopped.map { value($0.quality) }).mean, 3) }
            return row(
                head + [
                    name, String(outcomes.count), String(fired), String(able.count),
                    ceiling.map { $0.fired > 0 ? number(share / $0.share, 2) : "" } ?? "",
                    reached.map { number($0, 0) } ?? "never", number(stop, 0), reached.map { number(stop / $0, 2) } ?? "",
                    "\(near) of \(stopped.count)", mean(\.squaredCorrelation), mean(\.statedReliability.posteriorReliability),
                    mean(\.kendallTau), number(stopped.map(\.quality.kendallTau).min() ?? 0, 3),
                ])
        }

        /// Mean true r² of some runs, by the number of comparisons.
        private static func meanCurve(
            of assessment: SimulatedAssessment, runs: Int
        ) -> [(comparisons: Double, mean: Double)] {
            let tracks = (0..<runs).map { seed in
                var track: [ScaleQuality] = []
                _ = assessment.run(seed: UInt64(seed)) { track.append($0) }
                return track
            }
            return (0..<(tracks.map(\.count).min() ?? 0)).map { look in
                (
                    Series(tracks.map { Double($0[look].comparisons) }).mean,
                    Series(tracks.map { $0[look].squaredCorrelation }).mean
                )
            }
        }
    }
}
