import Postgres
import Testing

@testable import LLMProviderService

@Suite("Freezes of lanes")
struct LaneFreezeTests {
    private let small = Charge(inputTokens: 0, outputTokens: 0)
    private let second: Int64 = 1_000_000_000
    private let account = LaneID.Account(provider: "vendor", credential: "")

    private func id(_ pool: String) -> LaneID { LaneID(provider: "vendor", credential: "", pool: pool) }

    private func table() -> LaneTable<Int> {
        LaneTable(horizon: second / 2, maximumInFlight: 100) { _, now in
            Lane(
                pacer: Pacer(limits: PerDimension(all: nil), now: now), concurrency: ConcurrencyLimit(maximum: 8),
                breaker: Breaker(), now: now)
        }
    }

    /// Sends one request to each of two pools, and ends that to the first.
    private func ended(_ ending: Lane<Int>.Ending) throws -> LaneTable<Int> {
        var table = table()
        for pool in ["a", "b"] { #expect(table.enter(1, charge: small, in: id(pool), at: 0) == nil) }
        let due = try #require(table.due(at: 0).items.first { $0.0 == id("a") })
        _ = table.finish(due.2, in: id("a"), ending, charge: nil, report: LimitReport(), at: 1)
        return table
    }

    @Test("All processes are to know what the vendor asks for, of one lane or of all of an account's, as long as it holds")
    func refusals() throws {
        let quarter = 900 * second
        for (ending, pools, until, reason) in [
            (.refused(for: 7 * second), ["a"], 7 * second, nil), (.overloaded(pause: 9 * second), ["a"], 9 * second, nil),
            (.spent, ["a"], quarter, .spent), (.barred, ["a", "b"], quarter, .barred), (.answered, [], 0, nil),
            (.refused(for: 0), [], 0, nil), (.failed, [], 0, nil),
        ] as [(Lane<Int>.Ending, [String], Int64, Breaker.Reason?)] {
            let table = try ended(ending)
            let refusals = table.refusals(of: account, at: 1)
            #expect(Set(refusals.keys) == Set(pools.map(id)), "\(ending)")
            for refusal in refusals.values {
                #expect(refusal.frozenUntil == 1 + until && refusal.standstill == reason, "\(ending)")
            }
            #expect(table.refusals(of: account, at: 1 + until).isEmpty)
        }
    }

    @Test("That a vendor fails is each process's own to find out")
    func failures() throws {
        var table = table()
        for number in 1...6 { #expect(table.enter(number, charge: small, in: id("a"), at: 0) == nil) }
        for (number, due) in table.due(at: 0).items.enumerated() {
            _ = table.finish(
                due.2, in: id("a"), .overloaded(pause: nil), of: "r\(number)", charge: nil, report: LimitReport(), at: 1)
        }
        #expect(table[id("a")]?.breaker.reason == .unavailable && table[id("a")]?.isFrozen(at: second) == true)
        #expect(table.refusals(of: account, at: 1).isEmpty)
        // What the vendor asks for meanwhile, they are to know without that.
        #expect(table.stop(id("a"), until: 60 * second, because: nil, at: 2).isEmpty)
        #expect(table.refusals(of: account, at: 2).values.map(\.standstill) == [nil])
    }

    @Test("What another process was asked for stops the lane, and where the account is not let in, all lanes of it")
    func stopped() throws {
        for (reason, stopped) in [(nil, ["a"]), (.spent, ["a"]), (.barred, ["a", "b"])] as [(Breaker.Reason?, [String])] {
            var table = table()
            for pool in ["a", "b"] { #expect(table.enter(1, charge: small, in: id(pool), at: 0) == nil) }
            #expect(table.stop(id("a"), until: 60 * second, because: reason, at: 1).count == stopped.count)
            for pool in ["a", "b"] {
                #expect(table[id(pool)]?.isFrozen(at: 59 * second) == stopped.contains(pool))
                #expect(table[id(pool)]?.breaker.reason == (stopped.contains(pool) ? reason : nil))
            }
            // A lane that is not known here yet stands still too.
            #expect(table.stop(id("c"), until: 60 * second, because: nil, at: 2).isEmpty)
            #expect(table.enter(2, charge: small, in: id("c"), at: 3) == 60 * second - 3)
        }
    }

    @Test("A freeze is kept to once, by whoever has the key, and by who sends")
    func read() throws {
        var configuration = LLMProviderConfiguration.test()
        configuration.providers[1].limits.requestsPerMinute = 60
        let credential = configuration.providers[0].credential
        let lanes = Lanes(configuration, now: { 0 })
        func id(_ provider: String, _ credential: String) -> LaneID {
            LaneID(provider: provider, credential: credential, pool: "a")
        }
        let own = id("vendor", credential)
        func freeze(_ end: Int64, left: Int64, _ reason: Breaker.Reason? = nil) -> LaneFreeze {
            LaneFreeze(end: end, left: left * second, reason: reason)
        }
        let all = [own, id("vendor", "1.2"), id("other", credential), id("gone", credential)]
        #expect(lanes.keep(to: Dictionary(uniqueKeysWithValues: all.map { ($0, freeze(70, left: 7, .unavailable)) })).isEmpty)
        #expect(all.map(lanes.pause) == [.seconds(7), .zero, .zero, .zero])
        #expect(lanes.standing.lanes[own]?.breaker.state == .closed, "that the vendor fails is another's word")

        // The same one, read again, ends when it did: what differs is how long the reading took.
        #expect(lanes.keep(to: [own: freeze(70, left: 8)]).isEmpty)
        #expect(lanes.pause(of: own) == .seconds(7))
        #expect(lanes.keep(to: [own: freeze(90, left: 9, .barred)]).isEmpty)
        #expect(lanes.pause(of: own) == .seconds(9))
        #expect(lanes.standing.lanes[own]?.breaker.reason == .barred)
    }
}
