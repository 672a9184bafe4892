import Contracts
import Postgres
import Testing
import Wire

@testable import LLMProviderService

@Suite("Passing requests on")
struct CompleteTests {
    private func complete(
        _ fixture: ServiceFixture, _ request: LLMV1.SubmitRequest, within time: Duration = .seconds(60)
    ) async throws -> LLMV1.CompleteResponse {
        let context = ServerContext(
            method: MethodDescriptor(service: "test", method: "Test"), metadata: Metadata([("correlation-id", "lesson-7")]),
            deadline: .after(time), peer: "test")
        return try await fixture.service.complete(LLMV1.CompleteRequest(request: request), context: context)
    }

    private func code(_ call: @autoclosure () async throws -> LLMV1.CompleteResponse) async -> StatusCode? {
        do {
            _ = try await call()
            return nil
        } catch {
            return (error as? RPCError)?.code
        }
    }

    private func rows(_ fixture: ServiceFixture, _ table: String) async throws -> Int {
        try await fixture.pool.query("SELECT count(*) FROM llm_provider.\(unescaped: table)")[0].decode(Int.self)
    }

    @Test("brings the vendor's answer in the call, keeps nothing of the request, and enters in the ledger what it cost")
    func answer() async throws {
        try await withService { fixture in
            try await fixture.running {
                for _ in 0..<2 {
                    let response = try await complete(fixture, Sample.paidOnce("a", tenant: "school", owner: "x"))
                    let result = try #require(response.result)
                    #expect(result.outcome?.reply == #"{"confidence":4,"rationale":"Clearer.","winner":"first"}"#)
                    #expect(result.requestID == "a" && result.attempts == 1 && result.correlationID == "lesson-7")
                    // 10 × 1000 + 5 × 5000 nano-dollars.
                    #expect(result.costNanodollars == 35_000 && response.retryAfterMilliseconds == 0)
                }
                try await eventually { try await fixture.account("school", owner: "x").spentNanodollars == 70_000 }
            }
            #expect(try await fixture.account("school").spentNanodollars == 70_000)
            let line = try #require(try await fixture.spending("school").lines.first)
            #expect(line.requests == 2 && line.calls == 2 && line.costNanodollars == 70_000)
            for table in ["request", "account", "result", "event_pending", "job_lease WHERE kind <> ''"] {
                #expect(try await rows(fixture, table) == 0, "\(table)")
            }
            #expect(fixture.vendor.requests.count == 2)
            #expect(fixture.vendor.requests[0].head.lowercased().contains("x-correlation-id: lesson-7"))
        }
    }

    @Test("refuses what waits, or could never be sent, before anything is sent")
    func refusals() async throws {
        try await withService { fixture in
            let wrong: [(inout LLMV1.SubmitRequest) -> Void] = [
                { $0.blocks = [] }, { $0.priority = .high }, { $0.dispatch = .byBatch }, { $0.model = "none" },
            ]
            for change in wrong {
                let code = await code(try await complete(fixture, Sample.request(change: change)))
                #expect(code == .invalidArgument || code == .notFound)
            }
            #expect(fixture.vendor.requests.isEmpty)
        }
    }

    @Test(
        "tells what the vendor's failures are, once and without another attempt, and keeps others from a lane that stands still",
        arguments: [
            (400, LLMV1.FailureKind.invalidRequest, false), (500, .overloaded, false), (429, .rateLimited, true),
            (401, .authentication, true),
        ])
    func failures(status: Int, kind: LLMV1.FailureKind, stops: Bool) async throws {
        try await withService(answer: { _ in .error(status, headers: status == 429 ? "retry-after: 30\r\n" : "") }) { fixture in
            let response = try await complete(fixture, Sample.request("a"))
            #expect(response.result?.outcome?.failure?.kind == kind)
            #expect(response.result?.outcome?.failure?.status == UInt32(status))
            #expect(response.retryAfterMilliseconds == (status == 429 ? 30_000 : 0))
            #expect(fixture.vendor.requests.count == 1)
            guard stops else { return }
            #expect(try await rows(fixture, "lane WHERE frozen_until > now()") >= 1, "on record for other processes")
            let error = await #expect(throws: RPCError.self) { try await complete(fixture, Sample.request("b")) }
            #expect(error?.code == .unavailable && error?.isRefused == true)
            #expect(try #require(error?.retryAfter) > .seconds(20))
            #expect(fixture.vendor.requests.count == 1)
        }
    }

