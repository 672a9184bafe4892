import Fuzzing
import Testing

@testable import Wire

/// Random schedules of a server's connection beside a model that knows only the rules.
@Suite("A server's connection, whatever happens in whatever order")
struct ServerScheduleTests {
    private struct Schedule {
        typealias Seen = ServerConnectionTests.Seen

        var connection = ServerConnection(limits: ServerConnectionTests.limits)
        var generator: SeededGenerator
        var running: Set<UInt32> = []
        var ended: Set<UInt32> = []
        var answers: [UInt32: Int] = [:]
        var closes = 0
        var isDraining = false
        var isClosed = false

        init(seed: UInt64) {
            generator = SeededGenerator(seed: seed)
        }

        mutating func step() throws {
            let stream = UInt32.random(in: 1...40, using: &generator)
            switch Int.random(in: 0..<40, using: &generator) {
            case 0..<18: try request(stream)
            case 18..<32: try end()
            case 32..<36:
                let isKnown = running.contains(stream) || ended.contains(stream)
                let seen = try connection.received(ServerConnectionTests.frame(stream, .data, [])).map(Seen.init)
                #expect(seen == (isKnown || isClosed ? [] : [.answer(stream, .invalidArgument, isRefused: false)]))
                if !isKnown { ended.insert(stream) }
            case 36..<38:
                let type = FrameType(rawValue: UInt8.random(in: 4...255, using: &generator))
                #expect(connection.received(ServerConnectionTests.frame(stream, type, [])).isEmpty)
            case 38 where generator.oneIn(10):
                count(try connection.beginDraining().map(Seen.init))
                isDraining = true
            case 39 where generator.oneIn(20):
                let seen = try connection.closed().map(Seen.init)
                #expect(seen == (running.isEmpty || isClosed ? [] : [.cancelAll]))
                isClosed = true
            default: break
            }
            #expect(connection.handlerCount == running.count)
            #expect(running.count <= ServerConnectionTests.limits.handlers)
            #expect(connection.isIdle == running.isEmpty)
            #expect(closes <= 1 && (closes == 0 || isDraining))
            #expect(!(isDraining && running.isEmpty && !isClosed) || closes == 1, "drained and idle, and not closed")
        }

        private mutating func request(_ stream: UInt32) throws {
            let isAcceptable =
                stream % 2 == 1 && !running.contains(stream) && !isDraining
                && running.count < ServerConnectionTests.limits.handlers
            let seen = try connection.received(ServerConnectionTests.frame(stream)).map(Seen.init)
            if isClosed {
                #expect(seen.isEmpty)
            } else if isAcceptable {
                #expect(seen == [.start(stream)])
                running.insert(stream)
                answers[stream] = 0
            } else {
                guard case .answer(stream, let code, _) = seen.first, seen.count == 1 else {
                    return #expect(Bool(false), "a refused request has one answer, got \(seen)")
                }
                #expect(code != .ok)
                if !running.contains(stream) { ended.insert(stream) }
            }
        }

        /// A handler ends, with an answer or after its caller has had one.
        private mutating func end() throws {
            guard let stream = running.randomElement(using: &generator) else { return }
            let isExpired = generator.oneIn(4)
            if isExpired { _ = connection.end(StreamID(rawValue: stream), with: RPCError(.deadlineExceeded, "late")) }
            let seen = try connection.handlerEnded(StreamID(rawValue: stream), with: .success([1])).map(Seen.init)
            running.remove(stream)
            ended.insert(stream)
            count(seen)
            #expect(answers[stream] == (isExpired || isClosed ? 0 : 1), "every accepted request has exactly one answer")
        }

        private mutating func count(_ seen: [Seen]) {
            for seen in seen {
                switch seen {
                case .answer(let stream, let code, let isRefused):
                    #expect(!isClosed && code == .ok && !isRefused)
                    answers[stream, default: 0] += 1
                case .close: closes += 1
                default: #expect(Bool(false), "\(seen) out of place")
                }
            }
        }
    }

    @Test("gives every accepted request one answer, never runs more than the limit, closes once", arguments: 0..<200)
    func schedule(seed: UInt64) throws {
        var schedule = Schedule(seed: seed)
        for _ in 0..<300 { try schedule.step() }
    }
}
