/// How the judge behaved: leaning towards a place, agreement with itself, what its confidence is worth.
struct JudgeSection: ReportSection {
    /// Nats of evidence from which margins are said to follow the differences: e³ times better than chance explains them.
    static let strongEvidence = 3.0

    let context: ReportContext

    var html: HTML {
        guard report.isRanked else { return .empty }
        let judge = report.judge
        var rows: [HTML] = [
            figure(say("Judge", "Domare"), "\(judge.provider) · \(judge.model)", simulated),
            figure(say("Leaning towards a place", "Dragning åt en plats"), bias, biasMeaning),
            figure(
                say("Share for the essay shown first", "Andel för uppsatsen som visades först"), percent(judge.firstShare),
                shareMeaning),
            figure(say("Fit (infit)", "Passning (infit)"), decimal(judge.infit), fitMeaning),
            figure(
                say("Fit, surprises weighted fully (outfit)", "Passning, överraskningar fullt vägda (outfit)"),
                decimal(judge.outfit), outfitMeaning),
        ]
        if let margins = judge.margins {
            rows.append(figure(say("Margins", "Marginaler"), marginShare(margins), marginMeaning(margins)))
        }
        return section(
            "judge", say("The judge", "Domaren"),
            "<dl class=\"figures\">\n\(rows)</dl>\n\(ConfidenceTable(context: context).html)\(SecondLook(context: context).html)")
    }

    private var simulated: String {
        report.judge.simulated
            ? say(
                "No language model: judgements drawn at random around given qualities.",
                "Ingen språkmodell: bedömningar dragna slumpmässigt kring givna kvaliteter.")
            : say("The language model that read the essays.", "Språkmodellen som läste uppsatserna.")
    }

    private var bias: String {
        "\(signed(report.judge.positionBias)) ± \(decimal(report.judge.positionBiasStandardError)) logit"
    }

    private var biasMeaning: String {
        let judge = report.judge
        let hundred = decimal(Logistic.probability(judge.positionBias) * 100, 0)
        let size = say(
            "Of two equally good essays it would choose the one shown first \(hundred) times in 100.",
            "Av två lika bra uppsatser skulle den välja den som visades först \(hundred) gånger av 100.")
        guard abs(judge.positionBias) > 2 * judge.positionBiasStandardError else {
            return size
                + say(
                    " That is not to be told from 50: no sign of a leaning.",
                    " Det går inte att skilja från 50: inget tecken på dragning.")
        }
        let place = judge.positionBias > 0 ? say("first", "första") : say("second", "andra")
        return size
            + say(
                " It leans towards the \(place) place. The scale corrects for it, and places were balanced.",
                " Den dras åt den \(place) platsen. Skalan korrigerar för det, och platserna balanserades.")
    }

    private var shareMeaning: String {
        say(
            "Around 50% is expected, since every essay is shown first about as often as second.",
            "Omkring 50 % är att vänta, eftersom varje uppsats visas först ungefär lika ofta som sist.")
    }

    private var fitMeaning: String {
        switch report.judge.infit {
        case Misfit.limit...:
            say(
                "Well above 1: the judgements contradict each other more than the model explains. Treat close ranks with care.",
                "Klart över 1: bedömningarna säger emot varandra mer än modellen förklarar. Var försiktig med nära placeringar.")
        case ..<Misfit.lowLimit:
            say(
                """
                Well below 1: the judge agrees with itself more than the model expects. The order is sound, the distances \
                are somewhat too small.
                """,
                """
                Klart under 1: domaren är mer överens med sig själv än modellen väntar sig. Ordningen håller, avstånden är \
                något för små.
                """
            )
        default:
            say(
                "Close to 1: the judgements hang together as the model expects.",
                "Nära 1: bedömningarna hänger ihop som modellen väntar sig.")
        }
    }

    private var outfitMeaning: String {
        say(
            """
            As above, but a single judgement far against the order counts heavily; much larger than infit means a few great \
            surprises.
            """,
            """
            Som ovan, men en enda bedömning långt emot ordningen väger tungt; mycket större än infit betyder ett fåtal \
            stora överraskningar.
            """
        )
    }

    private func marginShare(_ margins: RankingReport.Margins) -> String {
        say(
            "\(percent(margins.clearShare)) clearly better", "\(percent(margins.clearShare)) klart bättre")
    }

    private func marginVerdict(_ margins: RankingReport.Margins) -> String {
        guard margins.used || margins.clearShare > 0 && margins.clearShare < 1 else {
            return say(
                "The judge's margins are all the same and tell nothing, so the scale rests on its preferences alone.",
                "Domarens marginaler är alla lika och säger inget, så skalan bygger bara på vad den föredrar.")
        }
        guard margins.used else {
            return say(
                "The judge's margins do not follow how far apart essays are; the scale rests on its preferences alone.",
                "Domarens marginaler följer inte hur långt isär uppsatserna ligger; skalan bygger bara på vad den föredrar.")
        }
        guard margins.evidence >= Self.strongEvidence else {
            return say(
                "The scale rests on its margins too; there are too few to tell whether they follow how far apart essays are.",
                "Skalan bygger på marginalerna också; de är för få för att visa om de följer hur långt isär uppsatserna ligger.")
        }
        return say(
            "The judge says \"clearly better\" where essays are far apart, so the scale rests on its margins too.",
            "Domaren säger ”klart bättre” där uppsatserna ligger långt isär, så skalan bygger på marginalerna också.")
    }

    private func marginMeaning(_ margins: RankingReport.Margins) -> String {
        var text = marginVerdict(margins)
        let (slight, clear) = (margins.slight, margins.clear)
        if slight.pairs + clear.pairs > 0 {
            text += say(
                """
                 Shown again in the other order, it turned over \(slight.flips) of \(slight.pairs) slight and \(clear.flips) of \
                \(clear.pairs) clear judgements.
                """,
                """
                 När texterna visades igen i omvänd ordning ändrade den \(slight.flips) av \(slight.pairs) lätta och \
                \(clear.flips) av \(clear.pairs) klara bedömningar.
                """)
        }
        return text
    }
}
