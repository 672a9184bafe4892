import Glibc
import NIOCore
import NIOPosix

/// One connection through a proxy: two sockets on one event loop, and what is on its way between them.
final class Relay {
    typealias Reference = NIOLoopBound<Relay>

    /// Bytes that wait in one direction before nothing more is read.
    private static let mostWaiting = 256 << 10
    /// Slices of a second in which a limited bandwidth is spent.
    private static let slicesPerSecond = 20

    let number: Int
    private let client: any Channel
    private var server: (any Channel)?
    private let proxy: ChaosProxy
    private let rules: [CutRule]
    private var matchers: [any TrafficMatcher]
    private var lanes: [Direction: Lane] = [.upstream: Lane(), .downstream: Lane()]
    /// Bytes were lost, so that nothing passes any more.
    private var isSilent = false
    /// The next bytes in this direction are a reply that is not to arrive.
    private var cutBeforeReply: Direction?
    private var isOver = false

    init(number: Int, client: any Channel, proxy: ChaosProxy, rules: [CutRule]) {
        self.number = number
        self.client = client
        self.proxy = proxy
        self.rules = rules
        matchers = rules.map { $0.matcher() }
    }

    /// Hears the client from now on, and begins when its channel is ready to be read.
    func listen() throws {
        try client.pipeline.syncOperations.addHandler(Ear(relay: self, direction: .upstream))
    }

