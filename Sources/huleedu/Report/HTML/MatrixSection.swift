/// Who beat whom: a square for every pair that was judged, in the order of the ranking.
struct MatrixSection: ReportSection {
    /// Essays up to which every pair has a square of its own; beyond it neighbouring ranks share one.
    static let singlePairs = 60
    /// Groups into which more essays are put.
    static let groups = 40

    private static let head = 22.0

    let context: ReportContext

    var html: HTML {
        guard report.isRanked, report.items.count > 1 else { return .empty }
        let tally = PairTally(
            context, groupsAtMost: report.items.count <= Self.singlePairs ? Self.singlePairs : Self.groups)
        let names = tally.groups.map { group -> HTML in "<li>\(name(group))</li>\n" }
        let body: HTML = """
            <figure>
            \(legend(tally))<div class="matrix" style="--row:\(at: cell(tally))px;--head:\(at: Self.head)px">
            <ol class="names" aria-hidden="true">
            \(names)</ol>
            \(scrolling(say("Who beat whom", "Vem slog vem"), drawing(tally)))</div>
            <figcaption>\(caption(tally))</figcaption>
            </figure>

            """
        return section("matrix", say("Who beat whom", "Vem slog vem"), body)
    }

    private func cell(_ tally: PairTally) -> Double {
        switch tally.groups.count {
        case ...16: 26
        case ...32: 20
        default: 14
        }
    }

    private func name(_ group: Range<Int>) -> HTML {
        guard group.count == 1 else {
            return "\(say("ranks", "plats")) \(group.lowerBound + 1)–\(group.upperBound)"
        }
        // Each place in the list has a number of its own even where ranks are shared: columns are told by it.
        return "<bdi>\(report.items[group.lowerBound].id)</bdi> <b>\(group.lowerBound + 1)</b>"
    }

    private func drawing(_ tally: PairTally) -> HTML {
        let size = cell(tally)
        let side = size * Double(tally.groups.count)
        let squares = tally.groups.indices.flatMap { row in
            tally.groups.indices.map { square(row, $0, tally: tally, size: size) }
        }
        return """
            <svg class="squares" width="\(at: side + 1)" height="\(at: side + Self.head + 1)" \
            role="img" aria-label="\(describing(tally))">
            <rect class="ground" x="0" y="\(at: Self.head)" width="\(at: side)" height="\(at: side)"/>
            \(numbers(tally, size: size))\(rules(tally, size: size))\(squares)</svg>

            """
    }

    private func numbers(_ tally: PairTally, size: Double) -> [HTML] {
        let every = size >= 20 ? 1 : 5
        return tally.groups.indices.compactMap { column in
            guard !tally.isGrouped else { return nil }
            guard (column + 1) % every == 0 || column == 0 else { return nil }
            return
                """
                <text class="tick" x="\(at: size * (Double(column) + 0.5))" \
                y="\(at: Self.head - 7)">\(column + 1)</text>

                """
        }
    }

    private func rules(_ tally: PairTally, size: Double) -> [HTML] {
        let side = size * Double(tally.groups.count)
        let every = size >= 20 ? 1 : 5
        return (0...tally.groups.count).filter { $0 % every == 0 || $0 == tally.groups.count }.map { place in
            let at = size * Double(place)
            return """
                <line class="grid" x1="\(at: at)" x2="\(at: at)" y1="\(at: Self.head)" y2="\(at: Self.head + side)"/>\
                <line class="grid" x1="0" x2="\(at: side)" y1="\(at: Self.head + at)" y2="\(at: Self.head + at)"/>

                """
        }
    }

