import Wire

/// Follows one connection from its segments to its calls.
struct ConnectionReader: Sendable {
    private struct Lane {
        var assembler = StreamAssembler()
        var scanner: FrameScanner?
        /// The highest number up to which its sender has acknowledged what it received.
        var acknowledged: UInt32?

        var keptBytes: Int { assembler.waitingBytes + (scanner?.keptBytes ?? 0) }
        /// Whether all that was sent was seen, from the connection's beginning, and is frames.
        var isWhole: Bool { scanner?.isWhole ?? assembler.isFromTheStart }
        var partialBytes: Int { isWhole ? scanner?.keptBytes ?? 0 : 0 }

        mutating func acknowledge(_ sequence: UInt32) {
            acknowledged = acknowledged.map { Int32(bitPattern: sequence &- $0) > 0 ? sequence : $0 } ?? sequence
        }

        mutating func frames(_ event: StreamAssembler.Event, isKnown: Bool) -> [FrameScanner.Event] {
            if scanner == nil { scanner = FrameScanner(isFromTheStart: assembler.isFromTheStart, isKnown: isKnown) }
            return switch event {
            case .bytes(let bytes): scanner?.append(bytes) ?? []
            case .gap(let count): scanner?.gap(count) ?? []
            case .end: scanner?.finish() ?? []
            }
        }
    }

    /// Segments after which the side of the client is guessed where nobody was seen to open a connection.
    private static let earlySegments = 64

    let number: Int
    private let keeping: CallTracker.Keeping
    private(set) var lastNanoseconds: UInt64 = 0
    /// The sequence number of the segment that opened it.
    private var opening: UInt32?
    /// Nil while it is not known which end opened the connection.
    private var peers: Call.Peers?
    private var calls: CallTracker?
    private var fromClient = Lane()
    private var fromServer = Lane()
    private let linting: Linting?
    private var linter: ConnectionLinter?
    /// Whether its ports say that it carries frames.
    private var isKnown = false
    private var ended: Set<Side> = []
    private var wasReset = false
    /// What came before the client was known.
    private var early: [(segment: TCPSegment, nanoseconds: UInt64)] = []
    private var earlyBytes = 0

    init(number: Int, keeping: CallTracker.Keeping, linting: Linting?) {
        self.number = number
        self.keeping = keeping
        self.linting = linting
    }

    /// Memory that it takes up, roughly.
    var keptBytes: Int {
        fromClient.keptBytes + fromServer.keptBytes + earlyBytes + (calls?.keptBytes ?? 0) + (linter?.keptBytes ?? 0)
    }
    /// Calls that have not ended; none while it is not known who makes them.
    var runningCalls: Int { calls?.running ?? 0 }
    var isOver: Bool { ended.count == 2 }

    /// Whether a segment that opens a connection opens another than this.
    func isAnother(_ segment: TCPSegment) -> Bool {
        segment.flags.contains(.syn) && !segment.flags.contains(.ack) && opening != segment.sequence
            && (opening != nil || peers != nil || !early.isEmpty)
    }

    mutating func receive(_ segment: TCPSegment, at time: UInt64, serverPorts: Set<UInt16>) -> [TrafficReader.Event] {
        lastNanoseconds = max(lastNanoseconds, time)
        isKnown = !serverPorts.isEmpty
        if segment.flags.contains(.syn), !segment.flags.contains(.ack) { opening = segment.sequence }
        if peers == nil, let isFromClient = Self.isFromClient(segment, serverPorts) {
            know(client: isFromClient ? segment.source : segment.destination, in: segment)
        }
        guard peers == nil else { return catchUp() + deliver(segment, at: time) }
        early.append((segment, time))
        earlyBytes += segment.payload.count
        guard early.count >= Self.earlySegments else { return [] }
        return guess()
    }

    /// No more segments come.
    mutating func finish() -> [TrafficReader.Event] {
        var events = guess()
        if isOver || wasReset, isCaughtUp(.client) {
            events += (linter?.finish(at: lastNanoseconds) ?? []).map(TrafficReader.Event.finding)
        }
        linter = nil
        events += take(fromClient.assembler.finish(), from: .client, at: lastNanoseconds)
        events += take(fromServer.assembler.finish(), from: .server, at: lastNanoseconds)
        let unanswered = calls?.finish(at: lastNanoseconds) ?? []
        return events + told(unanswered, at: lastNanoseconds)
    }

    // MARK: - Who is who

    /// Who opened a connection, where its beginning or the server's port tells.
    private static func isFromClient(_ segment: TCPSegment, _ serverPorts: Set<UInt16>) -> Bool? {
        if segment.flags.contains(.syn) { return !segment.flags.contains(.ack) }
        if serverPorts.contains(segment.destination.port) { return true }
        return serverPorts.contains(segment.source.port) ? false : nil
    }

    private mutating func know(client: Endpoint, in segment: TCPSegment) {
        let peers = Call.Peers(
            connection: number, client: client, server: segment.source == client ? segment.destination : segment.source)
        self.peers = peers
        calls = CallTracker(peers, keeping: keeping)
        linter = linting.map { ConnectionLinter(connection: number, linting: $0) }
    }

