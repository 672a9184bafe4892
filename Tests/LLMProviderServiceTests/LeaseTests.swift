import Contracts
import EventLog
import JobQueue
import Postgres
import Testing

@testable import LLMProviderService

@Suite("Leases")
struct LeaseTests {
    @Test("A worker whose claim was taken over writes nothing; the new holder's result and event are the only ones")
    func fence() async throws {
        try await withService { fixture in
            try await fixture.submit(Sample.request())
            let old = try #require(try await fixture.claim().first)
            #expect(try await fixture.claim().isEmpty)
            try await fixture.expireLeases()
            let new = try #require(try await fixture.claim().first)
            #expect(try #require(new.job).epoch > #require(old.job).epoch)
            #expect(new.attempts == 2)

            let late = LLMV1.Result(requestID: "r1", model: "late")
            #expect(try await !fixture.store.finish(old, with: late, isSuccess: true))
            try await fixture.store.postpone(old, by: .zero, countsAsAttempt: true, usage: TokenUsage(input: 99))
            #expect(try await fixture.get("r1").state == .sending)
            try await fixture.pool.execute("UPDATE llm_provider.job_lease SET lease_until = now() + interval '5 seconds'")
            try await fixture.store.renew([try #require(old.job)], leaseSeconds: 3600)
            #expect(try await secondsLeft(fixture) <= 5)
            try await fixture.store.renew([try #require(new.job)], leaseSeconds: 3600)
            #expect(try await secondsLeft(fixture) > 5)

            let result = LLMV1.Result(requestID: "r1", model: "new")
            #expect(try await fixture.store.finish(new, with: result, isSuccess: true))
            // The answer to the first commit may have been lost: asking again finds it done.
            #expect(try await fixture.store.finish(new, with: result, isSuccess: true))
            #expect(try await !fixture.store.finish(old, with: late, isSuccess: true))
            #expect(try await fixture.events().map(\.model) == ["new"])
            #expect(try await fixture.get("r1").result == result)
        }
    }

    @Test(
        "A process that is alone takes over what is leased at once; what has its result is not touched, and the dead write nothing"
    )
    func takeOver() async throws {
        try await withService { fixture in
            for id in ["done", "held", "waiting"] { try await fixture.submit(Sample.request(id)) }
            let dead = try await fixture.claim()
            #expect(dead.map(\.id).sorted() == ["done", "held", "waiting"])
            let done = try #require(dead.first { $0.id == "done" })
            let held = try #require(dead.first { $0.id == "held" })
            let stored = LLMV1.Result(requestID: "done", model: "stored")
            #expect(try await fixture.store.finish(done, with: stored, isSuccess: true))
            #expect(try await fixture.claim().isEmpty)
            try await fixture.store.releaseAll()
            try await fixture.running {
                for id in ["held", "waiting"] {
                    let result = try await fixture.result(id)
                    #expect(result.outcome?.reply != nil)
                }
            }
            #expect(fixture.vendor.requests.count == 2, "what was answered and stored is not called again")
            #expect(try await fixture.get("done").result == stored)
            let late = LLMV1.Result(requestID: "held", model: "late")
            #expect(try await !fixture.store.finish(held, with: late, isSuccess: true))
        }
    }

    @Test(
        "An instance that was killed and starts again takes up what it held, once nobody holds its lock, and works on others until then"
    )
    func earlierLife() async throws {
        try await withService(configure: { $0.instance = "host:1" }) { fixture in
            func life(of instance: String) async throws -> ClaimedRequest {
                var lowWater = LowWater()
                return try #require(
                    try await RequestStore(pool: fixture.pool, worker: InstanceName(instance).worker).claim(
                        [RequestFlow(Sample.request()): 1], leaseSeconds: 3600, lowWater: &lowWater
                    ).claims.first)
            }
            try await fixture.submit(Sample.request("held"))
            let held = try await life(of: "host:1")
            try await fixture.submit(Sample.request("foreign"))
            let another = try await life(of: "host:11")
            let locked = Bell()
            let earlier = Task {
                await SessionLock(pool: fixture.pool, name: InstanceName("host:1").lock).hold { locked.ring() }
            }
            await locked.wait(after: 0, upTo: .seconds(60))
            try await fixture.running {
                for id in ["x", "y", "z"] {
                    try await fixture.submit(Sample.request(id))
                    _ = try await fixture.result(id)
                }
                #expect(try await fixture.get("held").state == .sending)
                earlier.cancel()
                await earlier.value
                #expect(try await fixture.result("held").attempts == 2)
                #expect(try await fixture.get("foreign").state == .sending)
            }
            #expect(fixture.vendor.requests.count == 4)
            #expect(try await !fixture.store.finish(held, with: LLMV1.Result(requestID: "held"), isSuccess: true))
            #expect(try await fixture.store.finish(another, with: LLMV1.Result(requestID: "foreign"), isSuccess: true))
        }
    }

    @Test("A service that is told to end keeps its instance's lock until its calls under way are written down")
    func lockOutlivesCalls() async throws {
        let gate = Gate()
        try await withService(
            answer: { _ in
                gate.pass()
                return .verdict
            }, configure: { $0.instance = "host:1" }
        ) { fixture in
            defer { gate.open() }
            let run = Task { try await fixture.service.run() }
            try await fixture.submit(Sample.request())
            try await eventually { fixture.vendor.requests.count == 1 }
            try await eventually { try await holders(fixture) == 1 }
            run.cancel()
            let taken = Bell()
            let next = Task { await SessionLock(pool: fixture.pool, name: InstanceName("host:1").lock).hold { taken.ring() } }
            // The next one has come by then, and waits in vain.
            try await eventually { try await sessionsAsking(fixture) == 2 }
            #expect(taken.generation == 0 && run.isCancelled)
            gate.open()
            await taken.wait(after: 0, upTo: .seconds(60))
            #expect(try await fixture.get("r1").state == .succeeded)
            next.cancel()
            await next.value
            try await run.value
        }
    }

    private func holders(_ fixture: ServiceFixture) async throws -> Int {
        try await fixture.pool.query(
            """
            SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted
                AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            """)[0].decode(Int.self)
    }

    /// Sessions whose last statement asked for the lock.
    private func sessionsAsking(_ fixture: ServiceFixture) async throws -> Int {
        try await fixture.pool.query(
            """
            SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'SELECT pg_try_advisory_lock%'
                AND state = 'idle'
            """)[0].decode(Int.self)
    }

    private func secondsLeft(_ fixture: ServiceFixture) async throws -> Double {
        let rows = try await fixture.pool.query(
            "SELECT extract(epoch FROM lease_until - now())::float8 FROM llm_provider.job_lease")
        return try #require(rows.first).decode(Double.self)
    }

    @Test("A worker whose request was taken over during its call drops the answer and goes on with others")
    func takenOver() async throws {
        let gate = Gate()
        try await withService(answer: { request in
            if request.text.contains("<slow>") { gate.pass() }
            return .verdict
        }) { fixture in
            defer { gate.open() }
            try await fixture.submit(Sample.request("slow", text: "<slow>"))
            try await fixture.running {
                try await eventually { fixture.vendor.requests.count == 1 }
                var claimed: ClaimedRequest?
                // The worker may renew its lease in between.
                try await eventually {
                    try await fixture.expireLeases()
                    claimed = try await fixture.claim().first
                    return claimed != nil
                }
                let taken = try #require(claimed)
                gate.open()
                try await eventually { fixture.log.text.contains("result dropped") }
                #expect(try await fixture.get("slow").state == .sending)
                #expect(
                    try await fixture.store.finish(taken, with: LLMV1.Result(requestID: "slow", model: "new"), isSuccess: true))
                try await fixture.submit(Sample.request("next"))
                _ = try await fixture.result("next")
            }
            #expect(try await fixture.events().map(\.requestID) == ["slow", "next"])
            #expect(try await fixture.get("slow").result?.model == "new")
        }
    }

    @Test("A postponement that is written twice counts once")
    func postponedTwice() async throws {
        try await withService { fixture in
            try await fixture.submit(Sample.request())
            let claim = try #require(try await fixture.claim().first)
            for _ in 0..<2 {
                try await fixture.store.postpone(claim, by: .zero, countsAsAttempt: false, usage: TokenUsage(input: 5))
            }
            let again = try #require(try await fixture.claim().first)
            #expect(again.attempts == 1)
            #expect(again.waits == 1)
            #expect(again.usage == TokenUsage(input: 5))
        }
    }

    @Test("A dead worker's request is made again by another once its lease has run out, and not before")
    func deadWorker() async throws {
        try await withService { fixture in
            try await fixture.submit(Sample.request("dead"))
            #expect(try await fixture.claim().count == 1)
            try await fixture.submit(Sample.request("new"))
            try await fixture.running {
                _ = try await fixture.result("new")
                #expect(try await fixture.get("dead").state == .sending)
                try await fixture.expireLeases()
                let result = try await fixture.result("dead")
                #expect(result.outcome?.reply != nil)
                #expect(result.attempts == 2)
            }
        }
    }

    @Test("Several workers never hold the same request, and make each once")
    func severalWorkers() async throws {
        try await withService { fixture in
            for number in 0..<80 { try await fixture.submit(Sample.request("r\(number)", text: "<\(number)>")) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<3 {
                    let worker = fixture.worker()
                    group.addTask { try await worker.run() }
                }
                for number in 0..<80 { _ = try await fixture.result("r\(number)") }
                group.cancelAll()
            }
            #expect(fixture.vendor.requests.count == 80)
            #expect(Set(fixture.vendor.requests.map(\.body)).count == 80)
            #expect(Set(try await fixture.events().map(\.requestID)).count == 80)
        }
    }

    @Test("A lease is renewed for as long as the vendor takes, also while the service ends, and the answer is stored")
    func heartbeat() async throws {
        let gate = Gate()
        try await withService(
            answer: { _ in
                gate.pass()
                return .verdict
            },
            configure: {
                $0.heartbeat = .milliseconds(10)
                // The loop is nearly always at the database when it is told to end.
                $0.pollInterval = .milliseconds(1)
            }
        ) { fixture in
            defer { gate.open() }
            try await fixture.submit(Sample.request())
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await fixture.service.run() }
                try await eventually { fixture.vendor.requests.count == 1 }
                try await waitForRenewal(fixture)
                group.cancelAll()
                try await waitForRenewal(fixture)
                #expect(try await fixture.get("r1").state == .sending)
                gate.open()
                try await group.waitForAll()
            }
            #expect(try await fixture.get("r1").state == .succeeded)
        }
    }

    /// Waits until a lease that was cut short is long again.
    private func waitForRenewal(_ fixture: ServiceFixture) async throws {
        for _ in 0..<2 {
            try await fixture.pool.execute("UPDATE llm_provider.job_lease SET lease_until = now() + interval '9 seconds'")
            try await eventually { try await secondsLeft(fixture) > 10 }
        }
    }

    @Test("The end is waited for no longer than the grace period")
    func gracePeriod() async throws {
        let gate = Gate()
        try await withService(
            answer: { _ in
                gate.pass()
                return .verdict
            }, configure: { $0.gracePeriod = .milliseconds(50) }
        ) { fixture in
            defer { gate.open() }
            try await fixture.submit(Sample.request())
            try await fixture.running { try await eventually { fixture.vendor.requests.count == 1 } }
            #expect(try await fixture.get("r1").state == .sending)
        }
    }
}
