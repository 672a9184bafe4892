import CJCore

/// Preference of the judges for a place.
struct PositionSection: ScoreSection {
    let report: ScoreReport

    var html: HTML { section("position", "Position bias", content) }

    private var content: HTML {
        guard let share = report.firstShare else {
            return "<p>The judgements do not tell which item was shown first.</p>\n"
        }
        let sentence = "\(percent(share)) of the judgements were for the item shown first."
        let rows = rows
        guard !rows.isEmpty else { return "<p>\(sentence) The scale takes no account of it.</p>\n" }
        let drawn = rows.map { row in
            let reach = DotChart.halfInterval * row.standardError
            return DotChart.Row(
                bar: (row.logits - reach, row.logits + reach), dots: [.init(value: row.logits)],
                title: "\(row.name): \(signed(row.logits)) ± \(decimal(row.standardError))")
        }
        let axis = Axis(holding: drawn.flatMap { [$0.bar.low, $0.bar.high] } + [0])
        let plot = DotChart(language: language, rows: drawn, axis: axis).plot(
            names: rows.map { "<li><bdi>\($0.name)</bdi></li>\n" },
            describing: "Preference for the first place, with its margin of error: \(count(rows.count)) of them.")
        return self.drawn(
            plot,
            """
            \(sentence) The dots are the preference for the first place in logits, with 95% intervals, once abilities are accounted for; \
            left of zero lies a preference for the second. Of two equal items, a preference of one logit lets the first win 73 times in \
            100. The scale has it taken out.
            """)
    }

    private var rows: [(name: String, logits: Double, standardError: Double)] {
        if let bias = report.positionBias { return [("all judges", bias.logits, bias.standardError)] }
        return report.judges.filter { $0.positionBiasStandardError > 0 }.map {
            (JudgeFitSection.name($0), $0.positionBias, $0.positionBiasStandardError)
        }
    }
}
