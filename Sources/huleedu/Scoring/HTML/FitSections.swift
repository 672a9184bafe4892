import CJCore

/// Fit of the items, worst first.
struct ItemFitSection: ScoreSection {
    let report: ScoreReport

    var html: HTML {
        let items = report.items.indices.filter { report.items[$0].estimate.infit != nil }.sorted {
            (report.items[$0].estimate.infit ?? 0, $1) > (report.items[$1].estimate.infit ?? 0, $0)
        }
        let chart = FitChart(
            rows: items.map { place in
                let item = report.items[place]
                return FitChart.Row(name: item.id, infit: item.estimate.infit ?? 1, outfit: item.estimate.outfit ?? 1)
            })
        return section(
            "items", "Fit of the items",
            drawn(
                chart.plot(names: items.map(entry), describing: "Infit and outfit of \(count(items.count)) items, worst first."),
                """
                Dots are infit, rings outfit: 1 is expected, and the field behind them holds what is usual. An item far to the right was \
                judged against its place more often than chance explains: judges disagree about it. Outfit weighs single great surprises \
                heavily.
                """))
    }
}

/// Fit of the judges, worst first.
struct JudgeFitSection: ScoreSection {
    let report: ScoreReport

    var html: HTML {
        let judges = report.judges.sorted { ($0.fit.infit, $1.id.rawValue) > ($1.fit.infit, $0.id.rawValue) }
        let chart = FitChart(
            rows: judges.map { .init(name: Self.name($0), infit: $0.fit.infit, outfit: $0.fit.outfit) })
        return section(
            "judges", "Fit of the judges",
            drawn(
                chart.plot(
                    names: judges.map { "<li><bdi>\(Self.name($0))</bdi></li>\n" },
                    describing: "Infit and outfit of \(count(judges.count)) judges, worst first."),
                """
                As above. A judge far to the right disagrees with the common scale; one far to the left agrees with it more than chance \
                allows, as a judge who made all the judgements may. Where pairs were chosen by results, judges with close pairs look worse.
                """) + (report.margins.map { "<p>\($0.sentence)</p>\n" } ?? .empty))
    }

    static func name(_ judge: JudgeEstimate) -> String { judge.id.rawValue.isEmpty ? "all judges" : judge.id.rawValue }
}

/// A drawing of infit and outfit, with the field of what is usual.
private struct FitChart {
    struct Row {
        let name: String
        let infit: Double
        let outfit: Double
    }

    /// Outfit, which has no bound, is drawn at this at most; the exact figure is told when the row is pointed at.
    private static let farthest = 3.0

    let rows: [Row]

    func plot(names: @autoclosure () -> [HTML], describing: String) -> HTML {
        let isCompact = rows.count > DotChart.namedRows
        func text(_ value: Double) -> String { DecimalText.text(value, decimals: 2, language: .english) }
        let drawn = rows.map { row in
            let (infit, outfit) = (min(row.infit, Self.farthest), min(row.outfit, Self.farthest))
            return DotChart.Row(
                bar: (min(infit, outfit), max(infit, outfit)),
                dots: (isCompact ? [] : [.init(value: outfit, isRing: true)]) + [.init(value: infit)],
                title: "\(row.name): infit \(text(row.infit)), outfit \(text(row.outfit))")
        }
        let axis = Axis(holding: drawn.flatMap { [$0.bar.low, $0.bar.high] } + [Misfit.lowLimit, Misfit.limit])
        let chart = DotChart(language: .english, rows: drawn, axis: axis, hasSigns: false, reference: 1)
        let (left, right) = (axis.percent(Misfit.lowLimit), axis.percent(Misfit.limit))
        let field: HTML = """
            <rect class="band" x="\(at: left)%" y="0" width="\(at: right - left)%" height="\(at: chart.bottom)"/>

            """
        return chart.plot(names: names(), ground: [field], describing: describing)
    }
}
