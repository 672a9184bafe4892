/// The outcome in sentences that need no statistics.
struct SummarySentences: ReportSection {
    let context: ReportContext

    var html: HTML {
        guard let best = report.items.first, let worst = report.items.last, report.items.count > 1,
            let reliability = report.reliability
        else {
            return "<p>\(report.unrankedSentence)</p>\n<p class=\"quiet\">\(report.stopSentence) \(report.costSentence)</p>\n"
        }
        let sure = sureness(reliability)
        let ends: HTML = language.say(
            "The strongest is \(link(to: best.id)), the weakest \(link(to: worst.id)).",
            "Starkast är \(link(to: best.id)), svagast \(link(to: worst.id)).")
        return """
            <p>\(opening) \(ends)</p>
            <p>\(sure) \(overlap)</p>
            <p class="quiet">\(report.stopSentence) \(report.costSentence)</p>

            """
    }

    private var opening: String {
        let essays = report.essays(report.items.count)
        let judged = count(context.judged)
        return say(
            "\(essays) were put in order from \(judged) judgements, in each of which the judge read two and chose the better.",
            "\(essays) ordnades utifrån \(judged) bedömningar, där domaren varje gång läste två och valde den bättre.")
    }

    /// Two essays drawn at random stand in the right order with probability (1 + E τ) / 2.
    private func sureness(_ reliability: RankingReport.Reliability) -> String {
        let hundred = decimal((1 + reliability.expectedKendallTau) / 2 * 100, 0)
        let grade = word(for: reliability.posterior)
        return say(
            """
            The order is \(grade): of two essays picked at random, the one ranked higher is the better one, by this judge's \
            standard, about \(hundred) times in 100.
            """,
            """
            Ordningen är \(grade): av två slumpvis valda uppsatser är den högre placerade den bättre, med denna domares \
            mått, ungefär \(hundred) gånger av 100.
            """
        )
    }

    private func word(for reliability: Double) -> String {
        switch reliability {
        case 0.9...: say("very reliable", "mycket tillförlitlig")
        case 0.8..<0.9: say("reliable", "tillförlitlig")
        case 0.7..<0.8: say("fairly reliable", "ganska tillförlitlig")
        case 0.5..<0.7: say("rough", "grov")
        default: say("not reliable yet", "ännu inte tillförlitlig")
        }
    }

    private var overlap: String {
        say(
            "Essays whose bars overlap in the drawing below are close; do not read much into which of them comes first.",
            """
            Uppsatser vars streck överlappar i bilden nedan ligger nära varandra; vilken av dem som står först betyder inte \
            mycket.
            """
        )
    }
}
