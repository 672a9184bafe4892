/// Statistics of methods, a line each.
struct StatisticsTable {
    static let csvHeader =
        "method,calls,faults,unanswered,request_bytes,response_bytes,p50_ns,p90_ns,p99_ns,longest_ns"

    private let rows: [CallStatistics.Row]
    private let palette: Palette

    init(_ rows: [CallStatistics.Row], palette: Palette) {
        self.rows = rows
        self.palette = palette
    }

    func lines(_ format: OutputFormat) -> [String] {
        switch format {
        case .text: table
        case .csv:
            rows.map { row in
                "\(CallLine.csv(row.method)),\(row.calls),\(row.faults),\(row.unanswered),\(row.requestBytes),"
                    + "\(row.responseBytes),\(row.median),\(row.percentile90),\(row.percentile99),\(row.longest)"
            }
        case .json: rows.map(json)
        }
    }

    private var table: [String] {
        let head = ["method", "calls", "faults", "unanswered", "sent", "received", "p50", "p90", "p99", "longest"]
        let cells = rows.map { row in
            [
                row.method, "\(row.calls)", "\(row.faults)", "\(row.unanswered)", "\(row.requestBytes) B",
                "\(row.responseBytes) B", ClockText.duration(row.median), ClockText.duration(row.percentile90),
                ClockText.duration(row.percentile99), ClockText.duration(row.longest),
            ]
        }
        let widths = head.indices.map { column in ([head] + cells).map { $0[column].count }.max() ?? 0 }
        return ([head] + cells).enumerated().map { number, line in
            line.enumerated().map { column, cell in
                let space = String(repeating: " ", count: widths[column] - cell.count)
                let painted = number == 0 ? cell : paint(cell, in: head[column])
                return column == 0 ? painted + space : space + painted
            }.joined(separator: "  ")
        }
    }

    private func paint(_ cell: String, in column: String) -> String {
        switch column {
        case "method": palette.paint(cell, .name)
        case "faults": cell == "0" ? cell : palette.paint(cell, .bad)
        case "unanswered": cell == "0" ? cell : palette.paint(cell, .doubtful)
        default: cell
        }
    }

    private func json(_ row: CallStatistics.Row) -> String {
        var json = JSONText()
        json.object { json in
            json.key("method")
            json.string(row.method)
            for (name, value) in [
                ("calls", row.calls), ("faults", row.faults), ("unanswered", row.unanswered),
                ("request_bytes", row.requestBytes), ("response_bytes", row.responseBytes),
            ] {
                json.key(name)
                json.number(value)
            }
            for (name, value) in [
                ("p50_ns", row.median), ("p90_ns", row.percentile90), ("p99_ns", row.percentile99), ("longest_ns", row.longest),
            ] {
                json.key(name)
                json.number(value)
            }
        }
        return json.text
    }
}
