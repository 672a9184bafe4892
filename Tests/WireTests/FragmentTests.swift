import Fuzzing
import Testing

@testable import Wire

@Suite("Messages that are sent in pieces")
struct FragmentTests {
    private static let piece = FragmentQueue.pieceBytes

    static func frame(_ stream: UInt32, _ count: Int, _ type: FrameType = .request, _ flags: FrameFlags = []) -> Frame {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ Int(stream)) }
        return Frame(stream: StreamID(rawValue: stream), type: type, flags: flags, payload: bytes)
    }

    private static func all(_ queue: inout FragmentQueue) -> [Frame] {
        var frames: [Frame] = []
        while let frame = queue.next() { frames.append(frame) }
        return frames
    }

    @Test("are cut at the length of a piece, and each but the last says that there is more")
    func border() {
        let piece = Self.piece
        for (count, lengths) in [
            (piece - 1, [piece - 1]), (piece, [piece]), (piece + 1, [piece, 1]), (2 * piece, [piece, piece]),
            (2 * piece + 1, [piece, piece, 1]), (0, [0]),
        ] {
            var queue = FragmentQueue()
            let frame = Self.frame(1, count, .data, .remoteClosed)
            #expect(queue.concerns(frame) == (count > Self.piece))
            let bytes = queue.add(frame)
            let pieces = Self.all(&queue)
            #expect(pieces.map(\.payload.count) == lengths)
            #expect(bytes == lengths.reduce(0) { $0 + $1 + FrameHeader.byteCount } && queue.isEmpty)
            #expect(pieces.dropLast().allSatisfy { $0.flags == [.remoteClosed, .more] } && pieces.last?.flags == .remoteClosed)
            #expect(pieces.flatMap(\.payload) == frame.payload && pieces.allSatisfy { $0.type == .data })
        }
    }

    @Test("take turns, and what a stream says keeps its order, short messages too; what is no message takes no turn")
    func turns() {
        var queue = FragmentQueue()
        for (stream, count) in [(1, 3), (3, 2), (5, 1)] as [(UInt32, Int)] {
            _ = queue.add(Self.frame(stream, count * Self.piece + 1))
        }
        let short = Self.frame(1, 1, .data)
        #expect(queue.concerns(short) && !queue.concerns(Self.frame(9, 1)))
        #expect(!queue.concerns(ControlFrame.cancel(StreamID(rawValue: 1), .cancelled).frame))
        _ = queue.add(short)
        let order = Self.all(&queue)
        #expect(order.map(\.stream.rawValue) == [1, 3, 5, 1, 3, 5, 1, 3, 1, 1])
        #expect(order.last == short)
    }

    @Test("are taken out with all that comes behind them where they are requests of which nothing has been sent")
    func withdrawn() {
        var queue = FragmentQueue()
        let (first, other) = (StreamID(rawValue: 1), StreamID(rawValue: 3))
        for stream: UInt32 in [1, 3] {
            _ = queue.add(Self.frame(stream, 2 * Self.piece))
            _ = queue.add(Self.frame(stream, 5, .data))
        }
        _ = queue.next()
        #expect(queue.withdraw(first).isEmpty && queue.withdraw(StreamID(rawValue: 5)).isEmpty)
        let taken = queue.withdraw(other)
        #expect(taken == [Self.frame(3, 2 * Self.piece), Self.frame(3, 5, .data)])
        #expect(taken.map(FragmentQueue.byteCount(of:)) == [2 * Self.piece + 20, 15])
        #expect(queue.withdraw(other).isEmpty)
        _ = queue.next()
        // Its request has been sent.
        #expect(queue.withdraw(first).isEmpty)
        #expect(Self.all(&queue) == [Self.frame(1, 5, .data)])
        // What is no request has been heard of.
        _ = queue.add(Self.frame(3, 2 * Self.piece, .data))
        #expect(queue.withdraw(other).isEmpty && Self.all(&queue).count == 2 && queue.isEmpty)
    }

    @Test("are no more at once than a receiver takes, by their number and by their bytes, and short ones go by")
    func bounds() {
        var queue = FragmentQueue()
        let most = FragmentQueue.mostUnfinished
        for number in 0...most { _ = queue.add(Self.frame(UInt32(2 * number + 1), Self.piece + 1)) }
        let begun = Self.all(&queue)
        #expect(begun.prefix(most).allSatisfy { $0.flags.contains(.more) })
        // The first has ended before the last begins.
        #expect(begun[most].stream.rawValue == 1 && begun[most].flags.isEmpty)
        #expect(begun.count == 2 * (most + 1))
        var long = FragmentQueue()
        for stream: UInt32 in [1, 3, 5] { _ = long.add(Self.frame(stream, 6 << 20)) }
        let pieces = Self.all(&long)
        let third = pieces.firstIndex { $0.stream.rawValue == 5 } ?? 0
        #expect(third > 0 && pieces[..<third].contains { !$0.flags.contains(.more) })
        // One that is longer than all may be goes alone.
        var longest = FragmentQueue()
        _ = longest.add(Self.frame(1, 17 << 20))
        #expect(longest.next() != nil)
    }

    @Test("come together whatever order their turns have, and no bound is ever passed", arguments: 0..<60 as Range<UInt64>)
    func random(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var queue = FragmentQueue()
        var reassembly = Reassembly(longest: 4 << 20)
        var waiting: [StreamID: [Frame]] = [:]
        func arrive(_ frame: Frame) throws {
            let whole = reassembly.concerns(frame.stream, frame.flags) ? try reassembly.take(frame).whole : frame
            guard let whole else { return }
            #expect(waiting[whole.stream]?.removeFirst() == whole)
        }
        for _ in 0..<300 {
            if generator.oneIn(4) {
                let stream = 2 * UInt32.random(in: 0..<100, using: &generator) + 1
                let length = generator.oneIn(3) ? Int.random(in: 0...300_000, using: &generator) : 64
                let frame = Self.frame(stream, length, .data)
                waiting[frame.stream, default: []].append(frame)
                if queue.concerns(frame) {
                    _ = queue.add(frame)
                } else {
                    try arrive(frame)
                }
            } else if let piece = queue.next() {
                #expect(piece.payload.count <= Self.piece)
                try arrive(piece)
            }
        }
        while let piece = queue.next() { try arrive(piece) }
        #expect(waiting.values.joined().isEmpty && reassembly.keptBytes == 0 && reassembly.oldest == nil)
    }
}

