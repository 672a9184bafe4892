/// How the ranking was made and how its figures are defined, in paragraphs.
struct MethodText: Sendable {
    let report: RankingReport

    var paragraphs: [String] {
        guard report.isRanked else { return [procedure] }
        var paragraphs = [procedure, model, error, reliability, fit]
        if let margins = report.judge.margins, margins.used { paragraphs.append(self.margins(margins)) }
        if report.isGraded { paragraphs.append(grades) }
        paragraphs.append(limits)
        return paragraphs
    }

    private var procedure: String {
        report.language.say(
            """
            Comparative judgement: the judge is shown two essays side by side and says which is the better, with a reason \
            and a confidence from 1 to 5; it may be undecided.\(asksMargins ? " It says too whether slightly or clearly." : "") \
            It never gives marks. Which of the two stands first is balanced, so that every \
            essay stands first about as often as second. An answer that could not be read was asked for again or is listed \
            as failed; none was ever guessed.
            """,
            """
            Parvis bedömning: domaren visas två uppsatser intill varandra och säger vilken som är bättre, med ett skäl och \
            en säkerhet från 1 till 5; den får vara osäker.\(asksMargins ? " Den säger också om lite eller klart." : "") Den sätter \
            aldrig poäng. Vilken av de två som står först balanseras, så att varje \
            uppsats står först ungefär lika ofta som sist. Ett svar som inte gick att läsa begärdes på nytt eller är \
            angivet som misslyckat; inget har gissats.
            """
        )
    }

    private var model: String {
        let prior =
            report.reliability.map {
                DecimalText.text($0.priorStandardDeviation, decimals: 2, language: report.language)
            } ?? "–"
        let biasPrior = DecimalText.text(report.judge.positionBiasPrior, decimals: 2, language: report.language)
        return report.language.say(
            """
            The scale is a Bradley–Terry model (1952): the probability that essay a, shown first, is preferred to essay b \
            is 1 / (1 + e^−(θa − θb + β)), where θ are the abilities in logits and β is the judge's leaning towards the \
            first place. Abilities and leaning have normal priors about zero, and are told by the means of the posterior, whose moments are \
            found by expectation propagation (Minka 2001); the abilities sum to zero. The prior on the leaning has the standard deviation \
            \(biasPrior); that on an ability has σ, which is not known either: the posterior is taken over all σ, each with the probability that \
            the judgements and a log-normal prior on σ, with median 2.2 and 1 in the logarithm, give to it. Their geometric mean is \(prior).
            """,
            """
            Skalan är en Bradley–Terry-modell (1952): sannolikheten att uppsats a, som visas först, föredras framför \
            uppsats b är 1 / (1 + e^−(θa − θb + β)), där θ är nivåerna i logit och β domarens dragning åt den första \
            platsen. Nivåer och dragning har normalfördelade priorer kring noll och anges med posteriorns medelvärden, vars moment \
            beräknas med expectation propagation (Minka 2001); nivåerna summerar till noll. Priorn för dragningen har standardavvikelsen \
            \(biasPrior); den för en nivå har σ, som inte heller är känd: posteriorn tas över alla σ, vart och ett med den sannolikhet som \
            bedömningarna och en lognormal prior för σ, med median 2,2 och 1 i logaritmen, ger det. Deras geometriska medelvärde är \(prior).
            """
        )
    }

    private var asksMargins: Bool { report.judge.verdictLevels > 2 }

    private func margins(_ margins: RankingReport.Margins) -> String {
        let threshold = DecimalText.text(margins.clearThreshold, decimals: 2, language: report.language)
        return report.language.say(
            """
            Margins enter by an ordinal model (Agresti 1992): the judge perceives θa − θb + β with logistic noise and says "clearly" \
            from a threshold on that is estimated with the abilities; told from its preferences alone it would lie at \(threshold). \
            Undecided judgements are an interval around zero, or Davidson's ties (1970) where no margins are used.
            """,
            """
            Marginaler tas med genom en ordinal modell (Agresti 1992): domaren uppfattar θa − θb + β med logistiskt brus och säger \
            ”klart” från en tröskel som skattas tillsammans med nivåerna; ur preferenserna ensamma skulle den ligga vid \(threshold). \
            Oavgjorda bedömningar är ett intervall kring noll, eller Davidsons oavgjorda (1970) där inga marginaler används.
            """
        )
    }

