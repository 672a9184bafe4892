import Testing

@testable import LLMProviderService

@Suite("Lanes")
struct LaneTests {
    private let horizon: Int64 = 500_000_000
    private let small = Charge(inputTokens: 0, outputTokens: 0)
    private let minute: Int64 = 60_000_000_000

    private func table(_ requests: Int64? = nil, concurrency: Int = 8) -> LaneTable<Int> {
        LaneTable(horizon: horizon, maximumInFlight: 100) { _, now in
            Lane(
                pacer: Pacer(limits: PerDimension(requests: requests, inputTokens: nil, outputTokens: nil), now: now),
                concurrency: ConcurrencyLimit(maximum: concurrency), now: now)
        }
    }

    private func id(_ pool: String, provider: String = "vendor") -> LaneID {
        LaneID(provider: provider, credential: "", pool: pool)
    }

    @Test("Who goes on with a lane knows what the vendor stated, and lets no request find out, unless nothing may be sent")
    func resumed() throws {
        var first = table(1000)
        #expect(first.enter(1, charge: small, in: id("a"), at: 0) == nil)
        let due = try #require(first.due(at: 0).items.first)
        var report = LimitReport()
        report.words.requests = LimitReport.Word(limit: 300)
        _ = first.finish(due.2, in: id("a"), .answered, charge: Charge(inputTokens: 70, outputTokens: 9), report: report, at: 1)
        let record = try #require(first.records(of: "vendor")[id("a")])
        #expect(record.stated == PerDimension(requests: 300, inputTokens: nil, outputTokens: nil))
        #expect(record.largest == Charge(inputTokens: 70, outputTokens: 9))

        for isFrozen in [false, true] {
            var next = LaneTable<Int>(horizon: horizon, maximumInFlight: 100) { _, now in
                Lane(
                    pacer: Pacer(limits: PerDimension(requests: 1000, inputTokens: nil, outputTokens: nil), now: now),
                    concurrency: ConcurrencyLimit(maximum: 8), patience: 10 * minute, now: now)
            }
            var record = record
            if isFrozen { record.frozenUntil = minute }
            next.resume([id("a"): record], of: "vendor", at: 0)
            #expect(next[id("a")]?.pacer.limits.requests == 300)
            #expect(next[id("b")] == nil)
            let later = 2 * minute
            for number in 1...3 { _ = next.enter(number, charge: small, in: id("a"), at: later) }
            var sent = 0
            for step in 0..<10 { sent += next.due(at: later + Int64(step) * 1_000_000_000).items.count }
            #expect(sent == (isFrozen ? 1 : 3))
        }
    }

    @Test("A spend limit parks its lane for a quarter of an hour, lets one request find out, and leaves the others alone")
    func spent() throws {
        var table = table()
        #expect(table.enter(1, charge: small, in: id("a"), at: 0) == nil)
        #expect(table.enter(2, charge: small, in: id("b"), at: 0) == nil)
        var due = table.due(at: 0).items
        #expect(Set(due.map(\.1)) == [1, 2])
        let first = try #require(due.first { $0.1 == 1 })
        #expect(table.enter(3, charge: small, in: id("a"), at: 1) == nil)
        let left = table.finish(first.2, in: id("a"), .spent, charge: nil, report: LimitReport(), at: 1)
        #expect(left.inVain == [3] && !left.isHeld)
        #expect(table.enter(3, charge: small, in: id("a"), at: 2) == 15 * minute - 1)
        #expect(table.room(of: "vendor", at: 2) == 7, "the other lane goes on, with one under way")
        #expect(!table.standsStill("vendor", at: 2))

        let later = 15 * minute + 1
        for number in 4..<8 { _ = table.enter(number, charge: small, in: id("a"), at: later) }
        due = table.due(at: later).items.filter { $0.0 == id("a") }
        #expect(due.map(\.1) == [4], "one finds out")
        _ = table.finish(due[0].2, in: id("a"), .answered, charge: nil, report: LimitReport(), at: later + 1)
        for number in 4..<8 { _ = table.enter(number, charge: small, in: id("a"), at: later + 2) }
        #expect(table.due(at: later + 2).items.count > 1)
    }

