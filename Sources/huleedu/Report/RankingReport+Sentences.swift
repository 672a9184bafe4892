extension RankingReport {
    /// Why the run ended, as a sentence.
    var stopSentence: String {
        switch stop.reason {
        case .converged:
            let goal = limits.goal.short(in: language) ?? ""
            return language.say(
                "Stopped because the ranking reached what was asked for (\(goal)).",
                "Avslutad för att rangordningen nådde det som begärdes (\(goal)).")
        case .comparisonBudget:
            return language.say(
                "Stopped because the budget of comparisons was used up\(unreached).",
                "Avslutad för att det tillåtna antalet jämförelser tog slut\(unreached).")
        case .moneyBudget:
            if !stop.failure.isEmpty {
                return language.say(
                    "Stopped because a budget that the provider service keeps does not allow more (\(stop.failure)).",
                    "Avslutad för att en budget hos leverantörstjänsten inte tillåter mer (på engelska: \(stop.failure)).")
            }
            return language.say(
                "Stopped because the money set aside was used up\(unreached).",
                "Avslutad för att de avsatta pengarna tog slut\(unreached).")
        case .pairsExhausted:
            return language.say(
                "Stopped because every pair had been judged as often as it may be.",
                "Avslutad för att varje par hade bedömts så många gånger som det får.")
        case .timeLimit:
            return language.say(
                "Stopped because the time was over\(unreached).",
                "Avslutad för att tiden var ute\(unreached).")
        case .cancelled:
            guard isRanked else {
                return language.say("Stopped by its owner before anything was judged.", "Avbruten av ägaren innan något bedömts.")
            }
            return language.say(
                "Stopped by its owner; the ranking rests on what had been judged by then.",
                "Avbruten av ägaren; rangordningen bygger på det som dittills hade bedömts.")
        case .judgeFailed:
            let failure = stop.failure.isEmpty ? "" : language.say(" (\(stop.failure))", " (på engelska: \(stop.failure))")
            let base = language.say(
                "Stopped because the judge failed too often\(failure)",
                "Avslutad för att domaren misslyckades för ofta\(failure)")
            guard isRanked else { return base + "." }
            return base
                + language.say(
                    "; the ranking rests on what had been judged by then.",
                    "; rangordningen bygger på det som dittills hade bedömts.")
        case .blindJudge:
            return language.say(
                "Stopped without a ranking because the judge answers by the places in which essays are shown: \(stop.failure).",
                "Avslutad utan rangordning för att domaren svarar efter platsen där uppsatserna visas (på engelska: \(stop.failure))."
            )
        }
    }

    /// What was not reached, as the end of a sentence; empty where only the limits were to stop the run.
    private var unreached: String {
        limits.goal.phrase(in: language).map { language.say(" before \($0) was reached", " innan \($0) nåddes") } ?? ""
    }

    /// Why there is no ranking, where there is none.
    var unrankedSentence: String {
        if stop.reason == .blindJudge {
            return language.say("What was judged orders nothing.", "Det som bedömdes ordnar ingenting.")
        }
        return language.say("Nothing was judged, so nothing is ranked.", "Inget bedömdes, så inget är rangordnat.")
    }

    /// What the run cost and what the cache saved, as a sentence.
    var costSentence: String {
        if judge.simulated {
            return language.say("It cost nothing: the judge is simulated.", "Det kostade ingenting: domaren är simulerad.")
        }
        guard let total = cost.total else {
            return language.say(
                "What it cost is not known: no price is on record for this model.",
                "Vad det kostade är inte känt: inget pris finns för modellen.")
        }
        let spent = total.formatted(in: language)
        let base = language.say("It cost \(spent)", "Det kostade \(spent)")
        guard let savings = cost.cacheSavings, savings.nanodollars != 0 else { return base + "." }
        let sum = Money(nanodollars: Int64(clamping: savings.nanodollars.magnitude)).formatted(in: language)
        if savings.nanodollars < 0 {
            return base + language.say("; the prompt cache added \(sum).", "; promptcachen lade till \(sum).")
        }
        return base + language.say("; the prompt cache saved \(sum).", "; promptcachen sparade \(sum).")
    }

    /// The warning that every output of a simulated run carries; nil otherwise.
    var simulationNotice: String? {
        guard judge.simulated else { return nil }
        return language.say(
            """
            Simulated judge: no language model has read these essays. The figures show how the program works, not how good \
            the essays are.
            """,
            """
            Simulerad domare: ingen språkmodell har läst uppsatserna. Siffrorna visar hur programmet fungerar, inte hur bra \
            uppsatserna är.
            """
        )
    }

    /// "58 essays", in the report's language.
    func essays(_ number: Int) -> String {
        let text = DecimalText.count(number, language: language)
        return language.say("\(text) essay\(number == 1 ? "" : "s")", "\(text) uppsats\(number == 1 ? "" : "er")")
    }

    /// "214 judgements", in the report's language.
    func judgements(_ number: Int) -> String {
        let text = DecimalText.count(number, language: language)
        return language.say("\(text) judgement\(number == 1 ? "" : "s")", "\(text) bedömning\(number == 1 ? "" : "ar")")
    }

    /// "4 anchors", in the report's language.
    func anchors(_ number: Int) -> String {
        let text = DecimalText.count(number, language: language)
        return language.say("\(text) anchor\(number == 1 ? "" : "s")", "\(text) ankare")
    }
}
