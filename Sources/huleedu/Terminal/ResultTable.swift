/// The ranking as a table of plain text: rank, essay, ability ± error, comparisons, and the grade where there is one. An anchor
/// stands with the grade it came with.
struct ResultTable: Sendable {
    let report: RankingReport
    let capabilities: TerminalCapabilities

    /// The table's lines, with a line end after each; nothing where nothing was judged.
    func text() -> String {
        guard report.isRanked else { return "" }
        return TextTable(columns: columns(), nameColumn: 1, capabilities: capabilities).text()
    }

    private func columns() -> [TextTable.Column] {
        let language = report.language
        let items = report.items
        var columns = [
            TextTable.Column(title: language.say("Rank", "Plats"), isNumber: true, cells: items.map { "\($0.rank)" }),
            TextTable.Column(title: language.say("Essay", "Uppsats"), cells: items.map { DisplayWidth.safe($0.id) }),
            TextTable.Column(title: language.say("Ability ± error", "Nivå ± fel"), isNumber: true, cells: items.map(ability)),
            TextTable.Column(
                title: language.say("Comparisons", "Jämförelser"), isNumber: true, cells: items.map { "\($0.comparisons)" },
                dropOrder: 1),
        ]
        if report.isGraded {
            columns.append(
                TextTable.Column(
                    title: language.say("Grade", "Betyg"), cells: items.map { DisplayWidth.safe($0.gradeWithStep ?? "–") }))
            columns.append(
                TextTable.Column(
                    title: language.say("Certainty", "Säkerhet"), isNumber: true, cells: items.map(certainty), dropOrder: 0))
        }
        return columns
    }

    private func ability(_ item: RankingReport.Item) -> String {
        let ability = DecimalText.signed(item.ability, decimals: 2, language: report.language)
        return "\(ability) ± \(DecimalText.text(item.standardError, decimals: 2, language: report.language))"
    }

    private func certainty(_ item: RankingReport.Item) -> String {
        if item.anchorGrade != nil { return report.language.say("anchor", "ankare") }
        guard let share = item.gradeProbabilities.first(where: { $0.grade == item.grade })?.probability else { return "–" }
        return DecimalText.percent(share, language: report.language)
    }
}
