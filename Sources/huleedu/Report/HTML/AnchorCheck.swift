/// A check of the anchors: what the scale alone would have given the essays whose grades were given.
struct AnchorCheck: ReportSection {
    let context: ReportContext

    var html: HTML {
        guard report.isGraded else { return .empty }
        let heads: [HTML] = [
            "<th scope=\"col\">\(say("Anchor", "Ankare"))</th>",
            "<th scope=\"col\">\(say("Known grade", "Känt betyg"))</th>",
            "<th scope=\"col\">\(say("By the scale", "Enligt skalan"))</th>",
            "<th scope=\"col\">\(say("Probability of the known grade", "Sannolikhet för det kända betyget"))</th>",
            "<th scope=\"col\">\(say("By the other anchors", "Enligt de andra ankarna"))</th>",
        ]
        let rows = report.items.indices.filter { report.items[$0].anchorGrade != nil }.map(row)
        let table: HTML = """
            <table class="small">
            <caption class="unseen">\(say("Check of the anchors", "Kontroll av ankarna"))</caption>
            <thead><tr>\(heads)</tr></thead>
            <tbody>
            \(rows)</tbody>
            </table>

            """
        return """
            <h3>\(say("Check of the anchors", "Kontroll av ankarna"))</h3>
            \(scrolling(say("Check of the anchors", "Kontroll av ankarna"), table))<p class="note">\(note)</p>

            """
    }

    private func row(_ place: Int) -> HTML {
        let item = report.items[place]
        let known = item.anchorGrade ?? ""
        let given = item.scaleGrade ?? "–"
        let mark: HTML = given == known ? "\(given)" : "<b class=\"warm\">\(given)</b>"
        let share: HTML =
            item.gradeProbabilities.first { $0.grade == known }.map { "\(meter($0.probability)) \(percent($0.probability))" }
            ?? "–"
        return """
            <tr><th scope="row">\(link(toItem: place))</th><td>\(known)</td><td>\(mark)</td><td>\(share)</td>\
            <td>\(byOthers(item))</td></tr>

            """
    }

    /// The grade that the other anchors alone give an anchor.
    private func byOthers(_ item: RankingReport.Item) -> HTML {
        guard let entry = report.anchorCheck?.anchors.first(where: { $0.id == item.id }), let predicted = entry.predicted else {
            return "–"
        }
        return entry.error == 0 ? "\(predicted)" : "<b class=\"warm\">\(predicted)</b>"
    }

    /// How far the anchors miss their grades when the others grade them.
    private var agreement: String {
        guard let check = report.anchorCheck, let mean = check.meanError else { return "" }
        let steps = decimal(mean)
        return say(
            """
             Graded by the others alone, anchors miss their grades by \(steps) steps on average and by \(check.worstError) at worst; \
            \(check.inversions) of \(check.pairs) pairs of anchors stand in the wrong order.
            """,
            """
             När ankarna betygsätts av de andra missar de sina betyg med \(steps) steg i genomsnitt och \(check.worstError) som mest; \
            \(check.inversions) av \(check.pairs) par av ankare står i fel ordning.
            """)
    }

    private var note: String {
        let anchors = report.anchors
        let agreeing = anchors.count { $0.scaleGrade == $0.anchorGrade }
        return say(
            """
            The scale gives \(agreeing) of \(report.anchors(anchors.count)) the grade it came with. An anchor far from its \
            grade was judged otherwise than it was graded: look at it again, for every other grade leans on the anchors.
            """,
            """
            Skalan ger \(agreeing) av \(report.anchors(anchors.count)) det betyg det kom med. Ett ankare långt från sitt \
            betyg bedömdes annorlunda än det betygsattes: titta på det igen, för alla andra betyg vilar på ankarna.
            """
        ) + agreement
    }
}
