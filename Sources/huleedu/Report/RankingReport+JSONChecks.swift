extension RankingReport.AnchorCheck {
    /// The check as `rank --json` writes it.
    var json: JSONValue {
        .object([
            .init("mean_error", meanError.map(JSONValue.number) ?? .null),
            .init("bias", bias.map(JSONValue.number) ?? .null),
            .init("worst_error", .integer(Int64(worstError))),
            .init("pairs", .integer(Int64(pairs))),
            .init("inversions", .integer(Int64(inversions))),
            .init("anchors", .array(anchors.map(\.json))),
        ])
    }
}

extension RankingReport.AnchorCheck.Entry {
    fileprivate var json: JSONValue {
        .object([
            .init("id", .string(id)), .init("grade", .string(grade)), .init("predicted_grade", .optional(predicted)),
            .init("error", predicted == nil ? .null : .integer(Int64(error))),
            .init("probability", predicted == nil ? .null : .number(probability)),
        ])
    }
}

extension RankingReport.Suspect {
    /// The essay as `rank --json` writes it.
    var json: JSONValue {
        .object([
            .init("id", .string(id)),
            .init(
                "attempts",
                .array(
                    attempts.map { attempt in
                        .object([
                            .init("kind", .string(attempt.kind.rawValue)), .init("start", .integer(Int64(attempt.start))),
                            .init("length", .integer(Int64(attempt.length))), .init("excerpt", .string(attempt.excerpt)),
                        ])
                    })),
        ])
    }
}
