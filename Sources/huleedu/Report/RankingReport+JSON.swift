import CJCore

extension RankingReport {
    /// What `rank --json` writes. Keys come in a fixed order; numbers are finite, and what is not known is `null`.
    ///
    /// Where nothing was judged there is no ranking: rank, ability, standard error and all figures are `null`. With a simulated
    /// judge nothing was paid, so `usd` and every `…nanodollars` are zero; what a real judge with the simulated prices would have
    /// cost stands under the same key with `simulated_` before it, which is `null` otherwise. An anchor's `grade` is its
    /// `anchor_grade`; `scale_grade` is what the scale alone makes of it. Essays that the judge refuses again and again have no part in
    /// the reliabilities.
    var json: JSONValue {
        .object([
            .init("assessment_id", .string(assessmentID)),
            .init("simulated", .bool(judge.simulated)),
            .init("title", .string(title)),
            .init("question", .optional(question)),
            .init("rubric", .string(rubric)),
            .init("rubric_built_in", .bool(isRubricBuiltIn)),
            .init("language", .string(language.rawValue)),
            .init("started_at", .string(started.rfc3339)),
            .init("finished_at", .string(finished.rfc3339)),
            .init("seed", .unsigned(seed)),
            .init("pairing", .string(pairing.rawValue)),
            .init("stop_reason", .string(stop.reason.rawValue)),
            .init("failure", stop.failure.isEmpty ? .null : .string(stop.failure)),
            .init("target_reliability", limits.goal.json { if case .reliability(let figure) = $0 { figure } else { nil } }),
            .init("target_kendall_tau", limits.goal.json { if case .kendallTau(let figure) = $0 { figure } else { nil } }),
            .init("max_grade_deviation", limits.goal.json { if case .gradeDeviation(let figure) = $0 { figure } else { nil } }),
            .init("goal_value", goalProgress?.value.map(JSONValue.number) ?? .null),
            .init("goal_probability", goalProgress.map { .number($0.probability) } ?? .null),
            .init("max_comparisons", .integer(Int64(limits.comparisons))),
            .init("max_cost_nanodollars", limits.money.map { .integer($0.nanodollars) } ?? .null),
            .init("concurrency", limits.concurrency.map { .integer(Int64($0)) } ?? .null),
            .init("posterior_reliability", reliability.map { .number($0.posterior) } ?? .null),
            .init("posterior_reliability_low", reliability.map { .number($0.low) } ?? .null),
            .init("posterior_reliability_high", reliability.map { .number($0.high) } ?? .null),
            .init("scale_separation_reliability", reliability.map { .number($0.scaleSeparation) } ?? .null),
            .init("separation_ratio", reliability.map { .number($0.separationRatio) } ?? .null),
            .init("expected_kendall_tau", reliability.map { .number($0.expectedKendallTau) } ?? .null),
            .init("prior_standard_deviation", reliability.map { .number($0.priorStandardDeviation) } ?? .null),
            .init("cost", cost.json(simulated: judge.simulated)),
            .init("judge", judge.json(ranked: isRanked)),
            .init("grades", .array(grades.map(JSONValue.string))),
            .init("cut_scores", .array(cutScores.map(\.json))),
            .init("grading_notes", .array(gradingNotes.map { $0.json(in: language) })),
            .init("anchor_check", anchorCheck.map(\.json) ?? .null),
            .init("suspect_essays", .array(suspects.map(\.json))),
            .init("items", .array(items.map { $0.json(ranked: isRanked, graded: !grades.isEmpty) })),
            .init("comparisons", .array(comparisons.map { $0.json(simulated: judge.simulated) })),
            .init("history", .array(history.map { $0.json(simulated: judge.simulated) })),
            .init("skipped", .array(skipped.map(Self.json))),
        ])
    }

    private static func json(_ file: SkippedFile) -> JSONValue {
        .object([
            .init("file", .string(file.name)), .init("reason", .string(file.explanation(in: .english))),
        ])
    }
}

extension StoppingGoal {
    fileprivate func json(_ figure: (StoppingGoal) -> Double?) -> JSONValue { figure(self).map(JSONValue.number) ?? .null }
}

extension RankingReport.Item {
    fileprivate func json(ranked: Bool, graded: Bool) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("id", .string(id)),
            .init("rank", ranked ? .integer(Int64(rank)) : .null),
            .init("ability", ranked ? .number(ability) : .null),
            .init("standard_error", ranked ? .number(standardError) : .null),
            .init("comparisons", .integer(Int64(comparisons))),
            .init("wins", .integer(Int64(wins))),
            .init("shown_first", .integer(Int64(shownFirst))),
            .init("infit", infit.map(JSONValue.number) ?? .null),
        ]
        if graded {
            members += [
                .init("grade", .optional(grade)),
                .init("anchor_grade", .optional(anchorGrade)),
                .init("scale_grade", .optional(scaleGrade)),
                .init("scale_step", .string(scaleStep)),
                .init("grade_probabilities", .object(gradeProbabilities.map { .init($0.grade, .number($0.probability)) })),
            ]
        }
        return .object(members)
    }
}

