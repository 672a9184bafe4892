import Foundation
import WireDump

/// Packets in, one table after another out.
struct TopView {
    private var reader: TrafficReader
    private var figures: IntervalFigures
    private var output = Output()
    private let palette: Palette
    private let isTerminal = isatty(STDOUT_FILENO) == 1
    private var latest: UInt64 = 0

    init(seconds: Double, ports: Set<UInt16>, palette: Palette) {
        reader = TrafficReader(ports: ports, keeping: .nothing)
        figures = IntervalFigures(seconds: seconds)
        self.palette = palette
    }

    mutating func receive(_ packet: CapturedPacket) throws {
        latest = max(latest, packet.nanoseconds)
        try show(figures.advance(to: packet.nanoseconds, running: reader.runningCalls))
        for event in reader.receive(packet) { figures.receive(event) }
    }

    /// Looks at the clock, for nothing may come for a while.
    mutating func tick() throws {
        let now = ClockTime.now
        latest = max(latest, now)
        try show(figures.advance(to: now, running: reader.runningCalls))
    }

    mutating func end() throws {
        for event in reader.finish() { figures.receive(event) }
        try show(figures.finish(at: latest))
        if isTerminal { try output.write([""]) }
        try output.flush()
    }

    private mutating func show(_ snapshot: IntervalFigures.Snapshot?) throws {
        guard let snapshot else { return }
        let table = TopTable(snapshot, palette: palette)
        if isTerminal {
            let (columns, rows) = Self.screen
            try output.write(Array(TopTable.drawing(table.screen(columns: columns, rows: rows)).utf8))
        } else {
            try output.write(table.lines)
        }
        try output.flush()
    }

    /// Columns and rows of the terminal, or those of the first that there were.
    private static var screen: (columns: Int, rows: Int) {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return (80, 24) }
        return (Int(size.ws_col), Int(size.ws_row))
    }
}
