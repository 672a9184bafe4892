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
        guard let offered = offered.take(), let server = try? Hello(decoding: answer) else { return }
        let features = offered.features.intersection(server.features)
        if features.contains(.window) {
            credits = [.client: Credit(server.windows), .server: Credit(offered.windows)]
        }
        hasPieces = features.contains(.fragments)
    }

    /// Whether flag 8 of a side may say that its message goes on.
    func mayHavePieces(_ side: Side, _ sight: Sight) -> Bool { hasPieces || (greeting != .met && !isPlain(side, sight)) }

    /// A message once it has come together.
    ///
    /// - Returns: nil before that, and for a piece that is out of place.
    mutating func whole(_ frame: Frame, from side: Side, _ sight: Sight, _ report: inout Report) -> Frame? {
        guard !frame.type.isControl, mayHavePieces(side, sight),
            pieces[side]?.concerns(frame.stream, frame.flags) == true
        else { return frame }
        if frame.type == .request, side == .client, pieces[side]?.isInside(frame.stream) == false {
            beginPieces(on: frame.stream, sight, &report)
        }
        do throws(RPCError) {
            return try pieces[side]?.take(frame).whole
        } catch {
            report.add(.pieceOutOfPlace, error.message, if: hasPieces && sight.isSenderWhole)
            // Whoever reads it closes the connection.
            pieces[side] = Reassembly(longest: Self.longestPayload)
            return nil
        }
    }

    /// A request that has come in part never begins.
    mutating func dropRequest(on stream: StreamID) {
        guard pieces[.client]?.kept.contains(where: { $0.stream == stream && $0.type == .request }) == true else { return }
        pieces[.client]?.drop(stream)
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