    func begin() {
        guard proxy.fault != .reset else { return reset() }
        // Its server would be told of a client that it can't hear.
        guard proxy.fault != .halfOpen else {
            isSilent = true
            proxy.count { $0.silenced += 1 }
            return client.read()
        }
        let eventLoop = client.eventLoop
        let reference = Reference(self, eventLoop: eventLoop)
        let bootstrap = ClientBootstrap(group: client.eventLoop)
            .channelOption(.autoRead, value: false)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try reference.value.proxy.preparation.server?(channel)
                    try channel.pipeline.syncOperations.addHandler(Ear(relay: reference.value, direction: .downstream))
                }
            }
        let connecting =
            switch proxy.server {
            case .address(let host, let port):
                bootstrap.channelOption(.tcpOption(.tcp_nodelay), value: 1).connect(host: host, port: port)
            case .file(let path): bootstrap.connect(unixDomainSocketPath: path)
            }
        connecting.whenComplete { result in
            // A socket file is connected at once, before its channel can be read.
            eventLoop.execute { reference.value.connected(result) }
        }
    }

    private func connected(_ result: Result<any Channel, any Error>) {
        switch result {
        case .success(let channel):
            guard !isOver else { return channel.close(promise: nil) }
            server = channel
            proxy.tap?(number, .opened(client: .init(client.remoteAddress), server: .init(channel.remoteAddress)))
            channel.read()
            client.read()
            faultChanged()
        case .failure(let error):
            proxy.note(.unreachable, connection: number, detail: "\(error)")
            reset()
        }
    }

    private func channel(to direction: Direction) -> (any Channel)? { direction == .upstream ? server : client }

    // MARK: - Bytes

    func received(_ bytes: [UInt8], _ direction: Direction) {
        guard !isOver else { return }
        if isSilent { return source(of: direction)?.read() ?? () }
        if direction == cutBeforeReply { return cut("reply") }
        if let (kept, moment) = find(in: bytes, direction) {
            lanes[direction]?.pieces.append((Array(bytes.prefix(kept)), .now()))
            pump(direction)
            switch moment {
            case .before, .after: return cut(moment.rawValue)
            case .reply:
                cutBeforeReply = direction.opposite
                source(of: direction)?.read()
                return
            }
        }
        lanes[direction]?.pieces.append((bytes, .now()))
        pump(direction)
        readOn(direction)
    }

    /// How many of the bytes still pass, and how the connection is then cut; nil when it is not.
    private func find(in bytes: [UInt8], _ direction: Direction) -> (kept: Int, CutRule.Moment)? {
        for (index, rule) in rules.enumerated() where rule.direction == direction {
            for range in matchers[index].finds(in: bytes) {
                guard let moment = rule.trigger.take() else { continue }
                return (moment == .before ? range.lowerBound : moment == .after ? range.upperBound : bytes.count, moment)
            }
        }
        return nil
    }

    private func source(of direction: Direction) -> (any Channel)? { channel(to: direction.opposite) }

    private func readOn(_ direction: Direction) {
        guard !isOver, proxy.fault != .stall, (lanes[direction]?.waiting ?? 0) < Self.mostWaiting else { return }
        source(of: direction)?.read()
    }

    /// Passes on what may pass now, and comes back when more may.
    private func pump(_ direction: Direction) {
        guard !isOver, !isSilent, var lane = lanes[direction], !lane.isTimed else { return }
        let now = NIODeadline.now()
        var next: TimeAmount?
        switch proxy.fault {
        case .none, .slowClose, .refuse: write(lane.takeAll(), direction, &lane)
        case .cut(direction, let limit):
            write(Array(lane.takeAll().prefix(max(0, limit - lane.passed))), direction, &lane)
            if lane.passed >= limit {
                lanes[direction] = lane
                return cut("\(limit) bytes")
            }
        case .cut: write(lane.takeAll(), direction, &lane)
        case .delay(let milliseconds):
            let delay = TimeAmount.milliseconds(Int64(milliseconds))
            while let first = lane.pieces.first, first.arrived + delay <= now {
                write(lane.pieces.removeFirst().bytes, direction, &lane)
            }
            next = lane.pieces.first.map { $0.arrived + delay - now }
        case .bandwidth(let rate): next = pass(rate, slices: min(rate, Self.slicesPerSecond), direction, &lane)
        case .trickle(let rate): next = pass(rate, slices: rate, direction, &lane)
        case .stall: break
        case .reset, .blackHole, .halfOpen: if lane.waiting > 0 { silence() }
        }
        lane.isTimed = next != nil
        lanes[direction] = lane
        if let next {
            client.eventLoop.assumeIsolated().scheduleTask(in: next) {
                self.lanes[direction]?.isTimed = false
                self.pump(direction)
                self.readOn(direction)
            }
        } else if lane.hasEnded, lane.waiting == 0 {
            endOutput(direction)
        }
    }

    /// Passes one slice of a second's bytes.
    private func pass(_ rate: Int, slices: Int, _ direction: Direction, _ lane: inout Lane) -> TimeAmount? {
        guard lane.waiting > 0 else { return nil }
        let all = lane.takeAll()
        let count = max(1, rate / slices)
        write(Array(all.prefix(count)), direction, &lane)
        if all.count > count { lane.pieces = [(Array(all.dropFirst(count)), .now())] }
        return .nanoseconds(1_000_000_000 / Int64(slices))
    }

    private func write(_ bytes: [UInt8], _ direction: Direction, _ lane: inout Lane) {
        guard !bytes.isEmpty, let channel = channel(to: direction) else { return }
        lane.passed += bytes.count
        proxy.tap?(number, .bytes(bytes, direction))
        channel.writeAndFlush(channel.allocator.buffer(bytes: bytes), promise: nil)
        proxy.count { statistics in
            switch direction {
            case .upstream: statistics.upstreamBytes += bytes.count
            case .downstream: statistics.downstreamBytes += bytes.count
            }
        }
    }

    // MARK: - Faults and ends

    /// Looks at what the proxy's fault means for a connection that exists.
    func faultChanged() {
        guard !isOver else { return }
        switch proxy.fault {
        case .reset: return reset()
        case .halfOpen where server != nil:
            silence()
            server?.close(promise: nil)
        default: break
        }
        for direction in Direction.allCases {
            lanes[direction]?.isTimed = false
            pump(direction)
            readOn(direction)
        }
        if isSilent, proxy.fault != .blackHole, proxy.fault != .halfOpen { tellOfEnds() }
    }

    private func silence() {
        guard !isSilent else { return }
        isSilent = true
        for direction in Direction.allCases { lanes[direction]?.pieces = [] }
        proxy.count { $0.silenced += 1 }
        proxy.note(.swallowed, connection: number)
    }

    /// One end sends nothing more.
    func inputEnded(_ direction: Direction) {
        guard !isOver, lanes[direction]?.hasEnded == false else { return }
        lanes[direction]?.hasEnded = true
        switch proxy.fault {
        case .blackHole, .halfOpen: silence()
        case _ where isSilent: tellOfEnds()
        case .slowClose(let milliseconds):
            client.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(Int64(milliseconds))) { self.pump(direction) }
        default: pump(direction)
        }
    }

    /// A connection that has lost bytes ends when one of its ends does; nobody is told of it while bytes vanish.
    private func tellOfEnds() {
        if lanes.values.contains(where: \.hasEnded) { close() }
    }

    private func endOutput(_ direction: Direction) {
        if lanes[direction.opposite]?.hasEnded == true, lanes[direction.opposite]?.waiting == 0 { return close() }
        channel(to: direction)?.close(mode: .output, promise: nil)
    }

    private func cut(_ detail: String) {
        proxy.note(.cut, connection: number, detail: detail)
        close { $0.cuts += 1 }
    }

    private func close(_ counting: (inout ProxyStatistics) -> Void = { _ in }) {
        guard finish(counting) else { return }
        // What was written is sent before a socket is closed.
        client.close(promise: nil)
        server?.close(promise: nil)
    }

    private func reset() {
        guard finish({ $0.resets += 1 }) else { return }
        proxy.note(.reset, connection: number)
        for channel in [client, server].compactMap(\.self) {
            // With no time to linger the kernel sends a reset instead of an end.
            _ = (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
            channel.close(promise: nil)
        }
    }

    /// Ends at once, for a proxy that stops.
    func abort() { close() }

    private func finish(_ counting: (inout ProxyStatistics) -> Void) -> Bool {
        guard !isOver else { return false }
        isOver = true
        if server != nil { proxy.tap?(number, .closed) }
        proxy.note(
            .closed, connection: number, upstreamBytes: lanes[.upstream]?.passed, downstreamBytes: lanes[.downstream]?.passed)
        proxy.count(counting)
        proxy.ended(self)
        return true
    }
}
