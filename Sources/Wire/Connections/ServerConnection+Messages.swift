extension ServerConnection {
    // MARK: - Requests and messages, whole or in pieces

    /// A request or data, or a piece of it.
    mutating func message(
        _ frame: Frame, at now: @autoclosure () -> ContinuousClock.Instant
    ) throws(RPCError) -> [Action] {
        defer { if frame.type == .request { hasBegun = true } }
        let isInside = agreement.reassembly?.isInside(frame.stream) == true
        if frame.type == .data, !isInside { try begins(frame.flags, frame.payload.count, on: frame.stream) }
        guard agreement.reassembly?.concerns(frame.stream, frame.flags) == true else { return whole(frame) }
        let refusal = isInside ? nil : refusal(of: frame.type, on: frame.stream)
        guard let outcome = try agreement.reassembly?.take(frame, isWanted: refusal == nil, at: now()) else { return [] }
        var actions = refusal ?? []
        if outcome.isOverlong { actions += leftOut(frame.type, on: frame.stream, because: Self.overlong) }
        if let whole = outcome.whole { actions += self.whole(whole) }
        if let bytes = outcome.droppedBytes, frame.type == .data { actions += dropped(frame.flags, bytes, on: frame.stream) }
        return actions
    }

    private mutating func whole(_ frame: Frame) -> [Action] {
        frame.type == .request ? refusal(of: frame.stream) ?? request(frame) : data(frame)
    }

    /// Why nothing is made of a request or of data, whatever they say; nil where something may be.
    private mutating func refusal(of type: FrameType, on stream: StreamID) -> [Action]? {
        guard type == .data else { return refusal(of: stream) }
        return running[stream]?.isOpen == true ? nil : strayData(on: stream)
    }

    mutating func broken(_ body: (inout ServerConnection) throws(RPCError) -> [Action]) -> [Action] {
        do throws(RPCError) {
            return try body(&self)
        } catch {
            return breakOff(error)
        }
    }

    /// A frame whose payload is not kept: what it means is decided by its header, as far as that goes.
    mutating func received(_ header: FrameHeader, without reason: String) -> [Action] {
        guard !isClosed, !isBrokenOff else { return [] }
        return broken { connection throws(RPCError) in
            try connection.agreement.check(dropped: header)
            guard header.type == .request || header.type == .data else { return [] }
            return try connection.message(header, without: reason)
        }
    }

    private mutating func message(_ header: FrameHeader, without reason: String) throws(RPCError) -> [Action] {
        defer { if header.type == .request { hasBegun = true } }
        let stream = header.stream
        let isInside = agreement.reassembly?.isInside(stream) == true
        if header.type == .data, !isInside { try begins(header.flags, Int(header.length), on: stream) }
        let isTold = isInside && agreement.reassembly?.keeps(stream) == false
        var bytes: Int? = Int(header.length)
        if agreement.reassembly?.concerns(stream, header.flags) == true {
            bytes = try agreement.reassembly?.takeDropped(header).droppedBytes
        }
        let actions = isTold ? [] : leftOut(header.type, on: stream, because: reason)
        return (header.type == .data ? bytes.map { dropped(header.flags, $0, on: stream) } ?? [] : []) + actions
    }

    /// What comes of a message that is not kept.
    private mutating func leftOut(_ type: FrameType, on stream: StreamID, because reason: String) -> [Action] {
        guard type == .data else {
            return refusal(of: stream) ?? [refuse(stream, .resourceExhausted, reason, isRefused: true)]
        }
        guard running[stream]?.isOpen == true else { return strayData(on: stream) }
        return end(stream, with: RPCError(.resourceExhausted, reason))
    }

    /// Gives up what has arrived in part, because the server has no room for it beside that of its other connections.
    public mutating func dropUnfinished() -> [Action] {
        let kept = agreement.reassembly?.kept ?? []
        for message in kept { agreement.reassembly?.drop(message.stream) }
        return kept.flatMap { leftOut($0.type, on: $0.stream, because: Self.overloadReason) }
    }

    /// Refuses the requests that have come in part: a connection may be closed before they end.
    mutating func refuseUnfinished() -> [Action] {
        let requests = agreement.reassembly?.kept.filter { $0.type == .request } ?? []
        for request in requests { agreement.reassembly?.drop(request.stream) }
        return requests.flatMap { refusal(of: $0.stream) ?? [] }
    }

    /// Bytes that are kept of messages that have arrived in part.
    public var unfinishedByteCount: Int { agreement.reassembly?.keptBytes ?? 0 }
    /// When the message began to arrive that has not ended for the longest time; nil where all have.
    public var oldestUnfinished: ContinuousClock.Instant? { agreement.reassembly?.oldest }

    private mutating func data(_ frame: Frame) -> [Action] {
        guard running[frame.stream]?.isOpen == true else {
            return dropped(frame.flags, frame.payload.count, on: frame.stream) + strayData(on: frame.stream)
        }
        let cost = CreditWindow.cost(of: frame.payload)
        if !frame.flags.contains(.noData) { agreement.flow?.arrived(cost, on: frame.stream) }
        return messages(in: frame)
    }

    /// - Throws: where the client has no credit for a message that begins.
    private func begins(_ flags: FrameFlags, _ bytes: Int, on stream: StreamID) throws(RPCError) {
        if !flags.contains(.noData) { try agreement.flow?.begins(bytes + CreditWindow.messageOverhead, on: stream) }
    }

    /// Counts data that no handler takes: the client has the credit back at once, that of the connection.
    private mutating func dropped(_ flags: FrameFlags, _ bytes: Int, on stream: StreamID) -> [Action] {
        guard !flags.contains(.noData), agreement.flow != nil else { return [] }
        let cost = bytes + CreditWindow.messageOverhead
        agreement.flow?.arrived(cost, on: stream)
        return agreement.flow?.give(0, on: stream, connection: cost).map(Action.write) ?? []
    }

    private mutating func messages(in frame: Frame) -> [Action] {
        var actions: [Action] = []
        if !frame.flags.contains(.noData) {
            let credit = agreement.flow == nil ? 0 : CreditWindow.cost(of: frame.payload)
            actions.append(.deliver(frame.stream, frame.payload, credit: credit))
        }
        if frame.flags.contains(.remoteClosed) {
            running[frame.stream]?.isOpen = false
            actions.append(.endMessages(frame.stream))
        }
        return actions
    }
}
