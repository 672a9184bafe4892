/// How the figures came about: the method, the settings of the run, the rubric. With the judgements, abilities and errors on the
/// page that is what the figures follow from.
struct MethodSection: ReportSection {
    let context: ReportContext

    var html: HTML {
        let steps: [HTML] = MethodText(report: report).paragraphs.map { "<p>\($0)</p>\n" }
        return section(
            "method", say("Method", "Metod"), "\(steps)\(settings)\(rubric)\(skipped)")
    }

    private var settings: HTML {
        let judge = report.judge
        let rows: [HTML] = [
            row(say("Model", "Modell"), "\(judge.provider) · \(judge.model)"),
            row(say("Temperature", "Temperatur"), judge.temperature.map { decimal($0) } ?? say("the vendor's", "leverantörens")),
            row(say("Prompt version", "Promptversion"), judge.promptVersion),
            row(say("Language of the prompt", "Promptens språk"), say("English", "svenska")),
            row(say("Pairs chosen by", "Par valda efter"), pairing),
            row(
                report.limits.goal.subject(in: language),
                report.limits.goal.figure.map { decimal($0) }
                    ?? say("as much as the limits allow", "så mycket som gränserna medger")),
            row(
                say("Probability that this was reached", "Sannolikhet att detta nåddes"),
                report.goalProgress.map { DecimalText.percent($0.probability, language: language) } ?? "–"),
            row(say("Judgements at most", "Bedömningar som mest"), count(report.limits.comparisons)),
            row(
                say("Money at most", "Pengar som mest"),
                report.limits.money.map { $0.formatted(in: language) } ?? say("no limit", "ingen gräns")),
            row(
                say("Comparisons at once", "Jämförelser samtidigt"),
                report.limits.concurrency.map(count) ?? say("the service's default", "tjänstens förval")),
            row(
                say("Prior on the leaning", "Prior för dragningen"),
                say("normal, standard deviation ", "normal, standardavvikelse ") + decimal(judge.positionBiasPrior)),
            row(say("Grades", "Betyg"), report.grades.isEmpty ? "–" : report.grades.joined(separator: ", ")),
            row(say("Seed", "Frö"), String(report.seed)),
            row(say("Started", "Började"), report.started.rfc3339),
            row(say("Finished", "Slutade"), report.finished.rfc3339),
            row(say("Calls to the provider", "Anrop till leverantören"), count(report.cost.providerCalls)),
            row(say("Assessment", "Bedömningsomgång"), report.assessmentID),
        ]
        return """
            <h3>\(say("Settings of this run", "Inställningar för denna körning"))</h3>
            <table class="small"><tbody>
            \(rows)</tbody></table>

            """
    }

    private func row(_ name: String, _ value: String) -> HTML {
        "<tr><th scope=\"row\">\(name)</th><td class=\"mono\">\(value)</td></tr>\n"
    }

    private var pairing: String {
        switch report.pairing {
        case .information: say("information", "information")
        case .rounds: say("rounds, by chance", "omgångar, slump")
        case .matching: say("rounds, by likeness", "omgångar, likhet")
        case .random: say("chance", "slump")
        }
    }

    private var rubric: HTML {
        guard !report.rubric.isEmpty else { return .empty }
        let heading =
            report.isRubricBuiltIn
            ? say("The rubric the judge was given: the built-in one", "Bedömningsanvisningen som domaren fick: den inbyggda")
            : say("The rubric the judge was given", "Bedömningsanvisningen som domaren fick")
        return """
            <details class="text"><summary>\(heading)</summary>
            <div class="prose" dir="auto">\(report.rubric)</div></details>

            """
    }

    private var skipped: HTML {
        guard !report.skipped.isEmpty else { return .empty }
        let entries = report.skipped.map { file -> HTML in
            "<li><bdi>\(file.name)</bdi> – \(file.explanation(in: language))</li>\n"
        }
        return "<h3>\(say("Left out", "Utelämnat"))</h3>\n<ul>\n\(entries)</ul>\n"
    }
}