@Suite("Messages that arrive in pieces")
struct ReassemblyTests {
    private func code(_ frames: [Frame]) -> StatusCode? {
        var reassembly = Reassembly(longest: 8 << 20)
        do throws(RPCError) {
            for frame in frames { _ = try reassembly.take(frame) }
            return nil
        } catch {
            return error.code
        }
    }

    private func piece(_ stream: UInt32, _ count: Int, _ type: FrameType = .request) -> Frame {
        FragmentTests.frame(stream, count, type, .more)
    }

    @Test("are taken at the limit, and dropped whole one byte above it, in the last piece or before")
    func limit() throws {
        for (last, isTaken) in [(4, true), (5, false)] {
            var reassembly = Reassembly(longest: 10)
            _ = try reassembly.take(piece(1, 6))
            #expect(reassembly.keptBytes == 6 && reassembly.isInside(StreamID(rawValue: 1)))
            let outcome = try reassembly.take(FragmentTests.frame(1, last))
            #expect((outcome.whole?.payload.count == 10) == isTaken && outcome.isOverlong == !isTaken)
            #expect(outcome.droppedBytes == (isTaken ? nil : 11) && reassembly.keptBytes == 0)
            #expect(!reassembly.isInside(StreamID(rawValue: 1)))
        }
        var reassembly = Reassembly(longest: 10)
        let outcomes = try [piece(1, 11), piece(1, 5), FragmentTests.frame(1, 3)].map { try reassembly.take($0) }
        #expect(outcomes.map(\.isOverlong) == [true, false, false])
        #expect(outcomes.map(\.droppedBytes) == [nil, nil, 19] && outcomes.allSatisfy { $0.whole == nil })
    }

    @Test("are no more, in number and in bytes, than a sender may begin")
    func bounds() {
        let most = FragmentQueue.mostUnfinished
        let many = (0..<most).map { piece(UInt32(2 * $0 + 1), 0) }
        #expect(code(many) == nil && code(many + [piece(999, 0)]) == .resourceExhausted)
        #expect(code(many + [FragmentTests.frame(1, 0), piece(999, 0)]) == nil)
        let half = FragmentQueue.mostUnfinishedBytes / 2
        #expect(code([piece(1, half), piece(3, half)]) == nil)
        #expect(code([piece(1, half), piece(3, half), piece(5, 1)]) == .resourceExhausted)
        // What is dropped counts as long as it has not ended.
        #expect(code([piece(1, half + 1), piece(3, half)]) == .resourceExhausted)
    }

    @Test("are refused where one is inside another of its stream")
    func mixed() {
        #expect(code([piece(1, 1, .request), piece(1, 1, .data)]) == .invalidArgument)
        #expect(code([piece(1, 1, .data), FragmentTests.frame(1, 1, .request)]) == .invalidArgument)
        #expect(code([piece(1, 1, .data), piece(3, 1, .request)]) == nil)
    }

    @Test("that nobody wants are not kept, and neither are those that are given up, until their end")
    func dropped() throws {
        var reassembly = Reassembly(longest: 100)
        let stream = StreamID(rawValue: 1)
        _ = try reassembly.take(piece(1, 10), isWanted: false)
        #expect(reassembly.keptBytes == 0 && reassembly.kept.isEmpty)
        let unwanted = try reassembly.take(FragmentTests.frame(1, 5))
        #expect(unwanted == Reassembly.Outcome(droppedBytes: 15))
        _ = try reassembly.take(piece(1, 10))
        reassembly.drop(stream)
        #expect(reassembly.keptBytes == 0 && reassembly.isInside(stream))
        let header = FrameHeader(length: 7, stream: stream, type: .request, flags: .more)
        let unheld = try reassembly.takeDropped(header)
        let last = try reassembly.take(FragmentTests.frame(1, 5))
        #expect(unheld.droppedBytes == nil && last == Reassembly.Outcome(droppedBytes: 22))
        // What follows is a message of its own.
        _ = try reassembly.take(piece(1, 1))
        #expect(reassembly.keptBytes == 1)
    }
}