    @Test("takes as many at once as its limit, refuses one more without sending it, and takes it once there is room")
    func bound() async throws {
        let gate = Gate()
        try await withService(
            answer: { _ in
                gate.pass()
                return .verdict
            }, configure: { $0.maximumPassing = 2 }
        ) { fixture in
            try await fixture.running {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for id in ["a", "b"] { group.addTask { _ = try await complete(fixture, Sample.request(id)) } }
                    try await eventually { fixture.service.passages.count == 2 }
                    let error = await #expect(throws: RPCError.self) { try await complete(fixture, Sample.request("c")) }
                    #expect(error?.code == .resourceExhausted && error?.isRefused == true && error?.retryAfter != nil)
                    gate.open()
                    try await group.waitForAll()
                }
                _ = try await complete(fixture, Sample.request("c"))
            }
            #expect(fixture.vendor.requests.count == 3)
        }
    }

    @Test("is refused while the vendor's limits leave no room, with the time after which there is")
    func pace() async throws {
        try await withService(configure: {
            for index in $0.providers.indices { $0.providers[index].limits.requestsPerMinute = 6 }
        }) { fixture in
            try await fixture.running {
                // The turn to send is this process's within a moment.
                try await eventually { await code(try await complete(fixture, Sample.request("a"))) == nil }
                let error = await #expect(throws: RPCError.self) { try await complete(fixture, Sample.request("b")) }
                #expect(error?.code == .resourceExhausted && error?.isRefused == true)
                #expect(try #require(error?.retryAfter) > .seconds(8))
            }
            #expect(fixture.vendor.requests.count == 1)
        }
    }

    @Test("ends the call to the vendor when its caller waits no more, and the lane goes on", arguments: [true, false])
    func cancelled(byDeadline: Bool) async throws {
        try await withService(answer: { $0.text.contains("slow") ? .silence : .verdict }) { fixture in
            let call = Task {
                try await complete(fixture, Sample.request("a", text: "slow") { if byDeadline { $0.timeoutMilliseconds = 200 } })
            }
            try await eventually { fixture.vendor.requests.count == 1 }
            if !byDeadline { call.cancel() }
            let response = try await call.value
            #expect(response.result?.outcome?.failure?.kind == .unreachable)
            // The first request to a pool goes alone until it has ended.
            let next = try await complete(fixture, Sample.request("b"))
            #expect(next.result?.outcome?.reply != nil)
        }
    }

    @Test("waits in line no longer than its own time, however long its caller does")
    func late() async throws {
        let gate = Gate()
        try await withService(answer: { _ in
            gate.pass()
            return .verdict
        }) { fixture in
            // The first goes alone.
            let first = Task { try await complete(fixture, Sample.request("a")) }
            try await eventually { fixture.vendor.requests.count == 1 }
            let code = await code(try await complete(fixture, Sample.request("b") { $0.timeoutMilliseconds = 200 }))
            #expect(code == .deadlineExceeded)
            #expect(fixture.service.lanes.standing.lanes.values.allSatisfy { $0.waitingCount == 0 })
            gate.open()
            #expect(try await first.value.result != nil)
            #expect(fixture.vendor.requests.count == 1)
        }
    }

    @Test("waits in line for a place, and leaves it when its caller waits no more")
    func line() async throws {
        let gate = Gate()
        try await withService(answer: { _ in
            gate.pass()
            return .verdict
        }) { fixture in
            // The first goes alone.
            let first = Task { try await complete(fixture, Sample.request("a")) }
            try await eventually { fixture.vendor.requests.count == 1 }
            let second = Task { try await complete(fixture, Sample.request("b")) }
            try await eventually { fixture.service.lanes.standing.lanes.values.contains { $0.waitingCount == 1 } }
            second.cancel()
            let result = await second.result
            #expect(throws: RPCError.self) { try result.get() }
            #expect(fixture.service.lanes.standing.lanes.values.allSatisfy { $0.waitingCount == 0 })
            gate.open()
            #expect(try await first.value.result != nil)
            #expect(fixture.vendor.requests.count == 1)
        }
    }
}
