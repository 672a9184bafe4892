import CJCore

/// How the reliability grew, and what was aimed for.
struct ReliabilitySection: ReportSection {
    private static let height = 260.0
    /// Where reliability one and zero lie, in pixels from the top.
    private static let (top, bottom) = (14.0, 226.0)

    let context: ReportContext

    var html: HTML {
        guard let reliability = report.reliability else { return .empty }
        return section(
            "reliability", say("Reliability", "Reliabilitet"), "\(chart)\(figures(reliability))")
    }

    private var axis: Axis {
        Axis(low: 0, high: Double(max(1, report.history.last?.judged ?? context.judged)))
    }

    private var chart: HTML {
        guard report.history.count > 1 else { return .empty }
        return """
            <figure>
            <p class="legend"><span><i class="key line"></i>\(say("reliability (posterior)", "reliabilitet (posterior)"))</span>
            <span><i class="key thin"></i>\(say("scale separation", "skalseparation"))</span>
            \(targetKey)</p>
            <svg class="chart" width="100%" height="\(at: Self.height)" role="img" aria-label="\(describing)">
            \(levels)\(times)\(target)\(curves)</svg>
            <figcaption>\(say("Reliability after so many judgements.", "Reliabilitet efter så många bedömningar."))</figcaption>
            </figure>

            """
    }

    private func y(_ reliability: Double) -> Double {
        let clamped = reliability.isFinite ? min(1, max(0, reliability)) : 0
        return Self.bottom - clamped * (Self.bottom - Self.top)
    }

    private var levels: [HTML] {
        [0, 0.25, 0.5, 0.75, 1].map { level in
            """
            <line class="grid" x1="0" x2="100%" y1="\(at: y(level))" y2="\(at: y(level))"/>\
            <text class="level" x="0" y="\(at: y(level) - 4)">\(decimal(level, 2))</text>

            """
        }
    }

    private var times: [HTML] {
        let axis = axis
        return axis.ticks(atMost: 5).map { tick in
            let place = axis.percent(tick)
            let anchor: HTML = place < 4 ? "start" : place > 96 ? "end" : "middle"
            return """
                <text class="tick" style="text-anchor:\(anchor)" x="\(at: place)%" y="\(at: Self.bottom + 20)">\
                \(count(Int(tick)))</text>

                """
        }
    }

    /// The reliability that was aimed for; other goals have no place among reliabilities.
    private var aim: Double? {
        if case .reliability(let target) = report.limits.goal { target } else { nil }
    }

    private var targetKey: HTML {
        aim == nil ? .empty : "<span><i class=\"key target\"></i>\(say("target", "mål"))</span>"
    }

    private var target: HTML {
        guard let aim else { return .empty }
        let y = y(aim)
        return """
            <line class="target" x1="0" x2="100%" y1="\(at: y)" y2="\(at: y)"/>\
            <text class="targetname" x="100%" y="\(at: y - 5)">\(say("target", "mål")) \(decimal(aim))</text>

            """
    }

    /// The curves lie in a drawing of their own that is stretched to the page's width; the strokes are not.
    private var curves: HTML {
        let posterior = points(\.posterior)
        let separation = points(\.scaleSeparation)
        var end: HTML = .empty
        if let last = report.history.last {
            end =
                """
                <circle class="dot" cx="\(at: axis.percent(Double(last.judged)))%" cy="\(at: y(last.posterior))" \
                r="4.5"/>

                """
        }
        return """
            <svg x="0" y="0" width="100%" height="\(at: Self.height)" viewBox="0 0 100 \(at: Self.height)" \
            preserveAspectRatio="none">
            <polyline class="thin" points="\(separation)"/>
            <polyline class="line" points="\(posterior)"/>
            </svg>
            \(end)
            """
    }

    private func points(_ figure: KeyPath<RankingReport.ScalePoint, Double>) -> [HTML] {
        let axis = axis
        return report.history.filter { $0[keyPath: figure].isFinite }.map { point in
            "\(at: axis.percent(Double(point.judged))),\(at: y(point[keyPath: figure])) "
        }
    }

    private var describing: String {
        let first = report.history.first.map { decimal($0.posterior) } ?? ""
        let last = report.history.last.map { decimal($0.posterior) } ?? ""
        let goal = aim.map { say(", target \(decimal($0))", ", mål \(decimal($0))") } ?? ""
        return say(
            "Reliability over the run: from \(first) to \(last)\(goal).",
            "Reliabilitet under körningen: från \(first) till \(last)\(goal).")
    }

    private func figures(_ reliability: RankingReport.Reliability) -> HTML {
        let rows: [HTML] = [
            figure(
                say("Reliability (posterior)", "Reliabilitet (posterior)"), decimal(reliability.posterior),
                say(
                    """
                    The share of the differences between essays that is not chance. 0 would be a lottery, 1 certainty. \
                    Choosing pairs cleverly does not flatter it.
                    """,
                    """
                    Den del av skillnaderna mellan uppsatser som inte är slump. 0 vore ett lotteri, 1 visshet. Ett smart \
                    val av par förskönar den inte.
                    """
                )),
            figure(
                say("Expected agreement with the true order", "Väntad överensstämmelse med den sanna ordningen"),
                "τ = \(decimal(reliability.expectedKendallTau))",
                say(
                    """
                    Kendall's tau between this ranking and the one that endless judging would give: the share of pairs in \
                    the right order minus the share in the wrong one.
                    """,
                    """
                    Kendalls tau mellan denna rangordning och den som ett oändligt bedömande skulle ge: andelen par i rätt \
                    ordning minus andelen i fel.
                    """
                )),
            figure(
                say("Scale separation reliability", "Skalseparationsreliabilitet"), decimal(reliability.scaleSeparation),
                say(
                    """
                    The figure that studies of comparative judgement usually publish. It tends to be too high when pairs \
                    are chosen for information.
                    """,
                    """
                    Siffran som studier av parvis bedömning brukar publicera. Den blir lätt för hög när par väljs efter \
                    information.
                    """
                )),
            figure(
                say("Separation ratio", "Separationskvot"), decimal(reliability.separationRatio),
                say(
                    "How many times larger the spread of the essays is than the typical error of one.",
                    "Hur många gånger större spridningen mellan uppsatser är än det typiska felet för en.")),
        ]
        return "<dl class=\"figures\">\n\(rows)</dl>\n"
    }
}
