import Contracts
import CurlClient
import Postgres
import ServiceKit
import Testing

@testable import LLMProviderService

/// Here no limits are known, so that all processes send at the same time.
@Suite("What a vendor asks of one process")
struct FreezeTests {
    private static let refusal = VendorServer.Answer.error(429, headers: "retry-after: 3000\r\n")

    /// The lane of a sample request.
    private func lane(_ fixture: ServiceFixture) throws -> LaneID {
        let parsed = try fixture.worker().parser.parse(Sample.request())
        return LaneID(parsed.provider, model: parsed.call.model)
    }

    private func record(frozenUntil: Int64, _ standstill: Breaker.Reason? = nil) -> LaneRecord {
        LaneRecord(
            share: 990, stated: PerDimension(all: nil), largest: .nothing, frozenUntil: frozenUntil, standstill: standstill)
    }

    /// Requests that wait until the end of the pause that was asked for, or longer.
    private func waiting(_ fixture: ServiceFixture) async throws -> Int {
        try await fixture.pool.query(
            "SELECT count(*) FROM llm_provider.job_scheduled WHERE run_at > now() + interval '2800 seconds'")[0].decode(Int.self)
    }

    @Test("is on record by the commit that puts the refused request back")
    func withRequest() async throws {
        try await withService(answer: { _ in Self.refusal }) { fixture in
            try await fixture.submit(Sample.request())
            try await fixture.running { try await eventually { try await waiting(fixture) == 1 } }
            let rows = try await fixture.pool.query(
                """
                SELECT lane.xmin = account.xmin, lane.frozen_until > now() + interval '2900 seconds', lane.standstill::text
                FROM llm_provider.lane, llm_provider.account
                """)
            let (isSameCommit, isFrozen, standstill) = try #require(rows.first).decode(Bool.self, Bool.self, String?.self)
            #expect(isSameCommit && isFrozen && standstill == nil)
        }
    }

    @Test("is on record by the commit that ends the request, where the account is not let in", arguments: [401, 402])
    func withEnd(status: Int) async throws {
        try await withService(answer: { _ in .error(status) }) { fixture in
            try await fixture.submit(Sample.request())
            try await fixture.running { _ = try await fixture.result("r1") }
            let rows = try await fixture.pool.query(
                """
                SELECT lane.xmin = result.xmin, lane.frozen_until > now() + interval '10 minutes', lane.standstill::text
                FROM llm_provider.lane, llm_provider.result
                """)
            let (isSameCommit, isFrozen, standstill) = try #require(rows.first).decode(Bool.self, Bool.self, String?.self)
            #expect(isSameCommit && isFrozen && standstill == "barred")
        }
    }

    @Test("holds for the one that comes after it, before that one sends anything")
    func successor() async throws {
        let other = VendorServer { _ in .verdict }
        defer { other.stop() }
        let http = CurlClient()
        try await withService(answer: { _ in Self.refusal }) { fixture in
            try await fixture.submit(Sample.request())
            try await fixture.running { try await eventually { try await waiting(fixture) == 1 } }
            for id in 2...40 { try await fixture.submit(Sample.request("r\(id)")) }
            // As if it were due, all the same.
            try await fixture.pool.execute("UPDATE llm_provider.job_scheduled SET run_at = now()")
            let successor = Task { try await fixture.another(before: other, http: http).run() }
            try await eventually { try await waiting(fixture) == 40 }
            successor.cancel()
            try await successor.value
            #expect(other.requests.isEmpty)
        }
        await http.shutdown()
    }

    @Test("holds for all others with their next claim")
    func others() async throws {
        let other = VendorServer { _ in .verdict }
        defer { other.stop() }
        let http = CurlClient()
        let refuses = Shared(false)
        try await withService(answer: { _ in refuses.value ? Self.refusal : .verdict }) { fixture in
            let both = [
                Task { try await fixture.service.run() },
                Task { try await fixture.another(before: other, http: http).run() },
            ]
            var count = 0
            /// Asks one at a time, of whichever process takes it.
            func ask(until condition: () async throws -> Bool) async throws {
                while try await !condition() {
                    count += 1
                    try await fixture.submit(Sample.request("r\(count)"))
                    try await eventually {
                        let isWaiting = try await waiting(fixture) == 1
                        return try await fixture.get("r\(count)").result != nil || isWaiting
                    }
                }
            }
            try await ask { !fixture.vendor.requests.isEmpty && !other.requests.isEmpty }
            refuses.set(true)
            try await ask { try await waiting(fixture) == 1 }
            let calls = (fixture.vendor.requests.count, other.requests.count)
            for id in 1...40 { try await fixture.submit(Sample.request("late\(id)")) }
            try await eventually { try await waiting(fixture) == 41 }
            #expect((fixture.vendor.requests.count, other.requests.count) == calls)
            for task in both {
                task.cancel()
                try await task.value
            }
        }
        await http.shutdown()
    }

