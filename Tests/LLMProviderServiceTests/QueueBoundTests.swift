import Contracts
import Postgres
import Testing
import Wire

@testable import LLMProviderService

@Suite("A queue that is full")
struct QueueBoundTests {
    private func tenant(_ name: String) -> (inout LLMV1.SubmitRequest) -> Void { { $0.tenant = name } }

    /// The refusal of a request of which nothing was stored.
    private func refusal(
        _ fixture: ServiceFixture, _ id: String, _ change: (inout LLMV1.SubmitRequest) -> Void = { _ in }
    ) async throws -> RPCError {
        let error = await #expect(throws: RPCError.self) { try await fixture.submit(Sample.request(id, change: change)) }
        #expect(try await fixture.store.status(of: id) == nil)
        return try #require(error)
    }

    @Test("takes as many as its limit, refuses one more without a trace, and takes it once there is room")
    func limit() async throws {
        try await withService(configure: { $0.maximumQueue = 3 }) { fixture in
            for number in 1...3 { try await fixture.submit(Sample.request("r\(number)")) }
            let error = try await refusal(fixture, "r4")
            #expect(error.code == .resourceExhausted && error.isRefused && error.retryAfter == .seconds(5))
            #expect(error.message == "the queue holds 3 requests and takes no more")
            #expect(try await fixture.submit(Sample.request("r2")).alreadyKnown)

            // The newest and the oldest are still there, so that the span of their numbers says nothing.
            let claims = try await fixture.claim()
            _ = try await fixture.store.finish(
                try #require(claims.first { $0.id == "r2" }), with: LLMV1.Result(requestID: "r2"), isSuccess: true)
            #expect(try await !fixture.submit(Sample.request("r4")).alreadyKnown)
            _ = try await refusal(fixture, "r5")
        }
    }

    @Test("of one tenant's requests takes those of others")
    func tenants() async throws {
        try await withService(configure: { $0.maximumQueuePerTenant = 2 }) { fixture in
            for number in 1...2 {
                for name in ["a", "b"] { try await fixture.submit(Sample.request("\(name)\(number)", change: tenant(name))) }
            }
            for name in ["a", "b"] {
                let error = try await refusal(fixture, "\(name)3", tenant(name))
                #expect(error.code == .resourceExhausted && error.isRefused && error.retryAfter == .seconds(5))
                #expect(error.message == "the queue holds 2 requests of the tenant and takes no more of them")
            }
            try await fixture.submit(Sample.request("r1"))
            #expect(try await fixture.claim().count == 5)
        }
    }

    @Test("takes exactly as many as it has room for, from two hundred callers at once", arguments: [true, false])
    func callers(isTotal: Bool) async throws {
        try await withService(configure: {
            if isTotal { $0.maximumQueue = 51 } else { $0.maximumQueuePerTenant = 51 }
        }) { fixture in
            let accepted = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        do {
                            return try await !fixture.submit(Sample.request("r\(number)")).alreadyKnown
                        } catch let error as RPCError where error.code == .resourceExhausted && error.isRefused {
                            return false
                        }
                    }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(accepted == 51)
            for table in ["request", "account", "job_ready WHERE kind <> ''"] {
                let rows = try await fixture.pool.query("SELECT count(*) FROM llm_provider.\(unescaped: table)")
                #expect(try rows[0].decode(Int.self) == 51, "\(table)")
            }
        }
    }

