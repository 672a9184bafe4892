/// The top of the page: what this is, the outcome in a few sentences, the figures that matter, the way to the parts.
struct HeaderSection: ReportSection {
    let context: ReportContext

    var html: HTML {
        """
        \(banner)<header>
        <p class="eyebrow">\(say("Ranking by comparative judgement", "Rangordning genom parvis bedömning"))</p>
        <h1><bdi>\(report.title)</bdi></h1>
        <p class="meta">\(meta)</p>
        \(question)<div class="lead">
        \(SummarySentences(context: context).html)</div>
        \(tiles)\(contents)</header>

        """
    }

    private var banner: HTML {
        guard let notice = report.simulationNotice else { return .empty }
        return "<p class=\"banner\" role=\"note\">\(notice)</p>\n"
    }

    private var meta: String {
        let time = DurationText.text(report.started.duration(to: report.finished))
        let judge = "\(report.judge.provider) · \(report.judge.model)"
        return "\(report.started.minuteText) · \(time) · \(judge)"
    }

    private var question: HTML {
        guard let question = report.question else { return .empty }
        return "<blockquote class=\"question\" dir=\"auto\">\(question)</blockquote>\n"
    }

    private var tiles: HTML {
        var tiles: [HTML] = [
            tile(say("Essays", "Uppsatser"), count(report.items.count), nil),
            tile(say("Judgements", "Bedömningar"), count(context.judged), perEssay),
        ]
        if let reliability = report.reliability {
            tiles.append(
                tile(
                    say("Reliability", "Reliabilitet"), decimal(reliability.posterior),
                    report.limits.goal.short(in: language).map { say("aimed for: \($0)", "mål: \($0)") }))
        }
        if report.judge.simulated {
            tiles.append(tile(say("Cost", "Kostnad"), say("none", "ingen"), say("simulated judge", "simulerad domare")))
        } else if let total = report.cost.total {
            tiles.append(tile(say("Cost", "Kostnad"), total.formatted(in: language), savings))
        }
        return "<dl class=\"tiles\">\n\(tiles)</dl>\n"
    }

    private var perEssay: String? {
        guard report.isRanked, !report.items.isEmpty else { return nil }
        let each = decimal(2 * Double(context.judged) / Double(report.items.count), 1)
        return say("\(each) per essay", "\(each) per uppsats")
    }

    private var savings: String? {
        guard let savings = report.cost.cacheSavings, savings.nanodollars > 0 else { return nil }
        let sum = savings.formatted(in: language)
        return say("cache saved \(sum)", "cachen sparade \(sum)")
    }

    private var contents: HTML {
        let ranking = [
            ("scale", say("The scale", "Skalan")), ("ranking", say("Ranking", "Rangordning")),
            ("matrix", say("Who beat whom", "Vem slog vem")), ("reliability", say("Reliability", "Reliabilitet")),
            ("judge", say("The judge", "Domaren")),
        ]
        var parts = report.isRanked ? ranking : []
        parts.append(("essays", say("Essay by essay", "Uppsats för uppsats")))
        if !report.comparisons.isEmpty { parts.append(("judgements", say("Every judgement", "Alla bedömningar"))) }
        parts.append(("method", say("Method", "Metod")))
        let links = parts.map { anchor, name -> HTML in "<li><a href=\"#\(anchor)\">\(name)</a></li>\n" }
        return "<nav aria-label=\"\(say("Contents", "Innehåll"))\"><ul>\n\(links)</ul></nav>\n"
    }
}
