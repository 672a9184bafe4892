import CJCore

/// Every item a dot with its error bar, best at the top.
struct ScoreScaleSection: ScoreSection {
    let report: ScoreReport

    var html: HTML {
        let rows = report.items.map { item in
            let own = item.estimate
            let reach = DotChart.halfInterval * own.standardError
            return DotChart.Row(
                bar: (own.ability - reach, own.ability + reach), dots: [.init(value: own.ability)],
                title: "\(item.id): rank \(own.rank), \(signed(own.ability)) ± \(decimal(own.standardError))")
        }
        let chart = DotChart(language: language, rows: rows, axis: Axis(holding: rows.flatMap { [$0.bar.low, $0.bar.high] }))
        let plot = chart.plot(
            names: report.items.indices.map(entry),
            describing: """
                \(count(report.items.count)) items along a scale from \(ability(report.items.last)) to \(ability(report.items.first)) \
                logits, each with its margin of error; the table at the end has the same figures.
                """)
        let apart: HTML =
            report.componentCount > 1
            ? """
            <p class="note warm">The items fall into \(report.componentCount) groups that were never compared: distances between \
            groups mean nothing.</p>

            """ : .empty
        return section(
            "scale", "The scale",
            drawn(
                plot,
                """
                Each dot is an item, the better the further to the right; its bar shows where the true place lies with 95% probability. \
                The unit is the logit: an item one logit ahead of another is preferred 73 times in 100, two logits ahead 88 times.
                """) + apart)
    }

    private func ability(_ item: ScoreReport.Item?) -> String { item.map { signed($0.estimate.ability) } ?? "" }
}