    @Test(
        "An account that is not let in stands still in all its pools, and one request of one of them finds out whether it is again"
    )
    func barred() throws {
        var table = table()
        let other = id("a", provider: "other")
        for lane in [id("a"), id("b"), other] { #expect(table.enter(1, charge: small, in: lane, at: 0) == nil) }
        var due = table.due(at: 0).items
        #expect(due.count == 3)
        for lane in [id("a"), id("b"), other] { #expect(table.enter(2, charge: small, in: lane, at: 1) == nil) }
        let first = try #require(due.first { $0.0 == id("a") })
        #expect(table.finish(first.2, in: id("a"), .barred, charge: nil, report: LimitReport(), at: 1).inVain == [2, 2])
        #expect(table.due(at: 2).items.map(\.0) == [other])
        // What was under way before proves nothing.
        let second = try #require(due.first { $0.0 == id("b") })
        _ = table.finish(second.2, in: id("b"), .answered, charge: nil, report: LimitReport(), at: 3)
        for pool in ["a", "b", "new"] {
            #expect(table.enter(3, charge: small, in: id(pool), at: 3) == 15 * minute - 2)
        }
        #expect(table.standsStill("vendor", at: 3) && !table.standsStill("other", at: 3))

        var now = 15 * minute + 1
        for pool in ["a", "b", "new"] { #expect(table.enter(4, charge: small, in: id(pool), at: now) == nil) }
        due = table.due(at: now).items
        #expect(due.count == 1, "one finds out for all")
        let again = table.finish(due[0].2, in: due[0].0, .barred, charge: nil, report: LimitReport(), at: now)
        #expect(again.inVain == [4, 4] && !again.isHeld)

        now += 15 * minute
        for pool in ["a", "b", "new"] { #expect(table.enter(5, charge: small, in: id(pool), at: now) == nil) }
        due = table.due(at: now).items
        #expect(due.count == 1)
        #expect(table.finish(due[0].2, in: due[0].0, .answered, charge: nil, report: LimitReport(), at: now).inVain == [])
        #expect(table.due(at: now).items.count == 2)
    }

    @Test("What was under way when a lane was parked is held against the lane, and ends no wait")
    func underWay() throws {
        var table = table()
        for number in 1...4 { #expect(table.enter(number, charge: small, in: id("a"), at: 0) == nil) }
        #expect(table.enter(5, charge: small, in: id("b"), at: 0) == nil)
        let due = table.due(at: 0).items
        let under = due.filter { $0.0 == id("a") }
        #expect(under.count == 4)
        func end(_ index: Int, _ ending: Lane<Int>.Ending, at now: Int64) -> Bool {
            table.finish(under[index].2, in: id("a"), ending, charge: nil, report: LimitReport(), at: now).isHeld
        }
        #expect(!end(0, .spent, at: 1))
        #expect(end(1, .spent, at: 2))
        #expect(end(2, .overloaded(pause: nil), at: 3))
        #expect(!end(3, .answered, at: 4))
        #expect(table[id("a")]?.breaker.reason == .spent)
        #expect(table[id("a")]?.isFrozen(at: 15 * minute) == true)
        #expect(table[id("b")]?.breaker.state == .closed)

        let other = try #require(due.first { $0.0 == id("b") })
        let late = table.finish(other.2, in: id("b"), .barred, charge: nil, report: LimitReport(), at: 5)
        #expect(!late.isHeld, "it is the first to find that out of the account")
    }

    @Test("An account that was kept out is so for whoever goes on, in all its pools")
    func barredOnRecord() throws {
        var first = table()
        for pool in ["a", "b"] { #expect(first.enter(1, charge: small, in: id(pool), at: 0) == nil) }
        let due = first.due(at: 0).items
        _ = first.finish(due[0].2, in: due[0].0, .barred, charge: nil, report: LimitReport(), at: 0)
        let records = first.records(of: "vendor")
        #expect(records.values.allSatisfy { $0.standstill == .barred && $0.frozenUntil == 15 * minute })

        var next = table()
        next.resume(records.mapValues { $0.moved(by: -minute) }, of: "vendor", at: 0)
        #expect(next.standsStill("vendor", at: 14 * minute - 1))
        for pool in ["a", "b"] {
            for number in 1...3 { _ = next.enter(number, charge: small, in: id(pool), at: 14 * minute) }
        }
        #expect(next.due(at: 14 * minute).items.count == 1, "one finds out for all")
    }

    @Test("No more is taken on than can be sent soon; the rest is put back for about when its turn comes")
    func horizonOfClaims() {
        var table = table(600)
        #expect(table.room(of: "vendor", at: 0) == nil, "nothing is known yet")
        var pauses: [Int64] = []
        for number in 0..<20 {
            if let pause = table.enter(number, charge: small, in: id("a"), at: 0) { pauses.append(pause) }
        }
        // A hundred milliseconds each: five or six within the horizon.
        #expect((5...6).contains(table.waitingCount))
        #expect(pauses.count == 20 - table.waitingCount)
        #expect(pauses.first == horizon)
        #expect(pauses == pauses.sorted())
        #expect(table.room(of: "vendor", at: 0) == 0)
    }

    @Test("A lane that takes a request a minute has one waiting, not none")
    func slow() {
        var table = table(1)
        #expect(table.enter(0, charge: small, in: id("a"), at: 0) == nil)
        #expect(table.due(at: 0).items.count == 1)
        #expect(table.room(of: "vendor", at: 0) == 1)
        #expect(table.enter(1, charge: small, in: id("a"), at: 0) == nil)
        #expect(table.room(of: "vendor", at: 0) == 0)
        let due = table.due(at: 0)
        #expect(due.items.isEmpty)
        #expect(due.again ?? 0 > minute)
    }

    @Test("A provider whose lanes all stand still is told from one of which nothing is known")
    func frozen() {
        var table = table()
        #expect(table.room(of: "vendor", at: 0) == nil)
        _ = table.enter(0, charge: small, in: id("a"), at: 0)
        let due = table.due(at: 0).items
        _ = table.finish(due[0].2, in: id("a"), .refused(for: minute), charge: nil, report: LimitReport(), at: 0)
        #expect(table.standsStill("vendor", at: minute - 1))
        #expect(table.room(of: "vendor", at: 0) == 0)
        #expect(!table.standsStill("vendor", at: minute))
        #expect(table.room(of: "vendor", at: minute) == 8)
    }

    @Test("Overload takes three tenths of the room once for all that were under way; good answers bring it back")
    func overload() {
        var limit = ConcurrencyLimit(maximum: 10)
        limit.overloaded(sentAt: 0, at: 5)
        #expect(limit.current == 7)
        limit.overloaded(sentAt: 4, at: 6)
        #expect(limit.current == 7)
        limit.overloaded(sentAt: 5, at: 7)
        #expect(limit.current == 4)
        for _ in 0..<100 { limit.overloaded(sentAt: .max, at: 8) }
        #expect(limit.current == 1)
        for _ in 0..<5 { limit.answered(after: 1, sentAt: 9, isFull: false, at: 10) }
        #expect(limit.current == 1, "an empty lane proves nothing")
        for _ in 0..<100 { limit.answered(after: 1, sentAt: 9, isFull: true, at: 10) }
        #expect(limit.current == 10)
    }

    @Test("Answers that take twice as long as they used to are a sign of overload")
    func latency() {
        var limit = ConcurrencyLimit(maximum: 10)
        for number in 0..<100 { limit.answered(after: 1_000_000, sentAt: Int64(number), isFull: true, at: Int64(number)) }
        #expect(limit.current == 10)
        for number in 100..<110 { limit.answered(after: 5_000_000, sentAt: Int64(number), isFull: true, at: Int64(number)) }
        #expect(limit.current < 10)
    }

    @Test("The first request goes alone until it is answered, or patience is over")
    func leader() {
        func lane() -> Lane<Int> {
            var lane = Lane<Int>(
                pacer: Pacer(limits: PerDimension(all: nil), now: 0), concurrency: ConcurrencyLimit(maximum: 4), patience: 10,
                now: 0)
            _ = lane.enter(0, charge: small, horizon: horizon, at: 0)
            return lane
        }
        var answered = lane()
        let reservation = answered.next(at: 0).sent?.1
        #expect(answered.room(until: horizon, at: 9) == 0)
        if let reservation { answered.finish(reservation, .failed, charge: nil, report: LimitReport(), at: 5) }
        #expect(answered.room(until: horizon, at: 5) == 4)
        var silent = lane()
        _ = silent.next(at: 0)
        #expect(silent.room(until: horizon, at: 10) == 3)
    }

    @Test("A request that reached nobody gives its place and its charge back")
    func unsent() {
        var table = table(60)
        _ = table.enter(0, charge: small, in: id("a"), at: 0)
        let due = table.due(at: 0).items
        _ = table.finish(due[0].2, in: id("a"), .unsent, charge: nil, report: LimitReport(), at: 0)
        _ = table.enter(0, charge: small, in: id("a"), at: 0)
        #expect(table.due(at: 0).items.count == 1)
    }
}
