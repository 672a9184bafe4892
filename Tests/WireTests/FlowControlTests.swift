import Fuzzing
import Testing

@testable import Wire

@Suite("A window of credit")
struct CreditWindowTests {
    @Test(
        "admits a message that costs what is left and not one byte more, and one longer than half of the window with half of it")
    func border() {
        for (spent, cost, isAdmitted) in [
            (0, 100, true), (0, 1000, true), (60, 40, true), (60, 41, false), (50, 51, true), (51, 50, false), (51, 49, true),
            (100, 1, false), (100, 0, true),
        ] {
            var window = CreditWindow(bytes: 100)
            window.spend(spent)
            #expect(window.admits(cost) == isAdmitted, "\(cost) after \(spent)")
        }
    }

    @Test("takes back what is outstanding, and nothing of more than that")
    func credit() {
        var window = CreditWindow(bytes: 100)
        func given(_ credits: Int...) -> [Bool] { credits.map { window.give($0) } }
        #expect(given(1) == [false])
        window.spend(1000)
        #expect(window.left == -900 && window.outstanding == 1000 && !window.admits(1))
        #expect(given(1001) == [false] && window.left == -900)
        #expect(given(999, 2, 1, 1) == [true, false, true, false] && window.left == 100)
    }
}

@Suite("A meter of credit")
struct CreditMeterTests {
    @Test("brings together half of a window before it gives anything back, and then all", arguments: [1, 2, 100, 101])
    func half(window: Int) {
        let meter = CreditMeter(window: window)
        let half = max(1, window / 2)
        #expect(half == 1 || meter.take(half - 1) == 0)
        #expect(meter.take(half == 1 ? 1 : 3) == (half == 1 ? 1 : half + 2))
        #expect(meter.take(1000) == 1000)
    }
}

@Suite("The credit of a connection")
struct FlowControlTests {
    private static let windows = StreamWindows(stream: 16 << 10, connection: 20 << 10)
    private static let one = StreamID(rawValue: 1)
    private static let other = StreamID(rawValue: 3)

    private func flow() -> FlowControl {
        var flow = FlowControl(own: Self.windows, peer: Self.windows)
        flow.begin(Self.one)
        flow.begin(Self.other)
        return flow
    }

    private func code(_ body: () throws(RPCError) -> Void) -> StatusCode? {
        do throws(RPCError) {
            try body()
            return nil
        } catch {
            return error.code
        }
    }

    @Test("holds a stream back without the others, and all of them once the connection's own is spent")
    func leave() throws {
        var flow = flow()
        flow.sent(16 << 10, on: Self.one)
        #expect(flow.leave(toSend: 10, on: Self.one) == .streamWaits)
        #expect(flow.leave(toSend: 4 << 10, on: Self.other) == .granted)
        #expect(flow.leave(toSend: 4 << 10 | 1, on: Self.other) == .connectionWaits)
        let isCredited = try flow.credited(16 << 10, on: Self.one)
        #expect(isCredited)
        #expect(flow.leave(toSend: 10, on: Self.one) == .granted)
        #expect(flow.leave(toSend: 8 << 10, on: Self.one) == .connectionWaits)
        let isAllCredited = try flow.credited(16 << 10, on: .control)
        #expect(isAllCredited)
        #expect(flow.leave(toSend: 1 << 20, on: Self.one) == .granted)
    }

    @Test(
        "knows credit for more than was sent, on a stream and on the connection, and none for streams that are over or never were"
    )
    func excess() throws {
        for stream in [Self.one, .control] {
            var flow = flow()
            #expect(code { () throws(RPCError) in _ = try flow.credited(1, on: stream) } == .invalidArgument)
            flow.sent(100, on: Self.one)
            #expect(code { () throws(RPCError) in _ = try flow.credited(.max, on: stream) } == .invalidArgument)
            #expect(code { () throws(RPCError) in _ = try flow.credited(100, on: stream) } == nil)
        }
        var flow = flow()
        flow.end(Self.one)
        for stream in [Self.one, StreamID(rawValue: 5), StreamID(rawValue: 2)] {
            let isCredited = try flow.credited(.max, on: stream)
            #expect(!isCredited)
        }
    }

