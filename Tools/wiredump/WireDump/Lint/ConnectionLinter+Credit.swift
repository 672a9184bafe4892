import Wire

extension ConnectionLinter {
    /// The credit that one side has, as far as was seen.
    struct Credit: Sendable {
        let windows: StreamWindows
        var all: CreditWindow
        var streams: [StreamID: CreditWindow] = [:]

        init(_ windows: StreamWindows) {
            self.windows = windows
            all = CreditWindow(bytes: windows.connection)
        }

        /// - Parameter isRunning: whether the stream has credit of its own.
        mutating func spend(_ cost: Int, on stream: StreamID, isRunning: Bool) -> Bool {
            let isAdmitted = all.admits(cost)
            all.spend(cost)
            guard isRunning else { return isAdmitted }
            var own = streams[stream] ?? CreditWindow(bytes: windows.stream)
            let isAdmittedHere = own.admits(cost)
            own.spend(cost)
            streams[stream] = own
            return isAdmitted && isAdmittedHere
        }

        mutating func give(_ credit: Int, on stream: StreamID) -> Bool {
            guard stream != .control else { return all.give(credit) }
            return streams[stream]?.give(credit) ?? false
        }
    }

    /// A client says Hello.
    mutating func offer(_ hello: [UInt8]) {
        // One that cannot be read is refused.
        offered = try? Hello(decoding: hello)
    }

    /// A server has answered: from here on messages cost credit, where both have said that they give it.
    mutating func agree(_ answer: [UInt8]) {
        // An answer that cannot be read is a plain server's.
        guard let offered = offered.take(), let server = try? Hello(decoding: answer),
            offered.features.intersection(server.features).contains(.window)
        else { return }
        credits = [.client: Credit(server.windows), .server: Credit(offered.windows)]
    }

    mutating func spend(_ frame: Frame, from side: Side, _ sight: Sight, _ report: inout Report) {
        guard !frame.flags.contains(.noData) else { return }
        let cost = CreditWindow.cost(of: frame.payload)
        guard credits[side]?.spend(cost, on: frame.stream, isRunning: running[frame.stream] != nil) == false else { return }
        report.add(.windowExceeded, "\(frame.payload.count) bytes", if: sight.isAll)
    }

    mutating func give(
        _ credit: UInt32, on stream: StreamID, from side: Side, _ sight: Sight, _ report: inout Report
    ) {
        let other: Side = side == .client ? .server : .client
        guard credits[other]?.give(Int(credit), on: stream) == false else { return }
        // Of a call that has ended credit is worth nothing.
        report.add(.excessCredit, "\(credit) bytes", if: sight.isAll && (stream == .control || running[stream] != nil))
    }
}
