import Contracts
import EventLog
import Postgres
import Testing
import Wire

@testable import LLMProviderService

@Suite("Taking requests on")
struct SubmitTests {
    @Test("A request is stored when it is accepted, is known when it comes again, and is refused with other content")
    func idempotent() async throws {
        try await withService { fixture in
            let first = try await fixture.submit(Sample.request())
            #expect(first == LLMV1.SubmitResponse(state: .queued, alreadyKnown: false))
            #expect(try await fixture.store.status(of: "r1")?.state == .queued)
            #expect(try await fixture.submit(Sample.request()) == LLMV1.SubmitResponse(state: .queued, alreadyKnown: true))
            let error = await #expect(throws: RPCError.self) {
                try await fixture.submit(Sample.request { $0.maxOutputTokens = 513 })
            }
            #expect(error?.code == .alreadyExists)
            #expect(try await fixture.claim().count == 1)
            #expect(try await fixture.submit(Sample.request()).state == .sending)
        }
    }

    @Test("A request with a fault is not stored")
    func faulty() async throws {
        try await withService { fixture in
            let error = await #expect(throws: RPCError.self) { try await fixture.submit(Sample.request { $0.blocks = [] }) }
            #expect(error?.code == .invalidArgument)
            let status = try await fixture.store.status(of: "r1")
            #expect(status == nil)
        }
    }

    @Test("The same request from fifty callers at once is taken on once")
    func concurrent() async throws {
        try await withService { fixture in
            let answers = try await withThrowingTaskGroup(of: LLMV1.SubmitResponse.self) { group in
                for _ in 0..<50 { group.addTask { try await fixture.submit(Sample.request()) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.count { !$0.alreadyKnown } == 1)
            #expect(try await fixture.claim().count == 1)
        }
    }

    @Test("A request that was taken on stays known when its provider is no longer configured; a new one is refused")
    func providerGone() async throws {
        try await withService { fixture in
            try await fixture.submit(Sample.request())
            var configuration = fixture.configuration
            configuration.providers.removeAll { $0.name == Sample.request().provider }
            let later = LLMProvider(
                pool: fixture.pool, bell: Bell(), configuration: configuration, http: fixture.http,
                batchHTTP: fixture.http, metrics: LLMProviderMetrics(), logger: fixture.log.logger)
            #expect(try await later.submit(Sample.request(), context: .test).alreadyKnown)
            let error = await #expect(throws: RPCError.self) { try await later.submit(Sample.request("r2"), context: .test) }
            #expect(error?.code == .notFound || error?.code == .invalidArgument)
        }
    }

    @Test("An unknown request is not found")
    func unknown() async throws {
        try await withService { fixture in
            let error = await #expect(throws: RPCError.self) { try await fixture.get("nobody") }
            #expect(error?.code == .notFound)
        }
    }

    @Test("Where a request stands can be asked at any time: waiting, with a worker, answered, failed, withdrawn")
    func states() async throws {
        try await withService(
            answer: { $0.text.contains("bad") ? .error(400, type: "invalid_request_error") : .verdict }
        ) { fixture in
            try await fixture.submit(Sample.request("good"))
            try await fixture.submit(Sample.request("bad", text: "bad"))
            try await fixture.submit(Sample.request("gone", owner: "other"))
            #expect(try await fixture.get("good") == LLMV1.GetResponse(state: .queued, attempts: 0, result: nil))
            #expect(try await fixture.cancel("other") == 1)
            #expect(try await fixture.claim().count == 2)
            #expect(try await fixture.get("good") == LLMV1.GetResponse(state: .sending, attempts: 1, result: nil))
            try await fixture.expireLeases()
            #expect(try await fixture.get("good").state == .queued)
            try await fixture.running {
                let good = try await fixture.result("good")
                #expect(try await fixture.get("good") == LLMV1.GetResponse(state: .succeeded, attempts: 2, result: good))
                #expect(good.attempts == 2)
                #expect(good.outcome?.reply == #"{"confidence":4,"rationale":"Clearer.","winner":"first"}"#)
                #expect(good.model == "claude-haiku-4-5-20251001")
                #expect(good.vendorRequestID == "req_1")
                #expect(try await fixture.result("bad").outcome?.failure?.kind == .invalidRequest)
                #expect(try await fixture.get("bad").state == .failed)
            }
            let gone = try await fixture.get("gone")
            #expect(gone.state == .cancelled)
            #expect(gone.attempts == 0)
            #expect(gone.result?.outcome?.failure?.kind == .cancelled)
            #expect(try await fixture.submit(Sample.request("good")).state == .succeeded)
        }
    }

    @Test("A caller's words come back in errors only in short and without what a terminal obeys; an id that fits is whole")
    func echoes() async throws {
        try await withService { fixture in
            let words = "\u{1b}" + String(repeating: "x", count: 1 << 16)
            let calls: [() async throws -> Void] = [
                { _ = try await fixture.get(words) },
                { _ = try await fixture.submit(Sample.request { $0.provider = words }) },
                { _ = try await fixture.submit(Sample.request { $0.model = words }) },
                {
                    let schema = #"{"type":"object","properties":{},"required":["\#(words.dropFirst())"]}"#
                    try await fixture.submit(Sample.request { $0.replyFormat?.jsonSchema = Array(schema.utf8) })
                },
                {
                    _ = try await fixture.service.describeModel(
                        LLMV1.DescribeModelRequest(provider: "vendor", model: words), context: .test)
                },
            ]
            for call in calls {
                let error = await #expect(throws: RPCError.self) { try await call() }
                #expect(error.map { $0.message.count < 500 && !$0.message.contains("\u{1b}") } == true)
            }
            let longest = String(repeating: "r", count: 100)
            let unknown = await #expect(throws: RPCError.self) { try await fixture.get(longest) }
            #expect(unknown?.message == "request_id: no request has the id \(longest)")
        }
    }

    @Test("A model is described with what it can do and costs; an unknown one is not found")
    func describe() async throws {
        try await withService { fixture in
            let model = try await fixture.service.describeModel(
                LLMV1.DescribeModelRequest(provider: "vendor", model: "sonnet"), context: .test)
            #expect(model.model == "claude-sonnet-5-5")
            #expect(!model.acceptsTemperature)
            #expect(model.prices?.cacheRead == 100)
            let error = await #expect(throws: RPCError.self) {
                try await fixture.service.describeModel(
                    LLMV1.DescribeModelRequest(provider: "vendor", model: "x"), context: .test)
            }
            #expect(error?.code == .notFound)
        }
    }
}