extension RankingReport.Comparison {
    func json(simulated: Bool) -> JSONValue {
        let cost = JSONCost(cost, simulated: simulated)
        return .object([
            .init("number", .integer(Int64(number))),
            .init("first", .string(first)),
            .init("second", .string(second)),
            .init("state", .string(state.rawValue)),
            .init("winner", .optional(winner)),
            .init("outcome", .optional(outcome?.rawValue)),
            .init("margin", .optional(margin?.rawValue)),
            .init("confidence", confidence.map { .integer(Int64($0)) } ?? .null),
            .init("rationale", .string(rationale)),
            .init("cost_nanodollars", cost.paidNanodollars),
            .init("simulated_cost_nanodollars", cost.simulatedNanodollars),
            .init("model", .string(model)),
            .init("request_id", .string(requestID)),
            .init("prompt_sha256", .string(promptSHA256)),
            .init("failure", failure.isEmpty ? .null : .string(failure)),
        ])
    }
}

extension RankingReport.Cost {
    func json(simulated: Bool) -> JSONValue {
        let total = JSONCost(total, simulated: simulated)
        let savings = JSONCost(cacheSavings, simulated: simulated)
        return .object([
            .init("usd", .optional(total.paid?.exactDollars)),
            .init("nanodollars", total.paidNanodollars),
            .init("cache_savings_usd", .optional(savings.paid?.exactDollars)),
            .init("cache_savings_nanodollars", savings.paidNanodollars),
            .init("simulated_usd", .optional(total.simulated?.exactDollars)),
            .init("simulated_nanodollars", total.simulatedNanodollars),
            .init("simulated_cache_savings_usd", .optional(savings.simulated?.exactDollars)),
            .init("simulated_cache_savings_nanodollars", savings.simulatedNanodollars),
            .init("provider_calls", .integer(Int64(providerCalls))),
            .init("dispatch", .string(dispatch)),
        ])
    }
}

/// A sum that was paid, or that would have been had the judge not been simulated.
private struct JSONCost {
    let paid: Money?
    let simulated: Money?

    init(_ sum: Money?, simulated isSimulated: Bool) {
        paid = isSimulated ? Money(nanodollars: 0) : sum
        simulated = isSimulated ? sum : nil
    }

    var paidNanodollars: JSONValue { paid.map { .integer($0.nanodollars) } ?? .null }
    var simulatedNanodollars: JSONValue { simulated.map { .integer($0.nanodollars) } ?? .null }
}

extension RankingReport.Judge {
    fileprivate func json(ranked: Bool) -> JSONValue {
        func figure(_ value: Double) -> JSONValue { ranked ? .number(value) : .null }
        return .object([
            .init("provider", .string(provider)),
            .init("model", .string(model)),
            .init("prompt_version", .string(promptVersion)),
            .init("temperature", temperature.map(JSONValue.number) ?? .null),
            .init("simulated", .bool(simulated)),
            .init("position_bias", figure(positionBias)),
            .init("position_bias_standard_error", figure(positionBiasStandardError)),
            .init("position_bias_prior", .number(positionBiasPrior)),
            .init("first_share", figure(firstShare)),
            .init("infit", figure(infit)),
            .init("outfit", figure(outfit)),
            .init("mean_confidence", meanConfidence.map(JSONValue.number) ?? .null),
            .init("verdict_levels", .integer(Int64(verdictLevels))),
            .init("tie_share", figure(tieShare)),
            .init("margins", margins.map(\.json) ?? .null),
        ])
    }
}

extension RankingReport.Margins {
    var json: JSONValue {
        .object([
            .init("used", .bool(used)),
            .init("evidence", .number(evidence)),
            .init("clear_share", .number(clearShare)),
            .init("clear_threshold", .number(clearThreshold)),
            .init("slight_repeats", .integer(Int64(slight.pairs))),
            .init("slight_flips", .integer(Int64(slight.flips))),
            .init("clear_repeats", .integer(Int64(clear.pairs))),
            .init("clear_flips", .integer(Int64(clear.flips))),
        ])
    }
}

extension RankingReport.CutScore {
    fileprivate var json: JSONValue {
        .object([
            .init("grade", .string(grade)), .init("ability", .number(ability)), .init("standard_error", .number(standardError)),
        ])
    }
}

extension RankingReport.GradingNote {
    fileprivate func json(in language: Language) -> JSONValue {
        .object([.init("code", .string(code)), .init("text", .string(text(in: language)))])
    }
}

extension RankingReport.ScalePoint {
    fileprivate func json(simulated: Bool) -> JSONValue {
        let cost = JSONCost(cost, simulated: simulated)
        return .object([
            .init("judged", .integer(Int64(judged))),
            .init("posterior_reliability", .number(posterior)),
            .init("scale_separation_reliability", .number(scaleSeparation)),
            .init("cost_nanodollars", cost.paidNanodollars),
            .init("simulated_cost_nanodollars", cost.simulatedNanodollars),
        ])
    }
}
