/// Essays that seem to speak to the judge, with what they say.
struct SuspectList: ReportSection {
    /// Passages of one essay that are shown.
    static let shown = 3

    let context: ReportContext

    var html: HTML {
        guard !report.suspects.isEmpty else { return .empty }
        let intro = say(
            """
            These essays have passages that read like instructions to the judge. The judge is told to take no notice of such, and \
            ranking and grades are as without the flag; whether an attempt to cheat or chance, only a reader can tell.
            """,
            """
            De här uppsatserna har partier som ser ut som instruktioner till domaren. Domaren är tillsagd att inte bry sig om sådant, \
            och rangordning och betyg är som utan flaggan; om det är ett försök att fuska eller en slump kan bara en läsare avgöra.
            """)
        return """
            <h3>\(say("Essays that seem to speak to the judge", "Uppsatser som tycks vända sig till domaren"))</h3>
            <p>\(intro)</p>
            <ul>
            \(report.suspects.map(entry))</ul>

            """
    }

    private func entry(_ suspect: RankingReport.Suspect) -> HTML {
        let passages = suspect.attempts.prefix(Self.shown).map { attempt -> HTML in
            " <q>\(attempt.excerpt)</q> <span class=\"quiet\">(\(attempt.kind.text(in: language)))</span>"
        }
        let more = suspect.attempts.count - Self.shown
        let rest: HTML = more > 0 ? " \(say("and \(more) more", "och \(more) till"))" : .empty
        return "<li>\(link(to: suspect.id)):\(passages)\(rest)</li>\n"
    }
}
