/// A table of plain text that fits its place: columns are dropped and names cut where there is no room.
struct TextTable: Sendable {
    struct Column: Sendable {
        let title: String
        var isNumber = false
        let cells: [String]
        /// Lower goes first when there is no room; nil stays.
        var dropOrder: Int?

        var width: Int { max(DisplayWidth.of(title), cells.map(DisplayWidth.of).max() ?? 0) }
    }

    /// Fewest columns to which names are cut before other columns are dropped.
    static let leastNameWidth = 8

    private static let gap = "  "

    let columns: [Column]
    /// Which of the columns holds names, and is cut; it is never dropped.
    let nameColumn: Int
    let capabilities: TerminalCapabilities

    /// The table's lines, with a line end after each.
    func text() -> String {
        var columns = columns
        let room = capabilities.columns ?? .max
        while overflow(of: columns, in: room) > nameSlack(columns), let drop = nextToDrop(columns) {
            columns.remove(at: drop)
        }
        let nameWidth = max(Self.leastNameWidth, columns[nameColumn].width - max(0, overflow(of: columns, in: room)))
        let widths = columns.indices.map { $0 == nameColumn ? min(nameWidth, columns[$0].width) : columns[$0].width }
        var lines = [
            styled(.bold, line(columns.map(\.title), columns: columns, widths: widths)),
            styled(.dim, widths.map { String(repeating: "─", count: $0) }.joined(separator: Self.gap)),
        ]
        for row in columns[nameColumn].cells.indices {
            lines.append(line(columns.map { $0.cells[row] }, columns: columns, widths: widths))
        }
        return lines.map { $0 + "\n" }.joined()
    }

    private func overflow(of columns: [Column], in room: Int) -> Int {
        columns.reduce(0) { $0 + $1.width } + Self.gap.count * (columns.count - 1) - room
    }

    /// By how much the names may be cut.
    private func nameSlack(_ columns: [Column]) -> Int {
        max(0, columns[nameColumn].width - Self.leastNameWidth)
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
