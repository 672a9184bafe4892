/// The ranking as a table.
struct RankingSection: ReportSection {
    /// Grades beside the most probable one that are told, where they have at least ``leastTold`` of the probability.
    static let othersTold = 2
    static let leastTold = 0.05

    let context: ReportContext

    var html: HTML {
        guard report.isRanked, !report.items.isEmpty else { return .empty }
        let caption = say(
            """
            Ability and error are in logits. Fit says how well the judgements of an essay agree with its place: about 1 is \
            as expected, above 1.3 they contradict each other more than chance explains.
            """,
            """
            Nivå och fel är i logit. Passning säger hur väl bedömningarna av en uppsats stämmer med dess plats: omkring 1 \
            är som väntat, över 1,3 säger de emot varandra mer än slumpen förklarar.
            """
        )
        let table: HTML = """
            <table class="ranking">
            <caption class="unseen">\(say("Ranking", "Rangordning"))</caption>
            <thead><tr>\(heads)</tr></thead>
            <tbody>
            \(report.items.indices.map(row))</tbody>
            </table>

            """
        return section(
            "ranking", say("Ranking", "Rangordning"),
            """
            \(scrolling(say("Ranking", "Rangordning"), table))<p class="note">\(caption)</p>
            \(notes)\(SuspectList(context: context).html)\(AnchorCheck(context: context).html)
            """
        )
    }

    private var notes: HTML {
        guard !report.gradingNotes.isEmpty else { return .empty }
        let entries = report.gradingNotes.map { note -> HTML in "<li>\(note.text(in: language))</li>\n" }
        return "<ul class=\"note\">\n\(entries)</ul>\n"
    }

    private var heads: [HTML] {
        var heads: [HTML] = [
            head(say("Rank", "Plats"), "num"), head(say("Essay", "Uppsats"), ""), head(say("Ability", "Nivå"), "num"),
            head(say("± error", "± fel"), "num"),
        ]
        if report.isGraded {
            heads.append(head(say("Grade", "Betyg"), ""))
            heads.append(head(say("How sure", "Hur säkert"), ""))
        }
        heads += [
            head(say("Won", "Vunna"), "num"), head(say("Shown first", "Visad först"), "num wide"),
            head(say("Fit", "Passning"), "num wide"),
        ]
        return heads
    }

    private func head(_ title: String, _ kind: String) -> HTML {
        "<th scope=\"col\" class=\"\(kind)\">\(title)</th>"
    }

    private func row(_ place: Int) -> HTML {
        let item = report.items[place]
        let grade: HTML = report.isGraded ? "<td class=\"grade\">\(gradeMark(item))</td><td>\(certainty(item))</td>" : .empty
        let won = say("\(item.wins) of \(item.comparisons)", "\(item.wins) av \(item.comparisons)")
        return """
            <tr><td class="num rank">\(item.rank)</td><th scope="row">\(cutLink(toItem: place))</th>\
            <td class="num">\(signed(item.ability))</td><td class="num quiet">\(decimal(item.standardError))</td>\(grade)\
            <td class="num">\(won)</td><td class="num wide">\(item.shownFirst)</td><td class="num wide">\(fit(item))</td></tr>

            """
    }

    private func gradeMark(_ item: RankingReport.Item) -> HTML {
        guard let grade = item.gradeWithStep else { return "–" }
        guard item.anchorGrade != nil else { return "<b>\(grade)</b>" }
        return "<b>\(grade)</b> <span class=\"tag\">\(say("anchor", "ankare"))</span>"
    }

    private func certainty(_ item: RankingReport.Item) -> HTML {
        if item.anchorGrade != nil { return "<span class=\"meta\">\(say("given", "givet"))</span>" }
        guard let own = item.gradeProbabilities.first(where: { $0.grade == item.grade })?.probability else { return "–" }
        let others = item.gradeProbabilities
            .filter { $0.grade != item.grade && $0.probability >= Self.leastTold }
            .sorted { $0.probability > $1.probability }
            .prefix(Self.othersTold)
            .map { "\($0.grade) \(percent($0.probability))" }
            .joined(separator: ", ")
        let rest: HTML = others.isEmpty ? .empty : " <span class=\"quiet\">\(others)</span>"
        return "\(meter(own)) \(percent(own))\(rest)"
    }

    private func fit(_ item: RankingReport.Item) -> HTML {
        guard let infit = item.infit else { return "–" }
        return infit > Misfit.limit ? "<b class=\"warm\">\(decimal(infit))</b>" : "\(decimal(infit))"
    }
}

/// When judgements contradict each other more than chance explains.
enum Misfit {
    /// Infit above which an essay or a judge is worth a look; customary in comparative judgement are 1.2 to 1.3.
    static let limit = 1.3
    /// Infit below which a judge agrees with itself more than the model expects.
    static let lowLimit = 0.7
    /// Judgements of an essay below which its infit is not looked at.
    static let fewestComparisons = 5
}
