import Testing

@testable import LLMProviderService

@Suite("A lane's pace")
struct PacerTests {
    static let second: Int64 = 1_000_000_000

    private func pacer(
        _ requests: Int64? = nil, input: Int64? = nil, output: Int64? = nil, change: (inout Pacer.Settings) -> Void = { _ in }
    ) -> Pacer {
        var settings = Pacer.Settings()
        settings.share = 1000
        settings.mostShare = 1000
        settings.jitter = 0
        change(&settings)
        return Pacer(
            limits: PerDimension(requests: requests, inputTokens: input, outputTokens: output), settings: settings, now: 0)
    }

    private func admitted(_ admission: Pacer.Admission) throws -> Pacer.Reservation {
        guard case .admitted(let reservation) = admission else { throw Refused(admission: admission) }
        return reservation
    }

    private struct Refused: Error { let admission: Pacer.Admission }

    private let small = Charge(inputTokens: 0, outputTokens: 0)

    @Test("Sixty requests a minute go by the second, to the nanosecond")
    func requests() throws {
        var pacer = pacer(60)
        _ = try admitted(pacer.admit(small, at: 0))
        #expect(pacer.admit(small, at: 0) == .wait(until: Self.second))
        #expect(pacer.admit(small, at: Self.second - 1) == .wait(until: Self.second))
        _ = try admitted(pacer.admit(small, at: Self.second))
        // Idle time is not saved up beyond the burst, and a request that takes a second leaves none.
        _ = try admitted(pacer.admit(small, at: 100 * Self.second))
        #expect(pacer.admit(small, at: 100 * Self.second) == .wait(until: 101 * Self.second))
    }

    @Test("Small requests may run ahead by the burst, and by half of what the vendor's bucket holds beside them")
    func burst() throws {
        // 6,000 a minute: ten milliseconds each, which leaves 90 of the bucket's 100. The fifth runs 40 ms ahead, the sixth would 50.
        var pacer = pacer(6000)
        for _ in 0..<5 { _ = try admitted(pacer.admit(small, at: 0)) }
        #expect(pacer.admit(small, at: 0) == .wait(until: 5_000_000))
        // 900 a minute: 67 ms each, which leaves 33.
        pacer = self.pacer(900)
        _ = try admitted(pacer.admit(small, at: 0))
        #expect(pacer.admit(small, at: 0) == .wait(until: 66_666_667 - (100_000_000 - 66_666_667) / 2))
    }

    @Test(
        "Where the bucket holds no more than one request, they keep the distance that their way varies by, unless the margin does"
    )
    func jitter() throws {
        // 400 a minute: 150 ms each, more than the bucket holds.
        var pacer = pacer(400) { $0.jitter = 3_000_000 }
        _ = try admitted(pacer.admit(small, at: 0))
        #expect(pacer.admit(small, at: 0) == .wait(until: 153_000_000))
        // A margin of a hundredth is half of that, and counts.
        pacer = self.pacer(400) {
            $0.jitter = 3_000_000
            $0.share = 990
        }
        _ = try admitted(pacer.admit(small, at: 0))
        let time = Rate(limit: 400, share: 990).time(for: 1)
        #expect(pacer.admit(small, at: 0) == .wait(until: time + 3_000_000 - time / 1000 * 10))
        // A second each: the margin alone is more.
        pacer = self.pacer(60) {
            $0.jitter = 3_000_000
            $0.share = 990
        }
        _ = try admitted(pacer.admit(small, at: 0))
        #expect(pacer.admit(small, at: 0) == .wait(until: Rate(limit: 60, share: 990).time(for: 1)))
        // Where the bucket holds 4 ms more than the request of 96, one of them is left to run ahead.
        pacer = self.pacer(625) { $0.jitter = 3_000_000 }
        _ = try admitted(pacer.admit(small, at: 0))
        #expect(pacer.admit(small, at: 0) == .wait(until: 95_000_000))
    }

