/// The scale: every essay a dot with its error bar, best at the top.
struct ScaleSection: ReportSection {
    /// Essays up to which every row carries its name.
    static let namedRows = 120
    /// Half the width of a 95 % interval of the normal distribution, in standard errors.
    static let halfInterval = 1.96

    private static let ticks = 6
    private static let axisHeight = 26.0

    let context: ReportContext

    var html: HTML {
        guard report.isRanked, !report.items.isEmpty else { return .empty }
        return section("scale", say("The scale", "Skalan"), "\(figure)")
    }

    private var isCompact: Bool { report.items.count > Self.namedRows }

    private var rowHeight: Double {
        switch report.items.count {
        case ...30: 24
        case ...Self.namedRows: 20
        default: max(1.5, min(6, 1000 / Double(report.items.count)))
        }
    }

    private var axis: Axis {
        Axis(
            holding: report.items.flatMap { item in
                [item.ability - Self.halfInterval * item.standardError, item.ability + Self.halfInterval * item.standardError]
            } + report.cutScores.map(\.ability))
    }

    /// Room above the rows for the names of the grades.
    private var head: Double { report.cutScores.isEmpty ? 6 : 26 }

    private var figure: HTML {
        let names = isCompact ? HTML.empty : list("names", report.items.indices.map { "<li>\(cutLink(toItem: $0))</li>\n" })
        let grades = report.isGraded && !isCompact ? list("grades", report.items.map(grade)) : .empty
        let kind = "plot" + (isCompact ? " compact" : "") + (report.isGraded && !isCompact ? " graded" : "")
        return """
            <figure>
            <div class="\(kind)" style="--row:\(at: rowHeight)px;--head:\(at: head)px">
            \(names)\(drawing)\(grades)</div>
            <figcaption>\(caption)</figcaption>
            </figure>

            """
    }

    private func list(_ kind: String, _ entries: [HTML]) -> HTML {
        "<ol class=\"\(kind)\" aria-hidden=\"\(kind == "grades" ? "true" : "false")\">\n\(entries)</ol>\n"
    }

    private func grade(_ item: RankingReport.Item) -> HTML {
        let kind = item.anchorGrade == nil ? "" : "anchor"
        return "<li class=\"\(kind)\">\(item.gradeWithStep ?? "–")</li>\n"
    }

    private var drawing: HTML {
        let axis = axis
        let bottom = head + rowHeight * Double(report.items.count)
        return """
            <svg class="chart" width="100%" height="\(at: bottom + Self.axisHeight)" role="img" aria-label="\(describing)">
            \(bands(axis, bottom: bottom))\(grid(axis, bottom: bottom))\(report.items.indices.map { row($0, axis: axis) })</svg>

            """
    }

    private func bands(_ axis: Axis, bottom: Double) -> [HTML] {
        guard let lowest = report.grades.first, !report.cutScores.isEmpty else { return [] }
        let edges = [axis.low] + report.cutScores.map(\.ability) + [axis.high]
        let names = [lowest] + report.cutScores.map(\.grade)
        return names.indices.map { place in
            let (left, right) = (axis.percent(edges[place]), axis.percent(edges[place + 1]))
            let tint: HTML = place % 2 == 0 ? "band" : "band odd"
            let rectangle: HTML =
                """
                <rect class="\(tint)" x="\(at: left)%" y="0" width="\(at: max(0, right - left))%" \
                height="\(at: bottom)"/>
                """
            let name: HTML =
                right - left < 2.5
                ? .empty : "<text class=\"bandname\" x=\"\(at: (left + right) / 2)%\" y=\"17\">\(names[place])</text>"
            return rectangle + name + "\n"
        }
    }

    private func grid(_ axis: Axis, bottom: Double) -> [HTML] {
        let decimals = axis.tickDecimals(atMost: Self.ticks)
        return axis.ticks(atMost: Self.ticks).map { tick in
            let place = axis.percent(tick)
            let kind: HTML = tick == 0 ? "grid zero" : "grid"
            return """
                <line class="\(kind)" x1="\(at: place)%" x2="\(at: place)%" y1="\(at: head - 4)" y2="\(at: bottom)"/>\
                <text class="tick" x="\(at: place)%" y="\(at: bottom + 18)">\(signed(tick, decimals))</text>

                """
        }
    }

    private func row(_ place: Int, axis: Axis) -> HTML {
        let item = report.items[place]
        let y = head + rowHeight * (Double(place) + 0.5)
        let reach = Self.halfInterval * item.standardError
        let dot = axis.percent(item.ability)
        let mark: HTML =
            isCompact
            ? "<circle class=\"dot\" cx=\"\(at: dot)%\" cy=\"\(at: y)\" r=\"\(at: max(1.5, rowHeight / 2))\"/>"
            : item.anchorGrade == nil
                ? "<circle class=\"dot\" cx=\"\(at: dot)%\" cy=\"\(at: y)\" r=\"4.5\"/>"
                : "<circle class=\"dot anchor\" cx=\"\(at: dot)%\" cy=\"\(at: y)\" r=\"5\"/>"
        let bar: HTML = """
            <line class="bar" x1="\(at: axis.percent(item.ability - reach))%" x2="\(at: axis.percent(item.ability + reach))%" \
            y1="\(at: y)" y2="\(at: y)"/>
            """
        return "<g><title>\(tooltip(item))</title>\(bar)\(mark)</g>\n"
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