    @Test("takes from another what waits there for the answer to a request that begins like it")
    func keptBack() async throws {
        let gate = Gate()
        let ids = [String].requests(6)
        try await withService(
            answer: { _ in
                gate.pass()
                return .verdict
            }, configure: { $0.leaderPatience = .zero }
        ) { fixture in
            defer { gate.open() }
            for id in ids {
                try await fixture.submit(
                    Sample.request(id) {
                        $0.expectedRequests = 100
                        $0.blocks[0] = Sample.block(.system, String(repeating: "Judge it well. ", count: 3000), .fiveMinutes)
                    })
            }
            try await fixture.running {
                try await eventually {
                    var sending = 0
                    for id in ids where try await fixture.get(id).state == .sending { sending += 1 }
                    return sending == ids.count && fixture.vendor.requests.count == 1
                }
                try await RequestStore(pool: fixture.pool).record([try lane(fixture): record(frozenUntil: 3_000_000_000_000)])
                try await eventually { try await waiting(fixture) == ids.count - 1 }
                gate.open()
                try await eventually { try await fixture.openRequests() == ids.count - 1 }
            }
            #expect(fixture.vendor.requests.count == 1)
        }
    }

    @Test("stays on record for its time, with its reason, whatever shorter one another is told of")
    func longest() async throws {
        try await withService { fixture in
            let id = LaneID(provider: "vendor", credential: "1.2", pool: "a")
            let stores = (0..<2).map { _ in RequestStore(pool: fixture.pool) }
            try await stores[0].record([id: record(frozenUntil: 3_000_000_000_000, .barred)])
            try await stores[1].record([id: record(frozenUntil: 5_000_000_000)])
            try await stores[1].record([id: record(frozenUntil: 6_000_000_000, .spent)])
            let (own, foreign) = (try await stores[0].freezes(), try await stores[1].freezes()[id])
            #expect(own.isEmpty, "nobody reads what it has put on record itself")
            #expect(foreign?.reason == .barred && foreign.map { $0.left > 2_900_000_000_000 } == true)

            try await stores[1].record([id: record(frozenUntil: 4_000_000_000_000)])
            let longer = try await stores[0].freezes()[id]
            #expect(longer.map { $0.left > 3_900_000_000_000 && $0.end > foreign?.end ?? .max } == true)
            let rest = try await stores[1].freezes()
            #expect(rest.isEmpty)

            // Once it is over, its reason is.
            try await fixture.pool.execute("UPDATE llm_provider.lane SET frozen_until = now()")
            try await stores[1].record([id: record(frozenUntil: 5_000_000_000)])
            let next = try #require(try await stores[0].freezes()[id])
            #expect(next.reason == nil)
        }
    }

    @Test("leaves the rates that are on record to the process that sends now")
    func rates() async throws {
        try await withService { fixture in
            let id = LaneID(provider: "vendor", credential: "", pool: "a")
            func recorded(share: Int64, largest: Int64) -> LaneRecord {
                LaneRecord(
                    share: share, stated: PerDimension(all: share), largest: Charge(inputTokens: largest, outputTokens: 1),
                    frozenUntil: 3_000_000_000_000, standstill: nil)
            }
            try await fixture.store.record([id: recorded(share: 700, largest: 9000)])
            try await fixture.submit(Sample.request())
            let claim = try #require(try await fixture.claim().first)
            let refusals = [
                id: recorded(share: 990, largest: 10),
                LaneID(provider: "vendor", credential: "", pool: "b"): recorded(share: 990, largest: 10),
            ]
            try await fixture.store.postpone(
                claim, by: .zero, countsAsAttempt: false, usage: TokenUsage(), refusals: refusals)
            let records = try await fixture.store.laneRecords(of: "vendor").reduce(into: [:]) { $0[$1.key.pool] = $1.value }
            #expect(records["a"]?.share == 700 && records["a"]?.stated == PerDimension(all: 700))
            #expect(records["a"]?.largest.inputTokens == 9000)
            #expect(records["b"]?.share == 990 && records["b"]?.largest.inputTokens == 10)
        }
    }

    @Test("is on record also where the request is another worker's by now")
    func lostClaim() async throws {
        try await withService { fixture in
            try await fixture.submit(Sample.request())
            let old = try #require(try await fixture.claim().first)
            try await fixture.expireLeases()
            _ = try await fixture.claim()
            let ids = ["a", "b"].map { LaneID(provider: "vendor", credential: "", pool: $0) }
            let refusal = record(frozenUntil: 3_000_000_000_000)
            try await fixture.store.postpone(
                old, by: .zero, countsAsAttempt: false, usage: TokenUsage(), refusals: [ids[0]: refusal])
            let isStored = try await fixture.store.finish(
                old, with: LLMV1.Result(requestID: "r1"), isSuccess: false,
                entry: LedgerEntry(old, parsed: nil, day: .today, usage: TokenUsage(), bill: nil), refusals: [ids[1]: refusal])
            #expect(!isStored)
            let freezes = try await fixture.store.freezes()
            #expect(Set(freezes.keys) == Set(ids))
        }
    }
}
