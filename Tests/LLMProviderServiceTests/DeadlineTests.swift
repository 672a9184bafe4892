import Contracts
import Postgres
import Testing

@testable import LLMProviderService

@Suite("A request whose time is over")
struct DeadlineTests {
    @Test("ends with one event that says so and tells what it had used; those whose time is not over do not")
    func expires() async throws {
        try await withService { fixture in
            for id in ["new", "later", "dead", "young"] { try await fixture.submit(Sample.request(id)) }
            let claims = Dictionary(uniqueKeysWithValues: try await fixture.claim().map { ($0.id, $0) })
            for id in ["new", "young"] { try await fixture.store.putBack(try #require(claims[id]), after: .zero) }
            try await fixture.store.postpone(
                try #require(claims["later"]), by: .seconds(3600), countsAsAttempt: true, usage: TokenUsage(input: 7, output: 3))
            try await fixture.expireLeases()
            try await fixture.expire(["new", "later", "dead"])

            let worker = fixture.worker()
            #expect(await worker.expireOverdue(within: nil) == 3)
            #expect(await worker.expireOverdue(within: nil) == 0)
            let events = try await fixture.events()
            #expect(Set(events.map(\.requestID)) == ["new", "later", "dead"])
            #expect(events.allSatisfy { $0.outcome?.failure?.kind == .expired })
            #expect(events.first { $0.requestID == "later" }?.costNanodollars == 22_000)
            for id in ["new", "later", "dead"] { #expect(try await fixture.get(id).state == .failed) }
            #expect(try await fixture.get("young").state == .queued)
            #expect(try await !fixture.store.finish(try #require(claims["dead"]), with: LLMV1.Result(), isSuccess: true))
        }
    }

    @Test("is over when it said, or when the service lets no request wait any longer", arguments: [0, 60_000, 7_200_000])
    func deadline(milliseconds: UInt64) async throws {
        try await withService(configure: { $0.longestLife = .seconds(3600) }) { fixture in
            try await fixture.submit(Sample.request { $0.timeoutMilliseconds = milliseconds })
            let rows = try await fixture.pool.query(
                """
                SELECT extract(epoch FROM expires_at - request.created_at)::float8
                FROM llm_provider.account JOIN llm_provider.request ON request.id = account.request_id
                """)
            let seconds = try rows[0].decode(Double.self)
            // The one is the time of the statement, the other that of its transaction.
            #expect(seconds >= (milliseconds == 60_000 ? 60 : 3600) && seconds < (milliseconds == 60_000 ? 3600 : 7200))
        }
    }

    @Test("is not sent when its turn comes")
    func unsent() async throws {
        try await withService { fixture in
            try await fixture.submit(Sample.request())
            try await fixture.expire(["r1"])
            let worker = fixture.worker()
            let claim = try #require(try await fixture.claim().first)
            let parsed = try worker.parser.parse(claim.request)
            #expect(worker.lanes.enter([PreparedRequest(claim, parsed: parsed)]).isEmpty)
            for due in worker.lanes.due().requests { await worker.process(due) }
            #expect(await worker.expireOverdue(within: nil) == 1)
            let result = try await fixture.result("r1")
            #expect(result.outcome?.failure?.kind == .expired && result.attempts == 0)
            #expect(fixture.vendor.requests.isEmpty)
            #expect(worker.held.count == 0)
        }
    }

    @Test("while it is with the vendor has the vendor's answer")
    func underWay() async throws {
        let gate = Gate()
        try await withService(
            answer: { _ in
                gate.pass()
                return .verdict
            }
        ) { fixture in
            defer { gate.open() }
            try await fixture.submit(Sample.request())
            try await fixture.running {
                try await eventually { fixture.vendor.requests.count == 1 }
                try await fixture.expire(["r1"])
                #expect(await fixture.worker().expireOverdue(within: nil) == 0)
                gate.open()
                #expect(try await fixture.result("r1").outcome?.reply != nil)
            }
            #expect(try await fixture.events().count == 1)
        }
    }

    @Test(
        "while it is with the vendor is not taken from the process that holds it, though its lease has run out; nor is it withdrawn"
    )
    func lapsed() async throws {
        let gate = Gate()
        try await withService(
            answer: { _ in
                gate.pass()
                return .verdict
            },
            configure: { $0.maximumInFlight = 1 }
        ) { fixture in
            defer { gate.open() }
            try await fixture.submit(Sample.request())
            try await fixture.running {
                try await eventually { fixture.vendor.requests.count == 1 }
                try await fixture.submit(Sample.request("r2"))
                // As after a while without the database. The sweep that ends the second has seen the first.
                try await fixture.pool.unitOfWork("let time pass") { unit in
                    unit.send("UPDATE llm_provider.job_lease SET lease_until = now() - interval '1 second'")
                    unit.send("UPDATE llm_provider.account SET expires_at = now() - interval '1 second'")
                }
                #expect(try await fixture.result("r2").outcome?.failure?.kind == .expired)
                #expect(try await fixture.cancel("class-9b") == 0)
                gate.open()
                #expect(try await fixture.result("r1").outcome?.reply != nil)
            }
            #expect(try await fixture.events().map(\.requestID) == ["r2", "r1"])
        }
    }

    @Test("while its provider fails ends; it would have waited else")
    func outage() async throws {
        try await withService(
            answer: { _ in .error(529) },
            configure: {
                $0.leaderPatience = .zero
                $0.breakerPause = .milliseconds(10)
                $0.longestBreakerPause = .milliseconds(20)
            }
        ) { fixture in
            for number in 0..<20 { try await fixture.submit(Sample.request("r\(number)")) }
            try await fixture.running {
                try await eventually { fixture.vendor.requests.count > 60 }
                #expect(try await fixture.events().isEmpty)
                try await fixture.expire((0..<20).map { "r\($0)" })
                for number in 0..<20 {
                    #expect(try await fixture.result("r\(number)").outcome?.failure?.kind == .expired)
                }
            }
            #expect(try await fixture.events().count == 20)
        }
    }

    @Test("and that cannot be ended holds up no other, and ends once it can")
    func holdsUpNone() async throws {
        try await withService { fixture in
            try await fixture.submit(Sample.request("old"))
            try await fixture.expire(["old"])
            try await fixture.pool.execute(
                "ALTER TABLE llm_provider.result ADD CONSTRAINT young CHECK (request_id <> 'old')")
            try await fixture.running {
                try await eventually { fixture.log.text.contains("requests whose time is over not ended") }
                try await fixture.submit(Sample.request("young"))
                #expect(try await fixture.result("young").outcome?.reply != nil)
                #expect(try await fixture.get("old").result == nil)
                try await fixture.pool.execute("ALTER TABLE llm_provider.result DROP CONSTRAINT young")
                #expect(try await fixture.result("old").outcome?.failure?.kind == .expired)
            }
            #expect(fixture.vendor.requests.count == 1)
        }
    }

    @Test("just when its answer comes ends once, one way or the other, whoever is first")
    func race() async throws {
        try await withService { fixture in
            let ids = (0..<60).map { "r\($0)" }
            for id in ids { try await fixture.submit(Sample.request(id)) }
            let claims = try await fixture.claim(60)
            #expect(claims.count == 60)
            try await fixture.expireLeases()
            // Workers that have gone to sleep write their answers while others end what they held.
            let answered = try await withThrowingTaskGroup(of: String?.self) { group in
                for (number, claim) in claims.enumerated() {
                    if number % 10 == 0 {
                        group.addTask {
                            try await fixture.expire((number..<number + 10).map { "r\($0)" })
                            _ = await fixture.worker().expireOverdue(within: nil)
                            return nil
                        }
                    }
                    group.addTask {
                        let result = LLMV1.Result(requestID: claim.id, outcome: .reply(LLMV1.Reply()))
                        return try await fixture.store.finish(claim, with: result, isSuccess: true) ? claim.id : nil
                    }
                }
                return try await group.reduce(into: Set<String>()) { if let id = $1 { $0.insert(id) } }
            }
            _ = await fixture.worker().expireOverdue(within: nil)
            let events = try await fixture.events()
            #expect(events.count == 60)
            #expect(Set(events.map(\.requestID)) == Set(ids))
            for event in events {
                let isAnswered = answered.contains(event.requestID)
                #expect((event.outcome?.failure?.kind == .expired) == !isAnswered)
                #expect(try await fixture.get(event.requestID).state == (isAnswered ? .succeeded : .failed))
            }
        }
    }
}
