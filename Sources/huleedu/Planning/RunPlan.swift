import CJCore

/// What an assessment will probably take, by simulated runs.
struct RunPlan: Sendable {
    let essays: Int
    /// What the runs were to reach.
    let goal: StoppingGoal
    /// Standard deviation of the essays' true abilities that was assumed, in logits, and that of its logarithm from run to run.
    let spread: Double
    let logSpread: Double
    let pairing: PairingChoice
    /// Answers that the judge chooses from, 2 or 4.
    let levels: Int
    let mostComparisons: Int
    /// One for each simulated run.
    let outcomes: [SimulatedAssessment.Outcome]

    /// What is assumed of the runs.
    struct Assumptions: Sendable {
        var essays: Int
        var goal: StoppingGoal
        /// Standard deviation of the abilities in logits; nothing where it is not known.
        var spread: Double?
        var pairing = PairingChoice.information
        var levels = 4
        var mostComparisons: Int
        var concurrency = 16

        /// The usual spread, and how far it varies in its logarithm: from 1 to 5 logits in nine assessments of ten.
        static let usualSpread = (median: 2.2, logDeviation: 0.5)
        /// Perceived difference, in logits, from which a judge with four answers says "clearly".
        private static let clearThreshold = 1.0

        fileprivate var assessment: SimulatedAssessment {
            SimulatedAssessment(
                itemCount: essays, abilityDeviation: spread ?? Self.usualSpread.median,
                logDeviationSpread: spread == nil ? Self.usualSpread.logDeviation : 0,
                judge: SimulatedJudge(clearThreshold: levels > 2 ? Self.clearThreshold : nil), pairing: pairing.method.strategy(),
                rule: StoppingRule(goal: goal, maximumComparisons: mostComparisons), inFlight: concurrency)
        }
    }

    /// Plays runs on all processors; the same seed gives the same plan.
    ///
    /// - Parameter report: told how many runs are done.
    static func simulate(
        _ assumptions: Assumptions, runs: Int, seed: UInt64, report: (Int) -> Void
    ) async -> RunPlan {
        let assessment = assumptions.assessment
        let outcomes = await withTaskGroup(of: (Int, SimulatedAssessment.Outcome).self) { group in
            for run in 0..<runs {
                group.addTask { (run, await play(assessment, seed: seed &+ UInt64(run))) }
            }
            var done: [(Int, SimulatedAssessment.Outcome)] = []
            for await outcome in group {
                done.append(outcome)
                report(done.count)
            }
            return done.sorted { $0.0 < $1.0 }.map(\.1)
        }
        return RunPlan(
            essays: assumptions.essays, goal: assumptions.goal, spread: assessment.abilityDeviation,
            logSpread: assessment.logDeviationSpread, pairing: assumptions.pairing, levels: assumptions.levels,
            mostComparisons: assumptions.mostComparisons, outcomes: outcomes)
    }

    /// Seconds of a processor for a large pile, so it leaves the caller's executor.
    @concurrent private static func play(
        _ assessment: SimulatedAssessment, seed: UInt64
    ) async -> SimulatedAssessment.Outcome {
        assessment.run(seed: seed)
    }

    // MARK: - Figures

    /// A figure of the runs: its median, and the range of the middle nine tenths.
    struct Figure: Sendable, Hashable {
        let low: Double
        let median: Double
        let high: Double

        init(_ values: [Double]) {
            let sorted = values.sorted()
            func quantile(_ share: Double) -> Double { sorted[Int((Double(sorted.count - 1) * share).rounded())] }
            (low, median, high) = (quantile(0.05), quantile(0.5), quantile(0.95))
        }
    }

    var comparisons: Figure { Figure(outcomes.map { Double($0.comparisons) }) }
    var statedReliability: Figure { Figure(outcomes.map(\.quality.statedReliability.posteriorReliability)) }
    var squaredCorrelation: Figure { Figure(outcomes.map(\.quality.squaredCorrelation)) }
    var kendallTau: Figure { Figure(outcomes.map(\.quality.kendallTau)) }

    /// Share of the runs that stopped because they had reached the goal.
    var shareReached: Double {
        Double(outcomes.count { $0.reason == .converged }) / Double(outcomes.count)
    }

    // MARK: - Telling

    func text(pricePerComparison: Money?) -> String {
        func number(_ value: Double, _ decimals: Int) -> String {
            DecimalText.text(value, decimals: decimals, language: .english)
        }
        func range(_ figure: Figure, _ decimals: Int) -> String {
            "\(number(figure.median, decimals)), from \(number(figure.low, decimals)) to \(number(figure.high, decimals)) in nine runs of ten"
        }
        let assumed =
            logSpread > 0
            ? "about \(number(spread, 2)) logits, more in one run and less in another" : "\(number(spread, 2)) logits"
        var lines = [
            """
            \(essays) essays whose abilities spread by \(assumed); \(goal.short(in: .english) ?? "no goal"), pairs by \(pairing.rawValue), \
            \(levels) levels, at most \(mostComparisons) comparisons; \(count(outcomes.count, "simulated run")).
            """,
            "Comparisons       \(range(comparisons, 0)); \(number(2 * comparisons.median / Double(essays), 1)) for each essay",
        ]
        if let price = pricePerComparison {
            let cost = { (comparisons: Double) in
                Money(nanodollars: price.nanodollars * Int64(comparisons)).formatted(in: .english)
            }
            lines.append(
                "Cost              \(cost(comparisons.median)), from \(cost(comparisons.low)) to \(cost(comparisons.high))")
        }
        lines += [
            "Reached           \(DecimalText.percent(shareReached, language: .english)) of the runs",
            "Stated            reliability \(range(statedReliability, 2))",
            "True              squared correlation with the abilities \(range(squaredCorrelation, 2))",
            "                  Kendall's τ with the true order \(range(kendallTau, 2))",
            "A real judge's essays may spread more or less: language models have been seen to spread them by 1 to 6 logits.",
        ]
        return lines.map { $0 + "\n" }.joined()
    }

    func json(pricePerComparison: Money?) -> JSONValue {
        func object(_ figure: Figure) -> JSONValue {
            .object([
                .init("low", .number(figure.low)), .init("median", .number(figure.median)), .init("high", .number(figure.high)),
            ])
        }
        return .object([
            .init("simulated", .bool(true)),
            .init("essays", .integer(Int64(essays))),
            .init("goal", .string(goal.name)),
            .init("target", goal.figure.map { .number($0) } ?? .null),
            .init("spread", .number(spread)),
            .init("log_spread", .number(logSpread)),
            .init("pairing", .string(pairing.rawValue)),
            .init("levels", .integer(Int64(levels))),
            .init("most_comparisons", .integer(Int64(mostComparisons))),
            .init("runs", .integer(Int64(outcomes.count))),
            .init("comparisons", object(comparisons)),
            .init("price_per_comparison_usd", .optional(pricePerComparison?.exactDollars)),
            .init("share_reached", .number(shareReached)),
            .init("stated_reliability", object(statedReliability)),
            .init("squared_correlation", object(squaredCorrelation)),
            .init("kendall_tau", object(kendallTau)),
        ])
    }
}