    private var error: String {
        report.language.say(
            """
            The error (±) is the standard deviation of the posterior in its normal approximation, from the full covariance \
            of all abilities with their sum held at zero, and with what is not known of σ. The bars in the drawing reach 1.96 errors to either side.
            """,
            """
            Felet (±) är posteriorns standardavvikelse i normalapproximation, ur hela kovariansen för alla nivåer med \
            summan hållen vid noll, och med osäkerheten om σ. Strecken i bilden når 1,96 fel åt vardera hållet.
            """
        )
    }

    private var reliability: String {
        report.language.say(
            """
            Reliability (posterior) is the squared correlation with the true abilities that the posterior expects: whatever \
            part of the errors does not merely stretch the scale lowers it. Of n essays with abilities θ and errors s, let V = Σθ²/(n − 1) be \
            the variance of the abilities. Scale separation reliability is 1 − (Σs²/n) / V, or zero where the error \
            is the larger; the separation ratio is √(V / (Σs²/n)). The expected Kendall's tau is the mean over all pairs of \
            2Φ(|θa − θb| / s) − 1, with s the standard error of the difference, from the full covariance. Essays that the \
            judge refused again and again are left out of these figures.
            """,
            """
            Reliabilitet (posterior) är den kvadrerade korrelation med de sanna nivåerna som posteriorn väntar: den del av felen \
            som inte bara tänjer skalan sänker den. Låt V = Σθ²/(n − 1) vara nivåernas varians för n uppsatser \
            med nivåerna θ och felen s. Skalseparationsreliabilitet är 1 − (Σs²/n) / V, eller noll där felet är större; \
            separationskvoten är √(V / (Σs²/n)). Väntad Kendalls tau är medelvärdet över alla par av 2Φ(|θa − θb| / s) − 1, \
            där s är skillnadens standardfel, ur hela kovariansen. Uppsatser som domaren gång på gång vägrade bedöma ingår \
            inte i dessa siffror.
            """
        )
    }

    private var fit: String {
        report.language.say(
            """
            Infit is the sum of squared residuals divided by the sum of their variances; outfit is the mean of the squared \
            standardised residuals. Both are 1 when judgements scatter as the model says.
            """,
            """
            Infit är summan av residualerna i kvadrat delad med summan av deras varianser; outfit är medelvärdet av de \
            standardiserade residualerna i kvadrat. Båda är 1 när bedömningarna sprids som modellen säger.
            """
        )
    }

    private var grades: String {
        report.language.say(
            """
            Grades come from the anchors, the essays whose grades were given: ordered borders between the grades are \
            estimated along the scale, and the probability of a grade takes in the uncertainty of the essay and of the \
            borders. The grade shown is the most probable one; an anchor keeps the grade it came with.
            """,
            """
            Betygen kommer från ankarna, uppsatserna vars betyg var givna: ordnade gränser mellan betygen skattas längs \
            skalan, och sannolikheten för ett betyg tar med osäkerheten hos både uppsatsen och gränserna. Det visade \
            betyget är det mest sannolika; ett ankare behåller det betyg det kom med.
            """
        )
    }

    private var limits: String {
        report.language.say(
            """
            What these figures cannot show: whether the judge values what you value. A judge that consistently prefers, \
            say, longer essays gives a reliable ranking of the wrong thing. Read the reasons, look at the essays worth a \
            second look, and let a teacher's decision stand over the ranking.
            """,
            """
            Vad siffrorna inte kan visa: om domaren värderar det du värderar. En domare som genomgående föredrar till \
            exempel längre uppsatser ger en tillförlitlig rangordning av fel sak. Läs skälen, titta på det som är värt att \
            titta på igen, och låt en lärares beslut stå över rangordningen.
            """
        )
    }
}