    @Test("knows messages for which there was no credit, of the stream or of all of them, and of a stream that is over too")
    func beyond() {
        func code(_ costs: [(Int, StreamID)]) -> StatusCode? {
            var flow = flow()
            return self.code { () throws(RPCError) in for (cost, stream) in costs { try flow.takes(cost, on: stream) } }
        }
        #expect(code([(16 << 10, Self.one)]) == nil)
        #expect(code([(16 << 10, Self.one), (1, Self.one)]) == .resourceExhausted)
        #expect(code([(16 << 10, Self.one), (4 << 10, Self.other)]) == nil)
        #expect(code([(16 << 10, Self.one), (4 << 10 | 1, Self.other)]) == .resourceExhausted)
        let stray = StreamID(rawValue: 9)
        #expect(code([(20 << 10, stray), (1, stray)]) == .resourceExhausted)
    }

    @Test("is given back for the stream while it is not over, and for the connection in any case")
    func giving() throws {
        var flow = flow()
        flow.arrived(100, on: Self.one)
        let frames = flow.give(60, on: Self.one, connection: 60)
        #expect(try frames.map { try ControlFrame($0) } == [.window(Self.one, 60), .window(.control, 60)])
        flow.end(Self.one)
        let late = flow.give(40, on: Self.one, connection: 40)
        #expect(try late.map { try ControlFrame($0) } == [.window(.control, 40)])
        let nothing = flow.give(0, on: Self.other, connection: 0)
        #expect(flow.outstanding == 0 && nothing.isEmpty)
    }
}

extension FlowControl {
    fileprivate mutating func takes(_ cost: Int, on stream: StreamID) throws(RPCError) {
        try begins(cost, on: stream)
        arrived(cost, on: stream)
    }
}

/// Random schedules of a sender and a receiver, and of what is on its way between them.
@Suite("Credit, whatever is sent, taken and given in whatever order")
struct FlowScheduleTests {
    private struct Schedule {
        let windows: StreamWindows
        let longest: Int
        var generator: SeededGenerator
        var sender: FlowControl
        var receiver: FlowControl
        var window = SendWindow<StreamID, Int>(limit: .max)
        let streams: [StreamID]
        /// Of each stream what has arrived and nobody has taken.
        var untaken: [StreamID: [Int]] = [:]
        let meter: CreditMeter
        var meters: [StreamID: CreditMeter] = [:]
        var onTheirWay: [(Int, StreamID)] = []
        var credits: [(UInt32, StreamID)] = []
        var sent = 0
        var asked = 0

        init(seed: UInt64) {
            generator = SeededGenerator(seed: seed)
            windows = StreamWindows(
                stream: Int.random(in: 16 << 10...64 << 10, using: &generator),
                connection: Int.random(in: 16 << 10...64 << 10, using: &generator))
            longest = [64, 4 << 10, 100 << 10].randomElement(using: &generator) ?? 64
            sender = FlowControl(own: StreamWindows(), peer: windows)
            receiver = FlowControl(own: windows, peer: StreamWindows())
            streams = (0..<Int.random(in: 1...5, using: &generator)).map { StreamID(rawValue: UInt32(2 * $0 + 1)) }
            meter = CreditMeter(window: windows.connection)
            for stream in streams {
                sender.begin(stream)
                receiver.begin(stream)
                meters[stream] = CreditMeter(window: windows.stream)
            }
        }

