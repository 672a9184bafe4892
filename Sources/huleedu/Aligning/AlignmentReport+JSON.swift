import CJCore

extension AlignmentReport {
    /// What `align --json` writes: the figures with their intervals, every anchor, and each repeat with all that was asked and answered.
    var json: JSONValue {
        let settings = input.settings
        let first = repeats.first
        return .object([
            .init("simulated", .bool(isSimulated)),
            .init("provider", .optional(first?.judge.provider)),
            .init("model", .optional(first?.judge.model)),
            .init("prompt_version", .optional(first?.judge.promptVersion)),
            .init("question", .optional(settings.question)),
            .init("rubric", .optional(first?.rubric)),
            .init("rubric_built_in", .bool(settings.rubric == nil)),
            .init("language", .string(settings.language.rawValue)),
            .init("grades", .array(settings.scale.grades.map(JSONValue.string))),
            .init("seed", .unsigned(input.seed)),
            .init("judgements", .integer(Int64(judgements))),
            .init("pairs_judged", .integer(Int64(pairs.judged))),
            .init("pairs", .integer(Int64(pairs.all))),
            .init("kendall_tau", alignment.kendallTau.json),
            .init("pooled_kendall_tau", .number(alignment.pooledKendallTau)),
            .init("pooled_kendall_tau_low", .number(alignment.pooledKendallTauInterval.lowerBound)),
            .init("pooled_kendall_tau_high", .number(alignment.pooledKendallTauInterval.upperBound)),
            .init("direct_inversions", alignment.directInversions.json),
            .init("zero_win_anchors", alignment.zeroWinAnchors.json),
            .init("anchors", .array(alignment.standings.map(\.json))),
            .init("inversions", .array(alignment.inversions.map(\.json))),
            .init("suspect_essays", .array(suspects.map(\.json))),
            .init("left_out", .array(input.leftOut.map(JSONValue.string))),
            .init("repeats", .array(repeats.map(\.alignmentJSON))),
        ])
    }
}

extension RankingReport {
    fileprivate var alignmentJSON: JSONValue {
        .object([
            .init("assessment_id", .string(assessmentID)),
            .init("seed", .unsigned(seed)),
            .init("started_at", .string(started.rfc3339)),
            .init("finished_at", .string(finished.rfc3339)),
            .init("stop_reason", .string(stop.reason.rawValue)),
            .init("cost", cost.json(simulated: judge.simulated)),
            .init("comparisons", .array(comparisons.map { $0.json(simulated: judge.simulated) })),
        ])
    }
}

extension AnchorAlignment.Figure {
    fileprivate var json: JSONValue {
        .object([
            .init("mean", .number(mean)), .init("low", .number(interval.lowerBound)), .init("high", .number(interval.upperBound)),
            .init("repeats", .array(repeats.map(JSONValue.number))),
        ])
    }
}

extension AnchorAlignment.Standing {
    fileprivate var json: JSONValue {
        .object([
            .init("id", .string(anchor.item.rawValue)),
            .init("grade", .string(anchor.grade)),
            .init("rank", .integer(Int64(estimate.rank))),
            .init("expected_rank_first", .integer(Int64(expectedRanks.lowerBound))),
            .init("expected_rank_last", .integer(Int64(expectedRanks.upperBound))),
            .init("ability", .number(estimate.ability)),
            .init("standard_error", .number(estimate.standardError)),
            .init("comparisons", .integer(Int64(estimate.comparisons))),
            .init("wins", .integer(Int64(estimate.wins))),
            .init("losses", .integer(Int64(losses))),
        ])
    }
}

extension AnchorAlignment.Inversion {
    fileprivate var json: JSONValue {
        .object([
            .init("lower", .string(lower.item.rawValue)),
            .init("lower_grade", .string(lower.grade)),
            .init("higher", .string(higher.item.rawValue)),
            .init("higher_grade", .string(higher.grade)),
            .init("times", .integer(Int64(times))),
            .init("judgements", .integer(Int64(judgements))),
        ])
    }
}
