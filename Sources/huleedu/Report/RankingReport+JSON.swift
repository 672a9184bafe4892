extension RankingReport {
    /// What `rank --json` writes. Keys come in a fixed order; numbers are finite, and what is not known is `null`.
    var json: JSONValue {
        .object([
            .init("assessment_id", .string(assessmentID)),
            .init("simulated", .bool(judge.simulated)),
            .init("title", .string(title)),
            .init("question", .optional(question)),
            .init("language", .string(language.rawValue)),
            .init("started_at", .string(started.rfc3339)),
            .init("finished_at", .string(finished.rfc3339)),
            .init("seed", .unsigned(seed)),
            .init("pairing", .string(pairing.rawValue)),
            .init("stop_reason", .string(stop.reason.rawValue)),
            .init("failure", stop.failure.isEmpty ? .null : .string(stop.failure)),
            .init("target_reliability", .number(targetReliability)),
            .init("posterior_reliability", reliability.map { .number($0.posterior) } ?? .null),
            .init("scale_separation_reliability", reliability.map { .number($0.scaleSeparation) } ?? .null),
            .init("separation_ratio", reliability.map { .number($0.separationRatio) } ?? .null),
            .init("expected_kendall_tau", reliability.map { .number($0.expectedKendallTau) } ?? .null),
            .init("prior_standard_deviation", reliability.map { .number($0.priorStandardDeviation) } ?? .null),
            .init("cost", cost.json),
            .init("judge", judge.json),
            .init("grades", .array(grades.map(JSONValue.string))),
            .init("cut_scores", .array(cutScores.map(\.json))),
            .init("grading_notes", .array(gradingNotes.map(JSONValue.string))),
            .init("items", .array(items.map { $0.json(graded: isGraded) })),
            .init("comparisons", .array(comparisons.map(\.json))),
            .init("history", .array(history.map(\.json))),
            .init("skipped", .array(skipped.map(Self.json))),
        ])
    }

    private static func json(_ file: SkippedFile) -> JSONValue {
        .object([
            .init("file", .string(file.name)), .init("reason", .string(file.explanation(in: .english))),
        ])
    }
}

extension RankingReport.Item {
    fileprivate func json(graded: Bool) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("id", .string(id)),
            .init("rank", .integer(Int64(rank))),
            .init("ability", .number(ability)),
            .init("standard_error", .number(standardError)),
            .init("comparisons", .integer(Int64(comparisons))),
            .init("wins", .integer(Int64(wins))),
            .init("shown_first", .integer(Int64(shownFirst))),
            .init("infit", infit.map(JSONValue.number) ?? .null),
        ]
        if graded {
            members.append(.init("grade", .optional(grade)))
            members.append(
                .init("grade_probabilities", .object(gradeProbabilities.map { .init($0.grade, .number($0.probability)) })))
            members.append(.init("anchor_grade", .optional(anchorGrade)))
        }
        return .object(members)
    }
}

extension RankingReport.Comparison {
    fileprivate var json: JSONValue {
        .object([
            .init("number", .integer(Int64(number))),
            .init("first", .string(first)),
            .init("second", .string(second)),
            .init("state", .string(state.rawValue)),
            .init("winner", .optional(winner)),
            .init("outcome", .optional(outcome?.rawValue)),
            .init("confidence", confidence.map { .integer(Int64($0)) } ?? .null),
            .init("rationale", .string(rationale)),
            .init("cost_nanodollars", cost.map { .integer($0.nanodollars) } ?? .null),
            .init("model", .string(model)),
            .init("request_id", .string(requestID)),
            .init("prompt_sha256", .string(promptSHA256)),
            .init("failure", failure.isEmpty ? .null : .string(failure)),
        ])
    }
}

extension RankingReport.Cost {
    fileprivate var json: JSONValue {
        .object([
            .init("usd", .optional(total?.exactDollars)),
            .init("nanodollars", total.map { .integer($0.nanodollars) } ?? .null),
            .init("cache_savings_usd", .optional(cacheSavings?.exactDollars)),
            .init("cache_savings_nanodollars", cacheSavings.map { .integer($0.nanodollars) } ?? .null),
            .init("provider_calls", .integer(Int64(providerCalls))),
        ])
    }
}

extension RankingReport.Judge {
    fileprivate var json: JSONValue {
        .object([
            .init("provider", .string(provider)),
            .init("model", .string(model)),
            .init("prompt_version", .string(promptVersion)),
            .init("simulated", .bool(simulated)),
            .init("position_bias", .number(positionBias)),
            .init("position_bias_standard_error", .number(positionBiasStandardError)),
            .init("first_share", .number(firstShare)),
            .init("infit", .number(infit)),
            .init("outfit", .number(outfit)),
            .init("mean_confidence", meanConfidence.map(JSONValue.number) ?? .null),
        ])
    }
}

extension RankingReport.CutScore {
    fileprivate var json: JSONValue {
        .object([.init("grade", .string(grade)), .init("ability", .number(ability))])
    }
}

extension RankingReport.ScalePoint {
    fileprivate var json: JSONValue {
        .object([
            .init("judged", .integer(Int64(judged))),
            .init("posterior_reliability", .number(posterior)),
            .init("scale_separation_reliability", .number(scaleSeparation)),
            .init("cost_nanodollars", cost.map { .integer($0.nanodollars) } ?? .null),
        ])
    }
}
