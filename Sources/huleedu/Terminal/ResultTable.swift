/// The ranking as a table of plain text: rank, essay, ability ± error, comparisons, and the grade where there is one.
struct ResultTable: Sendable {
    private struct Column {
        let title: String
        let isNumber: Bool
        let cells: [String]
        /// Lower goes first when there is no room; nil stays.
        let dropOrder: Int?

        var width: Int { max(DisplayWidth.of(title), cells.map(DisplayWidth.of).max() ?? 0) }
    }

    /// Fewest columns to which the names are cut before other columns are dropped.
    static let leastNameWidth = 8

    private static let gap = "  "

    let report: RankingReport
    let capabilities: TerminalCapabilities

    /// The table's lines, with a line end after each.
    func text() -> String {
        var columns = allColumns()
        let room = capabilities.columns ?? .max
        while overflow(of: columns, in: room) > nameSlack(columns), let drop = nextToDrop(columns) {
            columns.remove(at: drop)
        }
        let nameWidth = max(Self.leastNameWidth, columns[1].width - max(0, overflow(of: columns, in: room)))
        let widths = columns.indices.map { $0 == 1 ? min(nameWidth, columns[1].width) : columns[$0].width }
        var lines = [
            styled(.bold, line(columns.map(\.title), columns: columns, widths: widths)),
            styled(.dim, widths.map { String(repeating: "─", count: $0) }.joined(separator: Self.gap)),
        ]
        for row in report.items.indices {
            lines.append(line(columns.map { $0.cells[row] }, columns: columns, widths: widths))
        }
        return lines.map { $0 + "\n" }.joined()
    }

    private func allColumns() -> [Column] {
        let language = report.language
        let items = report.items
        var columns = [
            Column(title: language.say("Rank", "Plats"), isNumber: true, cells: items.map { "\($0.rank)" }, dropOrder: nil),
            Column(
                title: language.say("Essay", "Uppsats"), isNumber: false, cells: items.map { DisplayWidth.safe($0.id) },
                dropOrder: nil),
            Column(
                title: language.say("Ability ± error", "Nivå ± fel"), isNumber: true, cells: items.map(ability), dropOrder: nil),
            Column(
                title: language.say("Comparisons", "Jämförelser"), isNumber: true, cells: items.map { "\($0.comparisons)" },
                dropOrder: 1),
        ]
        if report.isGraded {
            columns.append(
                Column(
                    title: language.say("Grade", "Betyg"), isNumber: false,
                    cells: items.map { DisplayWidth.safe($0.grade ?? "–") }, dropOrder: nil))
            columns.append(
                Column(
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

    private func overflow(of columns: [Column], in room: Int) -> Int {
        columns.reduce(0) { $0 + $1.width } + Self.gap.count * (columns.count - 1) - room
    }

    /// By how much the names may be cut.
    private func nameSlack(_ columns: [Column]) -> Int {
        max(0, columns[1].width - Self.leastNameWidth)
    }

    private func nextToDrop(_ columns: [Column]) -> Int? {
        columns.indices.filter { columns[$0].dropOrder != nil }.min {
            columns[$0].dropOrder ?? .max < columns[$1].dropOrder ?? .max
        }
    }

    private func line(_ cells: [String], columns: [Column], widths: [Int]) -> String {
        let fields = cells.indices.map { index in
            columns[index].isNumber
                ? DisplayWidth.rightAligned(cells[index], in: widths[index])
                : DisplayWidth.fitted(cells[index], to: widths[index])
        }
        let text = fields.joined(separator: Self.gap)
        return String(text.reversed().drop(while: { $0 == " " }).reversed())
    }

    private func styled(_ style: TextStyle, _ text: String) -> String {
        style.applied(to: text, colour: capabilities.hasColour)
    }
}
