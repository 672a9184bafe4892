import CJCore

extension ScoreReport {
    /// What `score --json` writes. Keys come in a fixed order; what the estimator does not tell is `null`.
    var json: JSONValue {
        .object([
            .init("estimator", estimator.json),
            .init("judgements", .integer(Int64(judgementCount))),
            .init("components", .integer(Int64(componentCount))),
            .init("posterior_reliability", estimator.posteriorReliability.map(JSONValue.number) ?? .null),
            .init("expected_kendall_tau", estimator.expectedKendallTau.map(JSONValue.number) ?? .null),
            .init("scale_separation_reliability", .number(scaleSeparationReliability)),
            .init("separation_ratio", .number(separationRatio)),
            .init("strata", .number(strata)),
            .init("split_halves_reliability", splitHalves.map { .number($0.mean) } ?? .null),
            .init("split_halves", splitHalves.map(\.json) ?? .null),
            .init("intransitivity", triads.map(\.json) ?? .null),
            .init("position_bias", positionBias.map { .number($0.logits) } ?? .null),
            .init("position_bias_standard_error", positionBias.map { .number($0.standardError) } ?? .null),
            .init("first_share", firstShare.map(JSONValue.number) ?? .null),
            .init("thresholds", thresholds.map(\.json) ?? .null),
            .init("margins", margins.map(\.json) ?? .null),
            .init("items", .array(items.map(\.json))),
            .init("judges", .array(judges.map(\.json))),
        ])
    }

    /// What `score --csv` writes: a line for each item.
    var csv: String {
        var text = "id,rank,ability,standard_error,comparisons,wins,infit,outfit\n"
        for item in items {
            let own = item.estimate
            let fields = [
                Self.field(item.id), "\(own.rank)", "\(own.ability)", "\(own.standardError)", "\(own.comparisons)", "\(own.wins)",
                own.infit.map { "\($0)" } ?? "", own.outfit.map { "\($0)" } ?? "",
            ]
            text += fields.joined(separator: ",") + "\n"
        }
        return text
    }

    private static func field(_ text: String) -> String {
        let needsQuotes = text.contains { $0 == "," || $0 == "\"" || $0.isNewline || $0.isWhitespace }
        return needsQuotes ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
    }
}

extension ScoreReport.Estimator {
    fileprivate var json: JSONValue {
        switch self {
        case .posterior(let deviation, _, _):
            .object([.init("name", .string("posterior")), .init("prior_standard_deviation", .number(deviation))])
        case .corrected(let epsilon):
            .object([.init("name", .string("corrected_likelihood")), .init("epsilon", .number(epsilon))])
        }
    }

    var posteriorReliability: Double? {
        guard case .posterior(_, let reliability, _) = self else { return nil }
        return reliability
    }

    var expectedKendallTau: Double? {
        guard case .posterior(_, _, let tau) = self else { return nil }
        return tau
    }
}

extension ScoreReport.Item {
    fileprivate var json: JSONValue {
        .object([
            .init("id", .string(id)),
            .init("rank", .integer(Int64(estimate.rank))),
            .init("ability", .number(estimate.ability)),
            .init("standard_error", .number(estimate.standardError)),
            .init("comparisons", .integer(Int64(estimate.comparisons))),
            .init("wins", .integer(Int64(estimate.wins))),
            .init("infit", estimate.infit.map(JSONValue.number) ?? .null),
            .init("outfit", estimate.outfit.map(JSONValue.number) ?? .null),
        ])
    }
}

extension JudgeEstimate {
    fileprivate var json: JSONValue {
        .object([
            .init("id", .string(id.rawValue)),
            .init("judgements", .integer(Int64(fit.judgements))),
            .init("infit", .number(fit.infit)),
            .init("outfit", .number(fit.outfit)),
            .init("first_share", .number(fit.firstShare)),
            .init("position_bias", .number(positionBias)),
            .init("position_bias_standard_error", .number(positionBiasStandardError)),
            .init("discrimination", .number(discrimination)),
        ])
    }
}

extension SplitHalves {
    fileprivate var json: JSONValue {
        .object([
            .init("unit", .string(unit.rawValue)),
            .init("splits", .integer(Int64(splits))),
            .init("mean", .number(mean)),
            .init("low", .number(low)),
            .init("high", .number(high)),
            .init("full_length", .number(fullLength)),
        ])
    }
}

extension CircularTriads {
    fileprivate var json: JSONValue {
        .object([
            .init("triads", .integer(Int64(triads))),
            .init("circular", .integer(Int64(circular))),
            .init("expected", .number(expected)),
            .init("standard_deviation", .number(standardDeviation)),
            .init("consistency", consistency.map(JSONValue.number) ?? .null),
        ])
    }
}

extension MarginCheck {
    /// As an assessment's report has it.
    fileprivate var json: JSONValue { RankingReport.Margins(self).json }
}

extension Thresholds {
    fileprivate var json: JSONValue {
        .object([
            .init("clear", clear.map(\.json) ?? .null),
            .init("tie", tie.map(\.json) ?? .null),
            .init("davidson_log_nu", davidsonLogNu.map(\.json) ?? .null),
        ])
    }
}

extension Thresholds.Estimate {
    fileprivate var json: JSONValue {
        .object([.init("logits", .number(logits)), .init("standard_error", .number(standardError))])
    }
}
