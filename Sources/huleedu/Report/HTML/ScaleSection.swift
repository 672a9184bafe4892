/// The scale: every essay a dot with its error bar, best at the top.
struct ScaleSection: ReportSection {
    let context: ReportContext

    var html: HTML {
        guard report.isRanked, !report.items.isEmpty else { return .empty }
        return section("scale", say("The scale", "Skalan"), "\(figure)")
    }

    private var chart: DotChart {
        let rows = report.items.map { item in
            let reach = DotChart.halfInterval * item.standardError
            return DotChart.Row(
                bar: (item.ability - reach, item.ability + reach),
                dots: [.init(value: item.ability, isRing: item.anchorGrade != nil)], title: tooltip(item))
        }
        let axis = Axis(holding: rows.flatMap { [$0.bar.low, $0.bar.high] } + report.cutScores.map(\.ability))
        return DotChart(language: language, rows: rows, axis: axis, head: report.cutScores.isEmpty ? 6 : 26)
    }

    private var figure: HTML {
        let chart = chart
        let grades = report.isGraded && !chart.isCompact ? chart.list("grades", report.items.map(grade)) : .empty
        return """
            <figure>
            \(chart.plot(
                names: report.items.indices.map { "<li>\(cutLink(toItem: $0))</li>\n" }, ground: bands(chart), describing: describing,
                kind: report.isGraded && !chart.isCompact ? " graded" : "", beside: grades))\
            <figcaption>\(caption)</figcaption>
            </figure>

            """
    }

    private func grade(_ item: RankingReport.Item) -> HTML {
        let kind = item.anchorGrade == nil ? "" : "anchor"
        return "<li class=\"\(kind)\">\(item.gradeWithStep ?? "–")</li>\n"
    }

    private func bands(_ chart: DotChart) -> [HTML] {
        guard let lowest = report.grades.first, !report.cutScores.isEmpty else { return [] }
        let axis = chart.axis
        let edges = [axis.low] + report.cutScores.map(\.ability) + [axis.high]
        let names = [lowest] + report.cutScores.map(\.grade)
        return names.indices.map { place in
            let (left, right) = (axis.percent(edges[place]), axis.percent(edges[place + 1]))
            let tint: HTML = place % 2 == 0 ? "band" : "band odd"
            let rectangle: HTML =
                """
                <rect class="\(tint)" x="\(at: left)%" y="0" width="\(at: max(0, right - left))%" \
                height="\(at: chart.bottom)"/>
                """
            let name: HTML =
                right - left < 2.5
                ? .empty : "<text class=\"bandname\" x=\"\(at: (left + right) / 2)%\" y=\"17\">\(names[place])</text>"
            return rectangle + name + "\n"
        }
    }

    private func tooltip(_ item: RankingReport.Item) -> String {
        let place = say("rank \(item.rank)", "plats \(item.rank)")
        let grade = item.gradeWithStep.map { say(", grade \($0)", ", betyg \($0)") } ?? ""
        return "\(item.id): \(place), \(signed(item.ability)) ± \(decimal(item.standardError))\(grade)"
    }

    private var describing: String {
        let from = report.items.last.map { signed($0.ability) } ?? ""
        let to = report.items.first.map { signed($0.ability) } ?? ""
        return say(
            """
            \(report.essays(report.items.count)) along a scale from \(from) to \(to) logits, each with its margin of error; \
            the table under Ranking has the same figures.
            """,
            """
            \(report.essays(report.items.count)) längs en skala från \(from) till \(to) logit, var och en med sin \
            felmarginal; tabellen under Rangordning har samma siffror.
            """
        )
    }

    private var caption: String {
        let base = say(
            """
            Each dot is an essay, the better the further to the right; its bar shows where the true place lies with 95% \
            probability. The unit is the logit: an essay one logit ahead of another is preferred 73 times in 100, two \
            logits ahead 88 times.
            """,
            """
            Varje punkt är en uppsats, bättre ju längre till höger; strecket visar var den sanna platsen ligger med 95 % \
            sannolikhet. Enheten är logit: en uppsats som ligger en logit före en annan föredras 73 gånger av 100, två \
            logit före 88 gånger.
            """
        )
        guard report.isGraded else { return base }
        let anchors = say(" Rings are anchors, whose grades were given.", " Ringar är ankare, vars betyg var givna.")
        let borders =
            report.cutScores.isEmpty
            ? "" : say(" The fields behind them are the grades.", " Fälten bakom dem är betygen.")
        return base + anchors + borders
    }
}
