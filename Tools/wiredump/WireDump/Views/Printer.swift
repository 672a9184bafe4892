import Wire

/// What of the traffic is told.
package enum View: String, Sendable, Hashable, CaseIterable {
    /// One line a call, when it has ended.
    case calls
    /// Calls with everything that was said in them.
    case messages
    /// One line a frame.
    case frames
    /// One line a method, at the end.
    case statistics
    /// Calls as they may be made or answered again.
    case fixtures
}

package enum OutputFormat: String, Sendable, Hashable, CaseIterable {
    case text
    /// One JSON object a line.
    case json
    case csv
}

/// Turns traffic into lines.
package struct Printer: Sendable {
    private let view: View
    private let format: OutputFormat
    private let filter: CallFilter
    private let decoder: MessageDecoder
    private let palette: Palette
    private let fixtures: FixtureCodec
    /// Calls of which no fixture can be made.
    package private(set) var incompleteCalls = 0
    private var statistics = CallStatistics()
    /// Calls that were told of, or counted.
    package private(set) var calls = 0
    /// Bytes that belong to no frame that could be found.
    package private(set) var skippedBytes = 0
    package private(set) var strayFrames = 0

    /// - Parameter palette: of text.
    package init(
        view: View, format: OutputFormat, filter: CallFilter, decoder: MessageDecoder, palette: Palette = .plain
    ) {
        self.view = view
        self.format = format
        self.filter = filter
        self.decoder = decoder
        self.palette = palette
        fixtures = FixtureCodec(schema: decoder.schema)
    }

    /// Lines before all others.
    package var header: [String] {
        guard format == .csv, view != .fixtures else { return [] }
        switch view {
        case .calls, .messages: return [CallLine.csvHeader]
        case .frames: return [FrameLine.csvHeader]
        case .statistics: return [StatisticsTable.csvHeader]
        case .fixtures: return []
        }
    }

    package mutating func lines(_ event: TrafficReader.Event) -> [String] {
        switch event {
        case .frame(let frame, let side, let connection, let time):
            guard view == .frames, filter.call.map({ $0 == .init(connection: connection, stream: frame.stream) }) ?? true else {
                return []
            }
            return [FrameLine(frame, side, connection: connection, nanoseconds: time).text(format)]
        case .skipped(let count, let side, let connection, let time):
            skippedBytes += count
            guard view == .frames, format == .text else { return [] }
            return [
                "\(ClockText.time(time))  #\(connection)  \(count) bytes of the \(side) belong to no frame that could be found"
            ]
        case .call(.ended(let call), _, _): return ended(call)
        case .call(.stray(let stream, let reason), let connection, let time):
            strayFrames += 1
            guard format == .text, view != .statistics, view != .fixtures else { return [] }
            return ["\(ClockText.time(time))  #\(connection)/\(stream.rawValue)  \(palette.paint("stray", .doubtful)): \(reason)"]
        case .finding: return []
        }
    }

    /// Lines after all others.
    package var footer: [String] {
        view == .statistics ? StatisticsTable(statistics.rows, palette: palette).lines(format) : []
    }

    private mutating func ended(_ call: Call) -> [String] {
        guard filter.accepts(call) else { return [] }
        // What a connection began with is nothing to be made again on another.
        if view == .fixtures, call.method == Hello.method { return [] }
        calls += 1
        if view == .statistics { statistics.add(call) }
        switch view {
        case .calls: return [CallLine(call, decoder: decoder, palette: palette).text(format)]
        case .messages: return CallLine(call, decoder: decoder, palette: palette).linesWithMessages(format)
        case .frames, .statistics: return []
        case .fixtures:
            // A fixture with holes is none.
            let line = decoder.redaction.showsAll ? fixtures.line(call) : nil
            if line == nil { incompleteCalls += 1 }
            return line.map { [$0] } ?? []
        }
    }
}
