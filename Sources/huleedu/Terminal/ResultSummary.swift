/// What stands under the table: how reliable the ranking is, why the run stopped, what it cost, what was left out.
struct ResultSummary: Sendable {
    /// Skipped files that are named; the rest is counted.
    static let namedSkips = 10

    let report: RankingReport
    let capabilities: TerminalCapabilities

    /// The summary's lines, with a line end after each.
    func text() -> String {
        var lines: [String] = []
        if let notice = report.simulationNotice {
            lines.append(TextStyle.yellow.applied(to: notice, colour: capabilities.hasColour))
        }
        lines.append(reliability())
        lines.append(report.stopSentence)
        lines.append(effort())
        lines.append(contentsOf: report.gradingNotes.map { DisplayWidth.safe($0.text(in: report.language)) })
        if let sentence = report.suspectSentence {
            lines.append(TextStyle.yellow.applied(to: DisplayWidth.safe(sentence), colour: capabilities.hasColour))
        }
        lines.append(contentsOf: skips())
        return lines.map { $0 + "\n" }.joined()
    }

    private func reliability() -> String {
        let language = report.language
        guard let reliability = report.reliability else {
            return report.unrankedSentence
        }
        let posterior = DecimalText.text(reliability.posterior, decimals: 2, language: language)
        let separation = DecimalText.text(reliability.scaleSeparation, decimals: 2, language: language)
        return language.say(
            "Reliability \(posterior) (scale separation \(separation)).",
            "Reliabilitet \(posterior) (skalseparation \(separation)).")
    }

    private func effort() -> String {
        let language = report.language
        let judged = report.judgements(report.judgements.count)
        let time = DurationText.text(report.started.duration(to: report.finished))
        return language.say(
            "\(judged) in \(time), seed \(report.seed). \(report.costSentence)",
            "\(judged) på \(time), frö \(report.seed). \(report.costSentence)")
    }

    private func skips() -> [String] {
        let language = report.language
        var lines = report.skipped.prefix(Self.namedSkips).map { file in
            let name = DisplayWidth.safe(file.name)
            return language.say("Skipped", "Hoppade över") + " \(name): \(file.explanation(in: language))."
        }
        let rest = report.skipped.count - Self.namedSkips
        if rest > 0 {
            lines.append(language.say("… and \(rest) more skipped.", "… och \(rest) till."))
        }
        return lines
    }
}
