/// A part of the page about a run.
protocol ReportSection: PageSection {
    var context: ReportContext { get }
}

extension ReportSection {
    var report: RankingReport { context.report }
    var language: Language { context.report.language }

    /// An essay's name, kept apart from the direction of the text round it, linked to where the essay is told about.
    func link(toItem place: Int) -> HTML {
        "<a href=\"#essay-\(place + 1)\"><bdi>\(report.items[place].id)</bdi></a>"
    }

    /// As ``link(toItem:)``, for where the name may be cut: pointed at, it shows whole.
    func cutLink(toItem place: Int) -> HTML {
        let name = report.items[place].id
        return "<a href=\"#essay-\(place + 1)\" title=\"\(name)\"><bdi>\(name)</bdi></a>"
    }

    /// As ``link(toItem:)`` for an id; plain text for one that is not among the items.
    func link(to id: String) -> HTML {
        context.index[id].map(link(toItem:)) ?? "<bdi>\(id)</bdi>"
    }
}
