import ChaosProxy
import Testing

@Suite("What a proxy looks for")
struct MatcherTests {
    private static func message(_ type: Character?, _ body: [UInt8]) -> [UInt8] {
        let length = body.count + 4
        return (type.map { [$0.asciiValue ?? 0] } ?? [])
            + [UInt8(length >> 24), UInt8(length >> 16 & 255), UInt8(length >> 8 & 255), UInt8(length & 255)] + body
    }

    private static func text(_ text: String) -> [UInt8] { Array(text.utf8) + [0] }

    private static let encryption = message(nil, [0x04, 0xD2, 0x16, 0x2F])
    private static let startup = message(nil, [0, 3, 0, 0] + text("user") + text("huleedu") + [0])
    private static let parse = message("P", text("s1") + text("COMMIT") + [0, 0])
    private static let parseOther = message("P", text("s2") + text("SELECT 'COMMIT'") + [0, 0])
    private static let bind = message("B", text("") + text("s1") + [0, 0, 0, 0, 0, 0])
    private static let bindOther = message("B", text("") + text("s2") + [0, 0, 0, 0, 0, 0])
    private static let execute = message("E", text("") + [0, 0, 0, 0])
    private static let sync = message("S", [])

    @Test("is a statement where it is executed, prepared now or before, and nowhere else")
    func statement() {
        var matcher = PostgresStatement("COMMIT")
        let opening = Self.encryption + Self.startup + Self.parse + Self.parseOther + Self.bindOther + Self.execute + Self.sync
        #expect(matcher.finds(in: opening).isEmpty)
        let again = Self.bindOther + Self.execute + Self.bind + Self.execute + Self.sync
        let start = Self.bindOther.count + Self.execute.count
        #expect(matcher.finds(in: again) == [start..<again.count])
        #expect(matcher.finds(in: Self.bindOther + Self.execute + Self.sync).isEmpty)
        let simple = Self.message("Q", Self.text("COMMIT"))
        #expect(matcher.finds(in: simple + simple) == [0..<simple.count, simple.count..<2 * simple.count])
        #expect(matcher.finds(in: Self.message("Q", Self.text("ROLLBACK"))).isEmpty)
    }

    @Test("is found once, at its last byte, however it comes in pieces")
    func pieces() {
        let all = Self.startup + Self.parse + Self.bind + Self.execute + Self.sync
        for split in 1..<all.count {
            var matcher = PostgresStatement("COMMIT")
            #expect(matcher.finds(in: Array(all[..<split])).isEmpty)
            let begin = Self.startup.count + Self.parse.count
            #expect(matcher.finds(in: Array(all[split...])) == [max(0, begin - split)..<(all.count - split)])
        }
    }

    @Test("is no longer found under a name that was given to another statement")
    func renamed() {
        var matcher = PostgresStatement("COMMIT")
        let other = Self.message("P", Self.text("s1") + Self.text("SELECT 1") + [0, 0])
        #expect(matcher.finds(in: Self.startup + Self.parse + other + Self.bind + Self.execute + Self.sync).isEmpty)
    }

    @Test("is a sequence of bytes, overlapping itself or torn")
    func bytes() {
        var matcher = BytePattern(Array("aa".utf8))
        #expect(matcher.finds(in: Array("aaa".utf8)) == [0..<2, 1..<3])
        #expect(matcher.finds(in: Array("a".utf8)) == [0..<1])
        #expect(matcher.finds(in: Array("b".utf8)).isEmpty)
        #expect(matcher.finds(in: []).isEmpty)
    }
}

@Suite("Faults by name and by chance")
struct FaultTests {
    @Test(
        "are read as they are written",
        arguments: [
            "none", "delay:0", "bandwidth:1", "trickle:1", "stall", "black-hole", "half-open", "reset", "cut:upstream:0",
            "cut:downstream:9", "slow-close:0", "refuse",
        ])
    func words(text: String) {
        #expect(Fault(text)?.description == text)
    }

    @Test(
        "are refused when they are not whole",
        arguments: [
            "", "delay", "delay:-1", "delay:x", "bandwidth:0", "trickle:0", "cut:5", "cut:sideways:5", "none:1", "reset:1",
        ])
    func noWords(text: String) {
        #expect(Fault(text) == nil)
    }

    @Test("come the same with the same seed, within their bounds")
    func schedule() throws {
        func steps(_ seed: UInt64) -> [RandomSchedule.Step] {
            var schedule = RandomSchedule(seed: seed, faults: [.reset, .stall], peace: 1...5, duration: 10...20)
            return (0..<100).compactMap { _ in schedule.next() }
        }
        #expect(steps(7) == steps(7) && steps(7) != steps(8))
        #expect(steps(7).allSatisfy { (1...5).contains($0.peaceMilliseconds) && (10...20).contains($0.milliseconds) })
        #expect(Set(steps(7).map(\.fault)) == [.reset, .stall])
    }
}
