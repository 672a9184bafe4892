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
        let body = sections.map(\.html).joined()
        let page: HTML = """
            <!DOCTYPE html>
            <html lang="\(report.language.rawValue)">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <meta name="color-scheme" content="light dark">
            <meta name="generator" content="HuleEdu">
            <title>\(report.title) – \(kind)</title>
            <style>
            \(ReportStyle.sheet)
            </style>
            </head>
            <body>
            \(HeaderSection(context: context).html)<main>
            \(body)</main>
            \(footer)</body>
            </html>

            """
        return page.markup
    }

    private var kind: String {
        report.language.say("ranking by comparative judgement", "rangordning genom parvis bedömning")
    }

    private var footer: HTML {
        let made = report.language.say("Made by HuleEdu", "Skapad av HuleEdu")
        return """
            <footer><p>\(made) · \(report.finished.minuteText) · <span class="mono">\(report.assessmentID)</span></p></footer>

            """
    }
}