    @Test("A request that leaves late holds back those after it, unless it is settled")
    func lateDeparture() throws {
        var pacer = pacer(60)
        let first = try admitted(pacer.admit(small, at: 0))
        pacer.depart(first, at: 7_000_000)
        #expect(pacer.earliest(small) == Self.second + 7_000_000)
        pacer.depart(first, at: 3_000_000)
        #expect(pacer.earliest(small) == Self.second + 7_000_000)
        pacer.settle(first, as: small)
        pacer.depart(first, at: 9_000_000)
        #expect(pacer.earliest(small) == Self.second + 7_000_000)
    }

    @Test("The scarcest of the three decides")
    func dimensions() throws {
        var pacer = pacer(6000, input: 60_000, output: 6000)
        _ = try admitted(pacer.admit(Charge(inputTokens: 2000, outputTokens: 50), at: 0))
        #expect(pacer.admit(Charge(inputTokens: 2000, outputTokens: 50), at: 0) == .wait(until: 2 * Self.second))
        _ = try admitted(pacer.admit(Charge(inputTokens: 100, outputTokens: 500), at: 2 * Self.second))
        #expect(
            pacer.admit(Charge(inputTokens: 100, outputTokens: 500), at: 2 * Self.second) == .wait(until: 7 * Self.second))
    }

    @Test("Settling moves the next by what was estimated wrongly, up and down")
    func settling() throws {
        var pacer = pacer(input: 60_000)
        let first = try admitted(pacer.admit(Charge(inputTokens: 2000, outputTokens: 0), at: 0))
        pacer.settle(first, as: Charge(inputTokens: 3000, outputTokens: 0))
        #expect(pacer.earliest(Charge(inputTokens: 2000, outputTokens: 0)) == 3 * Self.second)
        pacer.settle(first, as: .nothing)
        #expect(pacer.earliest(Charge(inputTokens: 2000, outputTokens: 0)) == 3 * Self.second, "once and for all")
        let second = try admitted(pacer.admit(Charge(inputTokens: 2000, outputTokens: 0), at: 3 * Self.second))
        pacer.settle(second, as: Charge(inputTokens: 500, outputTokens: 0))
        #expect(pacer.earliest(Charge(inputTokens: 2000, outputTokens: 0)) == 3 * Self.second + Self.second / 2)
        #expect(pacer.openReservations == 0)
    }

    @Test("A request that was never sent gives back what it took, but not what time had given back already")
    func refund() throws {
        var pacer = pacer(60)
        let first = try admitted(pacer.admit(small, at: 0))
        pacer.settle(first, as: .nothing)
        #expect(pacer.earliest(small) == 0)
        let lost = try admitted(pacer.admit(small, at: 0))
        _ = try admitted(pacer.admit(small, at: 10 * Self.second))
        pacer.settle(lost, as: .nothing)
        #expect(pacer.earliest(small) == 11 * Self.second, "the one at ten seconds was charged, whatever became of the first")
    }

    @Test("A refusal stops everything until the vendor's word, then less is used, and the share comes back by the minute")
    func refusal() throws {
        var pacer = pacer(6000) { $0.mostShare = 995 }
        let sent = try admitted(pacer.admit(small, at: 0))
        let other = try admitted(pacer.admit(small, at: 0))
        pacer.refuse(until: 7 * Self.second, sentAt: sent.at, at: 1)
        #expect(pacer.share == 900)
        #expect(pacer.burst == 25_000_000)
        pacer.refuse(until: 7 * Self.second, sentAt: other.at, at: 2)
        #expect(pacer.share == 900, "those that were on their way together count once")
        #expect(pacer.admit(small, at: 7 * Self.second - 1) == .wait(until: 7 * Self.second))
        let next = try admitted(pacer.admit(small, at: 7 * Self.second))
        pacer.refuse(until: 8 * Self.second, sentAt: next.at, at: 7 * Self.second + 1)
        #expect(pacer.share == 810)
        _ = try admitted(pacer.admit(small, at: 68 * Self.second - 1))
        #expect(pacer.share == 810)
        _ = try admitted(pacer.admit(small, at: 68 * Self.second))
        #expect(pacer.share == 815)
        _ = try admitted(pacer.admit(small, at: 3 * 3600 * Self.second))
        #expect(pacer.share == 995)
        #expect(pacer.burst == 50_000_000)
        for _ in 0..<20 { pacer.refuse(until: 0, sentAt: .max, at: 4 * 3600 * Self.second) }
        #expect(pacer.share == 500, "never below half")
    }

    @Test("A shorter wait does not end a longer one")
    func overlapping() {
        var pacer = pacer()
        pacer.freeze(until: 60 * Self.second)
        pacer.freeze(until: Self.second)
        #expect(pacer.admit(small, at: 2 * Self.second) == .wait(until: 60 * Self.second))
    }

    @Test("A request larger than a minute's limit is told apart by dimension, need and limit; one as large is taken")
    func oversize() throws {
        let pacer = pacer(60, input: 30_000, output: 8000)
        try pacer.check(Charge(inputTokens: 30_000, outputTokens: 8000))
        #expect(throws: Pacer.Oversize(dimension: .inputTokens, need: 30_001, limit: 30_000)) {
            try pacer.check(Charge(inputTokens: 30_001, outputTokens: 8000))
        }
        #expect(throws: Pacer.Oversize(dimension: .outputTokens, need: 8001, limit: 8000)) {
            try pacer.check(Charge(inputTokens: 1, outputTokens: 8001))
        }
    }

    @Test("A new limit holds at once, up to the ceiling; what remains stops the lane and never hurries it")
    func reports() throws {
        var pacer = Pacer(
            limits: PerDimension(requests: 60, inputTokens: nil, outputTokens: nil),
            ceilings: PerDimension(requests: 120, inputTokens: nil, outputTokens: nil), now: 0)
        pacer.adopt(LimitReport(words: PerDimension(requests: .init(limit: 30), inputTokens: nil, outputTokens: nil)))
        #expect(pacer.limits.requests == 30)
        pacer.adopt(LimitReport(words: PerDimension(requests: .init(limit: 100_000), inputTokens: nil, outputTokens: nil)))
        #expect(pacer.limits.requests == 120)
        pacer.adopt(LimitReport(words: PerDimension(requests: nil, inputTokens: .init(limit: 60_000), outputTokens: nil)))
        #expect(pacer.limits.inputTokens == 60_000)

        var other = self.pacer(input: 60_000)
        let charge = Charge(inputTokens: 2000, outputTokens: 0)
        var reservation = try admitted(other.admit(charge, at: 0))
        let word = {
            LimitReport(words: PerDimension(requests: nil, inputTokens: .init(remaining: $0, rounding: 500), outputTokens: nil))
        }
        other.settle(reservation, as: charge, report: word(1_000_000))
        #expect(other.earliest(charge) == 2 * Self.second)
        reservation = try admitted(other.admit(charge, at: 2 * Self.second))
        other.settle(reservation, as: Charge(inputTokens: 100, outputTokens: 0), report: word(0))
        #expect(other.earliest(charge) == 2 * Self.second + 1_500_000_000, "2,000 are needed and at most 500 are there")
    }

    @Test("Requests keep their distance where that is asked for")
    func spacing() throws {
        var pacer = pacer { $0.spacing = 100_000_000 }
        _ = try admitted(pacer.admit(small, at: 5))
        #expect(pacer.admit(small, at: 6) == .wait(until: 100_000_005))
    }

    @Test("Nothing overflows, whatever the numbers")
    func extremes() {
        var pacer = pacer(1, input: 1, output: .max)
        let charge = pacer.capped(Charge(inputTokens: .max, outputTokens: .max))
        if case .admitted(let reservation) = pacer.admit(charge, at: 0) {
            pacer.settle(reservation, as: Charge(inputTokens: .max, outputTokens: .max))
        }
        #expect(pacer.earliest(charge) > 0)
    }
}
