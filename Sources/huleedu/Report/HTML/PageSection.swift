/// A part of a page.
protocol PageSection {
    var language: Language { get }
    /// The part's markup.
    var html: HTML { get }
}

extension PageSection {
    /// The one of two wordings that is in the page's language.
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

    /// A figure with its name and what it means, for a list of figures.
    func figure(_ name: String, _ value: String, _ meaning: String) -> HTML {
        "<div><dt>\(name)</dt><dd><b>\(value)</b> <span>\(meaning)</span></dd></div>\n"
    }

    /// A number with its name, and a note, for the tiles on top of a page.
    func tile(_ name: String, _ value: String, _ note: String?) -> HTML {
        let small: HTML = note.map { "<small>\($0)</small>" } ?? .empty
        return "<div><dt>\(name)</dt><dd>\(value)\(small)</dd></div>\n"
    }
}