    private func square(_ row: Int, _ column: Int, tally: PairTally, size: Double) -> HTML {
        let won = tally.wins(of: row, over: column)
        let lost = tally.wins(of: column, over: row)
        let x = size * Double(column) + 1
        let y = Self.head + size * Double(row) + 1
        let box: HTML = "x=\"\(at: x)\" y=\"\(at: y)\" width=\"\(at: size - 2)\" height=\"\(at: size - 2)\""
        if row == column && !tally.isGrouped { return "<rect class=\"self\" \(box)/>\n" }
        guard won + lost > 0 else { return .empty }
        let share = row == column ? 0.5 : Double(won) / Double(won + lost)
        let label: HTML = "<title>\(told(row, column, won: won, lost: lost, tally: tally))</title>"
        if share == 1 || share == 0 || tally.isGrouped {
            let kind: HTML = share > 0.5 ? "won" : share < 0.5 ? "lost" : "even"
            let strength = tally.isGrouped ? max(0.12, abs(share - 0.5) * 2) : 1
            return "<rect class=\"\(kind)\" fill-opacity=\"\(at: strength)\" \(box)>\(label)</rect>\n"
        }
        let inner = size - 2
        return """
            <g>\(label)<path class="won" d="M\(at: x) \(at: y)h\(at: inner)l-\(at: inner) \(at: inner)z"/>\
            <path class="lost" d="M\(at: x + inner) \(at: y)v\(at: inner)h-\(at: inner)z"/></g>

            """
    }

    private func told(_ row: Int, _ column: Int, won: Int, lost: Int, tally: PairTally) -> String {
        let (left, right) = (plainName(tally.groups[row]), plainName(tally.groups[column]))
        if row == column {
            return say("\(left) among themselves: \(won) judgements", "\(left) sinsemellan: \(won) bedömningar")
        }
        return say(
            "\(left) against \(right): preferred \(won) of \(won + lost)",
            "\(left) mot \(right): föredragen \(won) av \(won + lost)")
    }

    private func plainName(_ group: Range<Int>) -> String {
        group.count == 1
            ? report.items[group.lowerBound].id
            : say("ranks", "plats") + " \(group.lowerBound + 1)–\(group.upperBound)"
    }

    private func legend(_ tally: PairTally) -> HTML {
        let both = say("judged more than once, with different outcomes", "bedömda flera gånger, med olika utfall")
        let split: HTML = tally.isGrouped ? .empty : "<span><i class=\"key split\"></i>\(both)</span>"
        return """
            <p class="legend"><span><i class="key won"></i>\(say("the row was preferred", "raden föredrogs"))</span>
            <span><i class="key lost"></i>\(say("the column was preferred", "kolumnen föredrogs"))</span>
            \(split)</p>

            """
    }

    private func caption(_ tally: PairTally) -> String {
        let base = say(
            """
            Rows and columns stand in the order of the ranking. Were every judgement in line with it, all above the \
            diagonal would be blue and all below it orange; a square of the other colour is a judgement against the final \
            order. Empty squares were not compared: that is how a ranking is had without judging every pair.
            """,
            """
            Rader och kolumner står i rangordning. Om alla bedömningar stämde med den vore allt ovanför diagonalen blått \
            och allt under den orange; en ruta i den andra färgen är en bedömning mot den slutliga ordningen. Tomma rutor \
            jämfördes inte: så fås en rangordning utan att alla par bedöms.
            """
        )
        guard tally.isGrouped else { return base }
        return base
            + say(
                """
                 There are too many essays for a square each, so neighbouring ranks share one; the stronger its colour, the \
                more one-sided its judgements.
                """,
                """
                 Uppsatserna är för många för var sin ruta, så närliggande platser delar en; ju starkare färg, desto mer \
                ensidiga bedömningar.
                """
            )
    }

    private func describing(_ tally: PairTally) -> String {
        let judged = report.judgements
        let along = judged.filter { comparison in
            guard let winner = comparison.winner, let first = context.index[winner],
                let second = context.index[comparison.opponent(of: winner)]
            else { return false }
            return first < second
        }.count
        return say(
            """
            Matrix of \(report.judgements(judged.count)); \(along) of them agree with the final order. Every one of them is \
            listed under Every judgement.
            """,
            """
            Matris över \(report.judgements(judged.count)); \(along) av dem stämmer med den slutliga ordningen. Alla finns \
            under Alla bedömningar.
            """
        )
    }
}
