/// What an interval had, as a table that fits on a screen or as lines that follow one another.
package struct TopTable: Sendable {
    private static let head = ["method", "calls/s", "faults/s", "sent/s", "received/s", "p50", "p99", "longest", "calls"]
    /// Columns for the names of methods, below which a narrow screen does without the bytes.
    private static let shortestName = 16

    private let snapshot: IntervalFigures.Snapshot
    private let palette: Palette

    package init(_ snapshot: IntervalFigures.Snapshot, palette: Palette = .plain) {
        self.snapshot = snapshot
        self.palette = palette
    }

    // MARK: - On a screen

    /// Lines that fit on a screen: what all methods had, then each method, those first that were called in the interval.
    package func screen(columns: Int, rows: Int) -> [String] {
        var table = [Self.head] + methods.map { cells($0.method, $0.now, total: $0.total) }
        if name(in: table, columns) < Self.shortestName { table = table.map(Self.withoutBytes) }
        let widths = Self.widths(table)
        let name = name(in: table, columns)
        // The heading, and the two lines above it.
        let room = max(1, rows - 2)
        // The last line says how many there is no room for.
        let shown = table.count > room ? table.prefix(max(1, room - 1)) : table[...]
        var lines = [String(summary.prefix(columns)), ""]
        for (number, line) in shown.enumerated() {
            lines.append(text(line, name: name, widths: widths, isHead: number == 0, columns: columns))
        }
        if shown.count < table.count { lines.append(String("and \(table.count - shown.count) more methods".prefix(columns))) }
        return Array(lines.prefix(rows))
    }

    private static func widths(_ table: [[String]]) -> [Int] {
        table[0].indices.map { column in table.map { $0[column].count }.max() ?? 0 }
    }

    /// Columns that a screen leaves for the names of methods.
    private func name(in table: [[String]], _ columns: Int) -> Int {
        let widths = Self.widths(table)
        return max(1, min(widths[0], columns - widths.dropFirst().reduce(0) { $0 + $1 + 2 }))
    }

    private static func withoutBytes(_ cells: [String]) -> [String] { Array(cells[..<3] + cells[5...]) }

    /// What draws lines over those that were drawn before.
    package static func drawing(_ lines: [String]) -> String {
        // From the upper left corner on, each line to its end, and then what is left of the screen.
        "\u{1B}[H" + lines.map { $0 + "\u{1B}[K" }.joined(separator: "\n") + "\u{1B}[J"
    }

    private var summary: String {
        let calls = snapshot.rows.reduce(0) { $0 + $1.calls }
        let faults = snapshot.rows.reduce(0) { $0 + $1.faults + $1.unanswered }
        return "\(ClockText.time(snapshot.end).prefix(8))  \(rate(calls)) calls/s  \(rate(faults)) faults/s  "
            + "running \(snapshot.running)  calls \(snapshot.totals.reduce(0) { $0 + $1.calls })"
    }

    /// Every method that was ever called, with what the interval had of it.
    private var methods: [(method: String, now: CallStatistics.Row?, total: Int)] {
        let totals = Dictionary(uniqueKeysWithValues: snapshot.totals.map { ($0.method, $0.calls) })
        let called = Set(snapshot.rows.map(\.method))
        let silent = snapshot.totals.filter { !called.contains($0.method) }
        return snapshot.rows.map { ($0.method, $0, totals[$0.method] ?? $0.calls) } + silent.map { ($0.method, nil, $0.calls) }
    }

    private func cells(_ method: String, _ row: CallStatistics.Row?, total: Int) -> [String] {
        guard let row else { return [method, "0", "0", "0 B", "0 B", "-", "-", "-", "\(total)"] }
        return [
            method, rate(row.calls), rate(row.faults + row.unanswered), bytes(row.requestBytes), bytes(row.responseBytes),
            ClockText.duration(row.median), ClockText.duration(row.percentile99), ClockText.duration(row.longest), "\(total)",
        ]
    }

    private func text(_ cells: [String], name: Int, widths: [Int], isHead: Bool, columns: Int) -> String {
        // The end of a name tells more than its beginning, which is its package.
        let method = cells[0].count > name ? "…" + cells[0].suffix(name - 1) : cells[0]
        let others = cells.indices.dropFirst().map {
            "  " + String(repeating: " ", count: widths[$0] - cells[$0].count) + cells[$0]
        }
        let rest = String(repeating: " ", count: name - method.count) + others.joined()
        // A screen that is narrower than the figures cuts them off.
        let fitting = String(rest.prefix(max(0, columns - method.count)))
        return isHead ? method + fitting : palette.paint(method, .name) + fitting
    }

    // MARK: - As lines

    /// One line for each method that had calls.
    package var lines: [String] {
        snapshot.rows.map { row in
            let figures = zip(Self.head, cells(row.method, row, total: 0)).dropFirst().dropLast()
            return "\(ClockText.time(snapshot.end).prefix(8))  \(palette.paint(row.method, .name))  "
                + figures.map { "\($0) \($1)" }.joined(separator: "  ")
        }
    }

    // MARK: - Figures

    /// A second's share, with one digit behind the point below a hundred.
    private func rate(_ count: Int) -> String {
        let tenths = Int((Double(count) / snapshot.seconds * 10).rounded())
        return tenths == 0 || tenths >= 1000 ? "\((tenths + 5) / 10)" : "\(tenths / 10).\(tenths % 10)"
    }

    private func bytes(_ count: Int) -> String {
        let share = Int((Double(count) / snapshot.seconds).rounded())
        return switch share {
        case ..<10_000: "\(share) B"
        case ..<10_000_000: "\((share + 500) / 1000) kB"
        default: "\((share + 500_000) / 1_000_000) MB"
        }
    }
}
