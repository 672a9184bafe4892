package import Wire

/// Follows every connection of a capture, or of a proxy, from packets to calls.
///
/// What it keeps has a limit: beyond it the connections that have been silent for longest are taken for over.
package struct TrafficReader: Sendable {
    package enum Event: Sendable {
        case frame(Frame, Side, connection: Int, nanoseconds: UInt64)
        case skipped(Int, Side, connection: Int, nanoseconds: UInt64)
        case call(CallTracker.Event, connection: Int, nanoseconds: UInt64)
        /// Where something is wrong, if that is looked for.
        case finding(LintFinding)
    }

    package struct Limits: Sendable {
        /// Connections that are followed at once.
        package var connections = 4096
        /// Bytes that wait for others, and those of messages whose calls have not ended.
        package var bytes = 256 << 20

        package init() {}
    }

    private struct Pair: Hashable {
        let lower: Endpoint
        let upper: Endpoint

        init(_ segment: TCPSegment) {
            (lower, upper) =
                segment.source < segment.destination
                ? (segment.source, segment.destination) : (segment.destination, segment.source)
        }
    }

    private let ports: Set<UInt16>
    private let keeping: CallTracker.Keeping
    private let linting: Linting?
    private let limits: Limits
    private var connections: [Pair: ConnectionReader] = [:]
    private var count = 0
    /// Bytes that are kept now, and that were kept at most.
    package private(set) var keptBytes = 0
    package private(set) var mostKeptBytes = 0
    /// Calls that have not ended, of all connections.
    package private(set) var runningCalls = 0

    /// - Parameters:
    ///   - ports: of servers; connections to others are left alone. With none, all are followed.
    ///   - linting: how what is wrong is looked for; nil where it is not.
    package init(
        ports: Set<UInt16> = [], keeping: CallTracker.Keeping = .messages, linting: Linting? = nil, limits: Limits = Limits()
    ) {
        self.ports = ports
        self.keeping = keeping
        self.linting = linting
        self.limits = limits
    }

    package mutating func receive(_ packet: CapturedPacket) -> [Event] {
        guard let segment = TCPSegment(packet) else { return [] }
        guard ports.isEmpty || ports.contains(segment.source.port) || ports.contains(segment.destination.port) else { return [] }
        let pair = Pair(segment)
        var events: [Event] = []
        // Taken out, so that what it keeps is changed in its place and not copied.
        var known = connections.removeValue(forKey: pair)
        if known?.isAnother(segment) == true, let old = known {
            events += finish(old)
            known = nil
        }
        var connection: ConnectionReader
        if let taken = known.take() {
            connection = taken
        } else {
            // The last word of a connection that is over begins none.
            guard !segment.payload.isEmpty || segment.flags.contains(.syn) else { return events }
            events += makeRoom()
            count += 1
            connection = ConnectionReader(number: count, keeping: keeping, linting: linting)
        }
        keptBytes -= connection.keptBytes
        runningCalls -= connection.runningCalls
        events += connection.receive(segment, at: packet.nanoseconds, serverPorts: ports)
        keptBytes += connection.keptBytes
        runningCalls += connection.runningCalls
        mostKeptBytes = max(mostKeptBytes, keptBytes)
        guard !connection.isOver else { return events + finish(connection) }
        connections[pair] = consume connection
        if keptBytes > limits.bytes { events += giveUp(until: { $0.keptBytes <= $0.limits.bytes / 4 * 3 }) }
        return events
    }

    /// No more packets come.
    package mutating func finish() -> [Event] {
        let known = connections.values.sorted { $0.number < $1.number }
        connections = [:]
        return known.flatMap { finish($0) }
    }

    private mutating func finish(_ connection: ConnectionReader) -> [Event] {
        var connection = connection
        keptBytes -= connection.keptBytes
        runningCalls -= connection.runningCalls
        return connection.finish()
    }

    private mutating func makeRoom() -> [Event] {
        guard connections.count >= limits.connections else { return [] }
        return giveUp(until: { $0.connections.count <= $0.limits.connections / 4 * 3 })
    }

    private mutating func giveUp(until isEnough: (TrafficReader) -> Bool) -> [Event] {
        var events: [Event] = []
        for pair in connections.sorted(by: {
            ($0.value.lastNanoseconds, $0.value.number) < ($1.value.lastNanoseconds, $1.value.number)
        })
        .map(\.key) where !isEnough(self) {
            if let connection = connections.removeValue(forKey: pair) { events += finish(connection) }
        }
        return events
    }
}