    @Test("is counted one by one only where it may be full: requests that have been there for long do not make it look so")
    func stragglers() async throws {
        try await withService { fixture in
            func most(_ tenant: String) async throws -> (total: Int64, tenant: Int64) {
                try await fixture.pool.unitOfWork("look") { unit in
                    let waiting = try await fixture.store.mostWaiting(for: [tenant], in: unit).waiting
                    return (waiting.total, waiting.ofTenant[tenant] ?? 0)
                }
            }
            let empty = try await most("a")
            #expect(empty == (64, 64), "the most that are left out")
            for number in 0..<64 { try await fixture.submit(Sample.request("old\(number)", change: tenant("a"))) }
            // As if a million had come and gone since.
            try await fixture.pool.execute("SELECT setval('llm_provider.job_id', 1000000)")
            for number in 0..<9 { try await fixture.submit(Sample.request("new\(number)", change: tenant("a"))) }
            try await fixture.submit(Sample.request("other", change: tenant("b")))
            let many = try await most("a")
            #expect(many == (74, 73))
            let few = try await most("b")
            #expect(few == (74, 64))
        }
    }

    @Test("is not counted again for each request where many have been there for long, as those in batches are")
    func countedOnce() async throws {
        try await withService { fixture in
            let (store, bounds) = (fixture.store, QueueBounds(total: 100_000, perTenant: 50_000))
            func look(_ tenant: String) async throws -> (total: Int64, tenant: Int64) {
                try await fixture.pool.unitOfWork("look") { unit in
                    let waiting = try await store.lookAround(for: [tenant], in: unit, bounds: bounds)
                    return (waiting.total, waiting.ofTenant[tenant] ?? 0)
                }
            }
            for number in 0..<65 { try await fixture.submit(Sample.request("old\(number)", change: tenant("a"))) }
            try await fixture.pool.execute("SELECT setval('llm_provider.job_id', 1000000)")
            try await fixture.submit(Sample.request("new", change: tenant("a")))
            let counted = try await look("a")
            #expect(counted == (66, 66))
            let remembered = try await look("a")
            #expect(remembered == (10_066, 10_066))
            let other = try await look("b")
            #expect(other == (10_066, 64))
            // So many have come since that the queue may be full.
            try await fixture.pool.execute("SELECT setval('llm_provider.job_id', 1050000)")
            try await fixture.submit(Sample.request("newer", change: tenant("a")))
            let again = try await look("a")
            #expect(again == (60_066, 67), "the newest number has grown by 50,000")
        }
    }

    @Test("was counted, and what has come since is bounded by the numbers of jobs, for so many tenants")
    func counts() {
        let counts = QueueCounts()
        #expect(counts.most(of: nil, newest: 0) == nil)
        counts.note(10, of: nil, newest: 100)
        counts.note(7, of: "a", newest: 90)
        #expect([90, 100, 101, 150].map { counts.most(of: nil, newest: $0) } == [10_010, 10_010, 10_011, 10_060])
        #expect(counts.most(of: "a", newest: 100) == 10_017 && counts.most(of: "b", newest: 100) == nil)
        for number in 2..<QueueCounts.mostTenants { counts.note(1, of: "t\(number)", newest: 1) }
        counts.note(1, of: "last", newest: 1)
        #expect(counts.most(of: "a", newest: 90) == 10_007)
        counts.note(1, of: "one more", newest: 1)
        #expect(counts.most(of: "a", newest: 90) == nil && counts.most(of: "one more", newest: 1) == 10_001)
    }

    @Test("has all take turns only near its end, where those who do not know of each other could take the last places")
    func turns() throws {
        let bounds = QueueBounds(total: 50_000, perTenant: 30_000)
        func check(_ total: Int64, _ tenant: Int64, isAlone: Bool = false) -> String {
            do {
                try bounds.check((total, tenant), isAlone: isAlone)
                return "taken"
            } catch {
                return "\(error)"
            }
        }
        #expect(check(39_999, 19_999) == "taken")
        #expect(check(40_000, 19_999) == "CloseToFull()" && check(39_999, 20_000) == "CloseToFull()")
        #expect(check(49_999, 29_999, isAlone: true) == "taken")
        #expect(check(50_000, 0, isAlone: true) == "total(50000)" && check(50_000, 0) == "total(50000)")
        #expect(check(39_999, 30_000, isAlone: true) == "tenant(30000)" && check(39_999, 30_000) == "tenant(30000)")
    }
}