    /// Takes whoever sent requests for the client, or failing that whoever has the higher port.
    private mutating func guess() -> [TrafficReader.Event] {
        guard peers == nil, let first = early.first?.segment else { return [] }
        var scanners: [Endpoint: FrameScanner] = [:]
        var requests: [Endpoint: Int] = [:]
        for (segment, _) in early {
            let found = scanners[segment.source, default: FrameScanner(isFromTheStart: false)].append(Array(segment.payload))
            requests[segment.source, default: 0] += Self.requestCount(found)
        }
        for end in [first.source, first.destination] {
            requests[end, default: 0] += Self.requestCount(scanners[end]?.finish() ?? [])
        }
        let isSource =
            (requests[first.source] ?? 0, first.source.port) >= (requests[first.destination] ?? 0, first.destination.port)
        know(client: isSource ? first.source : first.destination, in: first)
        return catchUp()
    }

    private static func requestCount(_ events: [FrameScanner.Event]) -> Int {
        events.count { if case .frame(let frame) = $0 { frame.type == .request } else { false } }
    }

    private mutating func catchUp() -> [TrafficReader.Event] {
        guard !early.isEmpty else { return [] }
        let known = early
        (early, earlyBytes) = ([], 0)
        return known.flatMap { deliver($0.segment, at: $0.nanoseconds) }
    }

    // MARK: - From segments to calls

    private mutating func deliver(_ segment: TCPSegment, at time: UInt64) -> [TrafficReader.Event] {
        let side: Side = segment.source == peers?.client ? .client : .server
        var events: [TrafficReader.Event] = []
        if segment.flags.contains(.rst) { wasReset = true }
        // What an answer has seen comes before the answer.
        if let acknowledgement = segment.acknowledgement {
            switch side {
            case .client:
                fromClient.acknowledge(acknowledgement)
                events += take(fromServer.assembler.acknowledge(acknowledgement), from: .server, at: time)
            case .server:
                fromServer.acknowledge(acknowledgement)
                events += take(fromClient.assembler.acknowledge(acknowledgement), from: .client, at: time)
            }
        }
        switch side {
        case .client: events += take(fromClient.assembler.receive(segment), from: .client, at: time)
        case .server: events += take(fromServer.assembler.receive(segment), from: .server, at: time)
        }
        return events
    }

    private mutating func take(_ events: [StreamAssembler.Event], from side: Side, at time: UInt64) -> [TrafficReader.Event] {
        var result: [TrafficReader.Event] = []
        for event in events {
            if event == .end {
                ended.insert(side)
                let partialBytes = side == .client ? fromClient.partialBytes : fromServer.partialBytes
                if partialBytes > 0, !wasReset {
                    result += findings { $0.endedInsideFrame(side, bytes: partialBytes, at: time) }
                }
            }
            let isKnown = isKnown && linting != nil
            // Before the scanner looks further than the frame that it found.
            var isWhole = side == .client ? fromClient.isWhole : fromServer.isWhole
            for found in side == .client
                ? fromClient.frames(event, isKnown: isKnown) : fromServer.frames(event, isKnown: isKnown)
            {
                switch found {
                case .frame(let frame):
                    result.append(.frame(frame, side, connection: number, nanoseconds: time))
                    // Before anything else of this connection is looked at, so that its calls are changed in their place.
                    let ended = calls?.receive(frame, from: side, at: time) ?? []
                    result += told(ended, at: time)
                    if linter != nil {
                        let sight = sight(of: side, isWhole: isWhole)
                        result += findings { $0.receive(frame, from: side, at: time, sight) }
                    }
                case .skipped(let count):
                    isWhole = false
                    linter?.lost()
                    result.append(.skipped(count, side, connection: number, nanoseconds: time))
                case .impossible(let header):
                    result += findings { $0.impossible(header, from: side, at: time) }
                    // Whoever reads it closes the connection.
                    linter = nil
                }
            }
            if case .gap = event { linter?.lost() }
        }
        return result
    }

    // MARK: - What is wrong with it

    private mutating func findings(_ body: (inout ConnectionLinter) -> [LintFinding]) -> [TrafficReader.Event] {
        guard var taken = linter.take() else { return [] }
        defer { linter = taken }
        return body(&taken).map(TrafficReader.Event.finding)
    }

    /// How much was seen of the connection when a side sent what comes now.
    private func sight(of side: Side, isWhole: Bool) -> ConnectionLinter.Sight {
        let other = side == .client ? fromServer : fromClient
        return ConnectionLinter.Sight(isSenderWhole: isWhole, isOtherWhole: other.isWhole, isCaughtUp: isCaughtUp(side))
    }

    /// Whether everything that a side has received when it last sent something was seen.
    private func isCaughtUp(_ side: Side) -> Bool {
        let (lane, other) = side == .client ? (fromClient, fromServer) : (fromServer, fromClient)
        return lane.acknowledged.map { other.assembler.hasAll(before: $0) } ?? false
    }

    private func told(_ events: [CallTracker.Event], at time: UInt64) -> [TrafficReader.Event] {
        events.map { .call($0, connection: number, nanoseconds: time) }
    }
}
