package import Wire

/// Follows every connection of a capture, or of a proxy, from bytes to calls.
package struct TrafficReader: Sendable {
    package enum Event: Sendable {
        case frame(Frame, Side, connection: Int, nanoseconds: UInt64)
        case skipped(Int, Side, connection: Int, nanoseconds: UInt64)
        case call(CallTracker.Event, connection: Int, nanoseconds: UInt64)
    }

    private struct Lane {
        var assembler = StreamAssembler()
        var scanner: FrameScanner?
    }

    private struct Connection {
        let number: Int
        var lanes: [Side: Lane] = [.client: Lane(), .server: Lane()]
        var calls: CallTracker
        var lastNanoseconds: UInt64 = 0
        var hasEnded: Set<Side> = []
        /// Nil while it is not known which end opened the connection.
        var client: Endpoint?
        /// What came before that was known.
        var early: [(TCPSegment, UInt64)] = []
    }

    private struct Pair: Hashable {
        let ends: [Endpoint]

        init(_ one: Endpoint, _ other: Endpoint) {
            ends = one < other ? [one, other] : [other, one]
        }
    }

    /// Segments after which the side of the client is guessed where nobody was seen to open a connection.
    private static let earlySegments = 64

    private let ports: Set<UInt16>
    private var connections: [Pair: Connection] = [:]
    private var count = 0

    /// - Parameter ports: of servers; connections to others are left alone. With none, all are followed.
    package init(ports: Set<UInt16> = []) {
        self.ports = ports
    }

    // MARK: - From packets

    package mutating func receive(_ packet: CapturedPacket) -> [Event] {
        guard let segment = TCPSegment(packet) else { return [] }
        guard ports.isEmpty || ports.contains(segment.source.port) || ports.contains(segment.destination.port) else { return [] }
        let pair = Pair(segment.source, segment.destination)
        var events: [Event] = []
        let opens = segment.flags.contains(.syn) && !segment.flags.contains(.ack)
        if opens, let old = connections[pair], !old.hasEnded.isEmpty || old.client != nil {
            events += finish(pair)
        }
        var connection = connections[pair] ?? begin()
        if connection.client == nil { connection.client = client(of: segment) }
        connection.lastNanoseconds = packet.nanoseconds
        if let client = connection.client {
            for (segment, time) in connection.early + [(segment, packet.nanoseconds)] {
                events += receive(segment, from: segment.source == client ? .client : .server, at: time, &connection)
            }
            connection.early = []
        } else {
            connection.early.append((segment, packet.nanoseconds))
            if connection.early.count >= Self.earlySegments { events += decideClient(&connection) }
        }
        connections[pair] = connection
        if connection.hasEnded.count == 2 { events += finish(pair) }
        return events
    }

    private mutating func begin() -> Connection {
        count += 1
        return Connection(number: count, calls: CallTracker(connection: count))
    }

    /// Who opened a connection, where its beginning or the server's port tells.
    private func client(of segment: TCPSegment) -> Endpoint? {
        if segment.flags.contains(.syn) { return segment.flags.contains(.ack) ? segment.destination : segment.source }
        if ports.contains(segment.destination.port) { return segment.source }
        return ports.contains(segment.source.port) ? segment.destination : nil
    }

    /// Takes whoever sent requests for the client, or failing that whoever has the higher port.
    private func decideClient(_ connection: inout Connection) -> [Event] {
        var requests: [Endpoint: Int] = [:]
        for (segment, _) in connection.early {
            var scanner = FrameScanner(isFromTheStart: false)
            for case .frame(let frame) in scanner.append(Array(segment.payload)) + scanner.finish() where frame.type == .request {
                requests[segment.source, default: 0] += 1
            }
        }
        let ends = connection.early.first.map { [$0.0.source, $0.0.destination] } ?? []
        let client = ends.max { (requests[$0] ?? 0, $0.port) < (requests[$1] ?? 0, $1.port) }
        connection.client = client
        var events: [Event] = []
        for (segment, time) in connection.early {
            events += receive(segment, from: segment.source == client ? .client : .server, at: time, &connection)
        }
        connection.early = []
        return events
    }

    private func receive(
        _ segment: TCPSegment, from side: Side, at time: UInt64, _ connection: inout Connection
    ) -> [Event] {
        var events: [Event] = []
        for event in connection.lanes[side]?.assembler.receive(segment) ?? [] {
            events += receive(event, from: side, at: time, &connection)
        }
        return events
    }

    private func receive(
        _ event: StreamAssembler.Event, from side: Side, at time: UInt64, _ connection: inout Connection
    ) -> [Event] {
        guard var lane = connection.lanes[side] else { return [] }
        var scanner = lane.scanner ?? FrameScanner(isFromTheStart: lane.assembler.isFromTheStart)
        let found: [FrameScanner.Event]
        switch event {
        case .bytes(let bytes): found = scanner.append(bytes)
        case .gap(let count): found = scanner.gap(count)
        case .end:
            found = scanner.finish()
            connection.hasEnded.insert(side)
        }
        lane.scanner = scanner
        connection.lanes[side] = lane
        return calls(found, from: side, at: time, &connection)
    }

    private func calls(
        _ found: [FrameScanner.Event], from side: Side, at time: UInt64, _ connection: inout Connection
    ) -> [Event] {
        var events: [Event] = []
        for event in found {
            switch event {
            case .frame(let frame):
                events.append(.frame(frame, side, connection: connection.number, nanoseconds: time))
                events += connection.calls.receive(frame, from: side, at: time)
                    .map { .call($0, connection: connection.number, nanoseconds: time) }
            case .skipped(let count):
                events.append(.skipped(count, side, connection: connection.number, nanoseconds: time))
            }
        }
        return events
    }

    // MARK: - Ends

    /// No more packets come.
    package mutating func finish() -> [Event] {
        let pairs = connections.sorted { $0.value.number < $1.value.number }.map(\.key)
        return pairs.flatMap { finish($0) }
    }

    private mutating func finish(_ pair: Pair) -> [Event] {
        guard var connection = connections.removeValue(forKey: pair) else { return [] }
        var events = connection.client == nil ? decideClient(&connection) : []
        let time = connection.lastNanoseconds
        for side in Side.allCases {
            for event in connection.lanes[side]?.assembler.finish() ?? [] {
                events += receive(event, from: side, at: time, &connection)
            }
        }
        return events
            + connection.calls.finish(at: time).map { .call($0, connection: connection.number, nanoseconds: time) }
    }
}
