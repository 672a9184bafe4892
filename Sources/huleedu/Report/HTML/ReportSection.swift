/// A part of the page.
protocol ReportSection {
    var context: ReportContext { get }
    /// The part's markup.
    var html: HTML { get }
}

extension ReportSection {
    var report: RankingReport { context.report }
    var language: Language { context.report.language }

    /// The one of two wordings that is in the report's language.
    func say(_ english: @autoclosure () -> String, _ swedish: @autoclosure () -> String) -> String {
        language.say(english(), swedish())
    }

    func decimal(_ value: Double, _ decimals: Int = 2) -> String {
        DecimalText.text(value, decimals: decimals, language: language)
    }

    func signed(_ value: Double, _ decimals: Int = 2) -> String {
        DecimalText.signed(value, decimals: decimals, language: language)
    }

    func percent(_ share: Double) -> String {
        DecimalText.percent(share, language: language)
    }

    func count(_ number: Int) -> String {
        DecimalText.count(number, language: language)
    }

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

    /// A share of one as a small bar; the number stands beside it for those who cannot see it.
    func meter(_ share: Double) -> HTML {
        let width = share.isFinite ? min(1, max(0, share)) * 100 : 0
        return "<span class=\"meter\" aria-hidden=\"true\"><i style=\"width:\(at: width)%\"></i></span>"
    }

    /// A section with its heading and the name under which it is linked to.
    func section(_ anchor: String, _ heading: String, _ body: HTML) -> HTML {
        "<section id=\"\(anchor)\" aria-labelledby=\"\(anchor)-h\">\n<h2 id=\"\(anchor)-h\">\(heading)</h2>\n\(body)</section>\n"
    }

    /// A box that scrolls sideways where what it holds is wider than the page.
    func scrolling(_ label: String, _ body: HTML) -> HTML {
        "<div class=\"scroll\" role=\"region\" aria-label=\"\(label)\" tabindex=\"0\">\n\(body)</div>\n"
    }
}
