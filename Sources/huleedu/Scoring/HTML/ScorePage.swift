/// A score report as one HTML file that needs nothing else.
struct ScorePage: Sendable {
    let report: ScoreReport

    /// Refuses judgements of more items than a page has room for, before anything is computed.
    static func check(_ input: ScoreInput) throws(CommandError) {
        guard input.itemCount <= ScoreReport.maximumItems else {
            throw CommandError(
                .tooManyItems,
                "\(input.itemCount) items; a page is made for at most \(ScoreReport.maximumItems). Without --html there is no such limit."
            )
        }
    }

    /// The whole file.
    func text() -> String {
        let sections: [any PageSection] = [
            ScoreScaleSection(report: report), ScoreReliabilitySection(report: report), ItemFitSection(report: report),
            JudgeFitSection(report: report), PositionSection(report: report), ScoreTableSection(report: report),
        ]
        return PageShell(
            language: .english, title: "\(report.sourceName) – a scale by comparative judgement",
            header: ScoreHeaderSection(report: report).html, sections: sections.map(\.html).joined(), footer: .empty
        ).text()
    }
}

/// A part of the page about judgements that somebody else collected.
protocol ScoreSection: PageSection {
    var report: ScoreReport { get }
}

extension ScoreSection {
    var language: Language { .english }

    /// An item's name, linked to its row of the table.
    func entry(forItem place: Int) -> HTML {
        let name = report.items[place].id
        return "<li><a href=\"#item-\(place + 1)\" title=\"\(name)\"><bdi>\(name)</bdi></a></li>\n"
    }

    /// A drawing with what it shows.
    func drawn(_ plot: HTML, _ caption: String) -> HTML {
        "<figure>\n\(plot)<figcaption>\(caption)</figcaption>\n</figure>\n"
    }
}
