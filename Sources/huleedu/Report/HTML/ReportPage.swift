/// The report as one HTML file that needs nothing else: no script, no font, no picture from elsewhere.
struct ReportPage: Sendable {
    let report: RankingReport

    /// The whole file.
    func text() -> String {
        let context = ReportContext(report)
        let sections: [any ReportSection] = [
            ScaleSection(context: context),
            RankingSection(context: context),
            MatrixSection(context: context),
            ReliabilitySection(context: context),
            JudgeSection(context: context),
            EssaysSection(context: context),
            JudgementsSection(context: context),
            MethodSection(context: context),
        ]
        return PageShell(
            language: report.language, title: "\(report.title) – \(kind)", header: HeaderSection(context: context).html,
            sections: sections.map(\.html).joined(), footer: footer
        ).text()
    }

    private var kind: String {
        report.language.say("ranking by comparative judgement", "rangordning genom parvis bedömning")
    }

    private var footer: HTML {
        " · \(report.finished.minuteText) · <span class=\"mono\">\(report.assessmentID)</span>"
    }
}