        /// Does what can be done next to a message or to credit; taking messages where `takes` says so.
        mutating func step(takes: (StreamID) -> Bool) throws {
            switch Int.random(in: 0..<5, using: &generator) {
            case 0:
                let stream = streams.randomElement(using: &generator) ?? .control
                let cost = Int.random(in: 10...longest, using: &generator)
                window.wait(cost, of: stream, bytes: cost)
                asked += 1
                fallthrough
            case 1: send()
            case 2: try arrive()
            case 3: take(takes)
            default: try credit()
            }
            let held = untaken.values.joined().reduce(0, +)
            #expect(held <= max(windows.connection, windows.connection / 2 + longest), "more is held than the window")
            for messages in untaken.values {
                #expect(messages.reduce(0, +) <= max(windows.stream, windows.stream / 2 + longest))
            }
        }

        mutating func send() {
            var next: (Int, StreamID)?
            let cost = window.next { [sender] stream, cost in
                let leave = sender.leave(toSend: cost, on: stream)
                if leave == .granted { next = (cost, stream) }
                return leave
            }
            guard cost != nil, let next else { return }
            sender.sent(next.0, on: next.1)
            onTheirWay.append(next)
            sent += 1
        }

        mutating func arrive() throws {
            guard !onTheirWay.isEmpty else { return }
            let (cost, stream) = onTheirWay.removeFirst()
            // An honest sender is never taken for another, also by the first piece of a message alone.
            try receiver.begins(Int.random(in: 1...cost, using: &generator), on: stream)
            receiver.arrived(cost, on: stream)
            untaken[stream, default: []].append(cost)
        }

        mutating func take(_ takes: (StreamID) -> Bool) {
            guard let stream = streams.filter({ takes($0) && untaken[$0]?.isEmpty == false }).randomElement(using: &generator),
                let cost = untaken[stream]?.removeFirst()
            else { return }
            let frames = receiver.give(meters[stream]?.take(cost) ?? 0, on: stream, connection: meter.take(cost))
            for frame in frames {
                guard case .window(let stream, let credit) = try? ControlFrame(frame) else { preconditionFailure("no credit") }
                credits.append((credit, stream))
            }
        }

        mutating func credit() throws {
            guard !credits.isEmpty else { return }
            let (credit, stream) = credits.removeFirst()
            _ = try sender.credited(credit, on: stream)
        }
    }

    @Test("never passes a window, and brings every message to its end once all are taken", arguments: 0..<200 as Range<UInt64>)
    func random(seed: UInt64) throws {
        var schedule = Schedule(seed: seed)
        let stuck = schedule.streams.last ?? .control
        for _ in 0..<500 { try schedule.step { $0 != stuck } }
        // Without a deadlock the rest takes no more rounds than there are messages.
        for _ in 0...schedule.asked {
            for _ in 0...schedule.asked { schedule.send() }
            while !schedule.onTheirWay.isEmpty { try schedule.arrive() }
            while schedule.untaken.values.contains(where: { !$0.isEmpty }) { schedule.take { _ in true } }
            while !schedule.credits.isEmpty { try schedule.credit() }
        }
        #expect(schedule.sent == schedule.asked && schedule.window.waitingCount == 0)
    }

    @Test("lets the other streams go on for as long as one whose messages nobody takes leaves the connection credit")
    func stuck() throws {
        for seed in 0..<50 as Range<UInt64> {
            var schedule = Schedule(seed: seed)
            let stuck = StreamID(rawValue: 1), other = StreamID(rawValue: 3)
            var sender = FlowControl(own: StreamWindows(), peer: StreamWindows())
            sender.begin(stuck)
            sender.begin(other)
            var window = SendWindow<StreamID, Int>(limit: .max)
            for _ in 0..<1000 {
                let cost = Int.random(in: 10...100 << 10, using: &schedule.generator)
                window.wait(cost, of: stuck, bytes: cost)
            }
            window.wait(10, of: other, bytes: 10)
            while let cost = window.next({ sender.leave(toSend: $1, on: $0) }), cost != 10 { sender.sent(cost, on: stuck) }
            #expect(sender.leave(toSend: 10, on: other) == .granted && window.waitingCount > 900)
            #expect(window.waitingCount <= 1000)
        }
    }
}
