/// Rows of dots with bars along an axis; each row has its name beside it, unless there are too many.
struct DotChart: Sendable {
    /// Rows up to which every row carries its name.
    static let namedRows = 120
    /// Half the width of a 95 % interval of the normal distribution, in standard errors.
    static let halfInterval = 1.96

    struct Dot: Sendable {
        let value: Double
        var isRing = false
    }

    struct Row: Sendable {
        let bar: (low: Double, high: Double)
        let dots: [Dot]
        /// What is told when the row is pointed at.
        let title: String
    }

    let language: Language
    let rows: [Row]
    let axis: Axis
    /// Room above the rows, in pixels.
    var head = 6.0
    /// Whether ticks are told with their sign.
    var hasSigns = true
    /// Where a dashed line goes down.
    var reference = 0.0

    private static let ticks = 6
    private static let axisHeight = 26.0

    var isCompact: Bool { rows.count > Self.namedRows }

    var rowHeight: Double {
        switch rows.count {
        case ...30: 24
        case ...Self.namedRows: 20
        default: max(1.5, min(6, 1000 / Double(rows.count)))
        }
    }

    /// Where the rows end, in pixels from the top.
    var bottom: Double { head + rowHeight * Double(rows.count) }

    /// The names and the drawing side by side.
    ///
    /// - Parameters:
    ///   - names: list entries, one for each row; left out where there are too many.
    ///   - ground: what lies behind the rows.
    ///   - describing: for those who cannot see the drawing.
    ///   - kind: further classes of the plot, each after a space.
    ///   - beside: what stands after the drawing.
    func plot(
        names: @autoclosure () -> [HTML], ground: [HTML] = [], describing: String, kind: String = "", beside: HTML = .empty
    ) -> HTML {
        let list = isCompact ? HTML.empty : list("names", names())
        return """
            <div class="plot\(isCompact ? " compact" : "")\(kind)" style="--row:\(at: rowHeight)px;--head:\(at: head)px">
            \(list)\(drawing(ground: ground, describing: describing))\(beside)</div>

            """
    }

    /// Entries that stand beside the rows.
    func list(_ kind: String, _ entries: [HTML]) -> HTML {
        "<ol class=\"\(kind)\" aria-hidden=\"\(kind == "grades" ? "true" : "false")\">\n\(entries)</ol>\n"
    }

    private func drawing(ground: [HTML], describing: String) -> HTML {
        """
        <svg class="chart" width="100%" height="\(at: bottom + Self.axisHeight)" role="img" aria-label="\(describing)">
        \(ground)\(grid)\(rows.indices.map(row))</svg>

        """
    }

    private var grid: [HTML] {
        let decimals = axis.tickDecimals(atMost: Self.ticks)
        return axis.ticks(atMost: Self.ticks).map { tick in
            let place = axis.percent(tick)
            let kind: HTML = tick == reference ? "grid zero" : "grid"
            let name =
                hasSigns
                ? DecimalText.signed(tick, decimals: decimals, language: language)
                : DecimalText.text(tick, decimals: decimals, language: language)
            return """
                <line class="\(kind)" x1="\(at: place)%" x2="\(at: place)%" y1="\(at: head - 4)" y2="\(at: bottom)"/>\
                <text class="tick" x="\(at: place)%" y="\(at: bottom + 18)">\(name)</text>

                """
        }
    }

    private func row(_ place: Int) -> HTML {
        let row = rows[place]
        let y = head + rowHeight * (Double(place) + 0.5)
        let bar: HTML = """
            <line class="bar" x1="\(at: axis.percent(row.bar.low))%" x2="\(at: axis.percent(row.bar.high))%" \
            y1="\(at: y)" y2="\(at: y)"/>
            """
        return "<g><title>\(row.title)</title>\(bar)\(row.dots.map { mark($0, y: y) })</g>\n"
    }

    private func mark(_ dot: Dot, y: Double) -> HTML {
        let x = axis.percent(dot.value)
        if isCompact { return "<circle class=\"dot\" cx=\"\(at: x)%\" cy=\"\(at: y)\" r=\"\(at: max(1.5, rowHeight / 2))\"/>" }
        return dot.isRing
            ? "<circle class=\"dot anchor\" cx=\"\(at: x)%\" cy=\"\(at: y)\" r=\"5\"/>"
            : "<circle class=\"dot\" cx=\"\(at: x)%\" cy=\"\(at: y)\" r=\"4.5\"/>"
    }
}
