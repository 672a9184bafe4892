import Testing

@testable import LLMProviderService

@Suite("One request first, and those that begin like it once it is answered")
struct WarmUpTests {
    private let second: Int64 = 1_000_000_000
    private let charge = Charge(inputTokens: 2000, outputTokens: 10)
    private let written = TokenUsage(input: 400, output: 9, cacheWriteFiveMinutes: 1600)

    private func prefix(_ digest: Int, countsReads: Bool = false) -> PromptPrefix {
        PromptPrefix(digest: digest, countsReads: countsReads)
    }

    private func lane(_ inputTokens: Int64? = nil, places: Int = 50) -> Lane<Int> {
        Lane(
            pacer: Pacer(limits: PerDimension(requests: nil, inputTokens: inputTokens, outputTokens: nil), now: 0),
            concurrency: ConcurrencyLimit(maximum: places), prefixes: WarmPrefixes(patience: 30 * second), now: 0)
    }

    private func send(_ lane: inout Lane<Int>, at now: Int64) -> [(Int, Pacer.Reservation)] {
        var sent: [(Int, Pacer.Reservation)] = []
        while let next = lane.next(at: now).sent { sent.append(next) }
        return sent
    }

    @Test("keeps back those alone: other beginnings, and requests without one, pass")
    func passing() throws {
        var lane = lane()
        let prefixes = [prefix(1), prefix(1), nil, prefix(2), prefix(1), prefix(2), nil]
        for (number, prefix) in prefixes.enumerated() {
            #expect(lane.enter(number, charge: charge, prefix: prefix, horizon: second, at: 0) == nil)
        }
        let first = send(&lane, at: 0)
        #expect(first.map(\.0) == [0, 2, 3, 6])
        #expect(lane.keptBackCount(at: 0) == 3)
        #expect(lane.next(at: 0).again == 30 * second)
        lane.finish(first[0].1, .answered, prefix: prefix(1), usage: written, charge: nil, report: LimitReport(), at: 5)
        #expect(send(&lane, at: 5).map(\.0) == [1, 4])
        #expect(lane.keptBackCount(at: 5) == 1)
        #expect(send(&lane, at: 30 * second).map(\.0) == [5], "patience is over")
    }

    @Test(
        "hands over to another, however it fails",
        arguments: [
            Lane<Int>.Ending.failed, .unsent, .refused(for: 0), .overloaded(pause: nil), .overloaded(pause: 0),
        ])
    func handOver(ending: Lane<Int>.Ending) throws {
        var lane = lane()
        for number in 0..<4 { _ = lane.enter(number, charge: charge, prefix: prefix(1), horizon: second, at: 0) }
        var now: Int64 = 0
        for number in 0..<3 {
            let sent = send(&lane, at: now)
            #expect(sent.map(\.0) == [number])
            now += 1
            lane.finish(sent[0].1, ending, prefix: prefix(1), charge: nil, report: LimitReport(), at: now)
        }
        let last = send(&lane, at: now)
        #expect(last.map(\.0) == [3])
        #expect(lane.next(at: now).again == nil)
    }

    @Test("makes room: who waits for it takes no place of those that need not, up to a maximum")
    func room() {
        var lane = lane(places: 8)
        _ = lane.enter(0, charge: charge, prefix: prefix(1), horizon: second, at: 0)
        _ = send(&lane, at: 0)
        for number in 1...Lane<Int>.maximumKeptBack {
            #expect(lane.room(until: second, at: 0) == 7)
            #expect(lane.enter(number, charge: charge, prefix: prefix(1), horizon: second, at: 0) == nil)
        }
        #expect(lane.room(until: second, at: 0) == 0)
        #expect(lane.enter(1000, charge: charge, horizon: second, at: 0) != nil)
        #expect(lane.removeWaiting().count == Lane<Int>.maximumKeptBack)
        #expect(lane.room(until: second, at: 0) == 7)
    }

    @Test("spares the others what the vendor reads, as far as it does not count that", arguments: [false, true])
    func spared(countsReads: Bool) throws {
        // Two thousand tokens a second, of which a tenth may come at once.
        var lane = lane(120_000)
        let prefix = prefix(1, countsReads: countsReads)
        for number in 0..<4 { _ = lane.enter(number, charge: charge, prefix: prefix, horizon: 10 * second, at: 0) }
        let leader = try #require(send(&lane, at: 0).first)
        #expect(leader.1.charge.inputTokens == 2000)
        lane.finish(
            leader.1, .answered, prefix: prefix, usage: written, charge: nil, report: LimitReport(), at: second / 2)
        var now = second / 2
        var charges: [Int64] = []
        while charges.count < 3 {
            charges += send(&lane, at: now).map(\.1.charge.inputTokens)
            now = lane.next(at: now).again ?? now
        }
        #expect(charges == Array(repeating: countsReads ? 2000 : 400, count: 3))
        #expect(countsReads ? now > 3 * second : now < 2 * second)
    }

    @Test("takes turns with the other lanes for the places that all of them share")
    func shared() throws {
        var table = LaneTable<Int>(horizon: second, maximumInFlight: 4) { _, now in
            Lane(
                pacer: Pacer(limits: PerDimension(all: nil), now: now), concurrency: ConcurrencyLimit(maximum: 4), now: now)
        }
        func id(_ pool: String) -> LaneID { LaneID(provider: "vendor", credential: "", pool: pool) }
        for number in 0..<4 { _ = table.enter(number, charge: charge, in: id("a"), at: 0) }
        var due = table.due(at: 0).items
        #expect(due.count == 4)
        for number in 0..<4 { _ = table.enter(number, charge: charge, in: id("b"), at: 1) }
        #expect(table.due(at: 1).items.isEmpty)
        for step in 0..<2 {
            let ended = due.removeFirst()
            _ = table.finish(ended.2, in: ended.0, .answered, charge: nil, report: LimitReport(), at: 2)
            _ = table.enter(10 + step, charge: charge, in: id("a"), at: 2)
            #expect(table.due(at: 2).items.map(\.0) == [id("b")])
        }
    }
}
