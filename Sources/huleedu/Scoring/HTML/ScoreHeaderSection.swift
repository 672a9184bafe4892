import CJCore

/// The top of the page.
struct ScoreHeaderSection: ScoreSection {
    let report: ScoreReport

    var html: HTML {
        let links = [
            ("scale", "The scale"), ("reliability", "Reliability"), ("items", "Fit of the items"),
            ("judges", "Fit of the judges"),
            ("position", "Position bias"), ("table", "All figures"),
        ].map { anchor, name -> HTML in "<li><a href=\"#\(anchor)\">\(name)</a></li>\n" }
        return """
            <header>
            <p class="eyebrow">A scale by comparative judgement</p>
            <h1 title="\(report.source)"><bdi>\(report.sourceName)</bdi></h1>
            <p class="meta">\(method)</p>
            <dl class="tiles">
            \(tiles)</dl>
            <nav aria-label="Contents"><ul>
            \(links)</ul></nav>
            </header>

            """
    }

    private var tiles: [HTML] {
        let each = decimal(2 * Double(report.judgementCount) / Double(max(1, report.items.count)), 1)
        return [
            tile("Items", count(report.items.count), nil),
            tile("Judgements", count(report.judgementCount), "\(each) per item"),
            tile("Judges", count(report.judges.count), nil),
            report.estimator.posteriorReliability.map { tile("Reliability", decimal($0), "posterior") }
                ?? tile("Reliability", decimal(report.scaleSeparationReliability), "scale separation"),
        ]
    }

    private var method: String {
        switch report.estimator {
        case .posterior(let deviation, _, _):
            "Bradley–Terry model, normal prior of \(decimal(deviation)) logits"
        case .corrected(let epsilon):
            "Joint maximum likelihood with corrected scores, ε = \(epsilon)"
        }
    }
}
