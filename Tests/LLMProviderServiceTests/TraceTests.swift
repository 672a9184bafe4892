import CJCore
import Contracts
import FakeProvider
import Postgres
import Testing
import Wire

@testable import LLMProviderService

@Suite("The trace of a request")
struct TraceTests {
    private static let traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    private func prompt() throws -> Prompt {
        try #require(PromptTemplate(language: "en")).prompt(
            question: "Where is the sea?", rubric: nil, first: "The sea is there.", second: "The sea is hére.")
    }

    private func request(_ id: String = "r1") throws -> LLMV1.SubmitRequest {
        let prompt = try prompt()
        return Sample.request(id) {
            $0.model = "simulated-judge"
            $0.blocks = prompt.blocks.map { Sample.block($0.target == .system ? .system : .user, $0.text) }
        }
    }

    private func context(_ metadata: [(String, String)]) -> ServerContext {
        ServerContext(
            method: MethodDescriptor(service: "test", method: "Test"), metadata: Metadata(metadata),
            deadline: .after(.seconds(60)),
            peer: "test")
    }

    @Test("goes from its caller to every call to the vendor and into the event, past a dead worker and a failed call")
    func wholeWay() async throws {
        let faults = FaultPlan(script: [.serverError(status: 500)])
        try await withFake(FakeProviderConfiguration(faults: faults)) { fixture, fake in
            _ = try await fixture.service.submit(
                try request(), context: context([("Traceparent", Self.traceparent), ("Correlation-ID", "lesson:7")]))
            _ = try await fixture.claim(1)
            try await fixture.expireLeases()
            // Who asks again, in another trace, is told of the first.
            _ = try await fixture.service.submit(try request(), context: context([("correlation-id", "another")]))
            try await fixture.running { _ = try await fixture.result("r1") }

            let calls = try fake.ledger.map { try #require($0.traceparent.flatMap(TraceContext.init)) }
            #expect(calls.count == 2)
            #expect(calls.allSatisfy { $0.traceID == "0af7651916cd43dd8448eb211c80319c" && $0.isSampled })
            #expect(Set(calls.map(\.spanID) + ["b7ad6b7169203331"]).count == 3, "each call is one of its own")
            let event = try #require(try await fixture.events().first)
            #expect(event.traceparent == Self.traceparent)
            #expect(event.correlationID == "lesson:7")
            #expect(event.promptSha256 == (try prompt().sha256))
            #expect(fixture.log.text.contains("0af7651916cd43dd8448eb211c80319c"))
        }
    }

    @Test("is begun where the caller has none, or one that makes no sense", arguments: [nil, "00-zero-b7ad6b7169203331-01"])
    func begun(traceparent: String?) async throws {
        try await withFake(FakeProviderConfiguration()) { fixture, fake in
            let metadata = traceparent.map { [("traceparent", $0)] } ?? []
            _ = try await fixture.service.submit(try request(), context: context(metadata))
            try await fixture.submit(try request("r2"))
            try await fixture.running { for id in ["r1", "r2"] { _ = try await fixture.result(id) } }
            let told = try await fixture.events().map { try #require(TraceContext($0.traceparent)).traceID }
            #expect(Set(told).count == 2)
            #expect(Set(fake.ledger.compactMap { $0.traceparent.flatMap(TraceContext.init)?.traceID }) == Set(told))
            #expect(Set(try await fixture.events().map(\.correlationID)) == ["r1", "r2"])
        }
    }

    @Test("is withdrawn with its request, and begun for one that was taken on before traces were kept")
    func withdrawn() async throws {
        try await withFake(FakeProviderConfiguration()) { fixture, _ in
            _ = try await fixture.service.submit(try request(), context: context([("traceparent", Self.traceparent)]))
            #expect(try await fixture.cancel("class-9b") == 1)
            try await fixture.submit(try request("old"))
            try await fixture.pool.execute(
                "UPDATE llm_provider.request SET traceparent = NULL, correlation_id = NULL WHERE id = 'old'")
            try await fixture.running { _ = try await fixture.result("old") }
            let events = try await fixture.events()
            #expect(events.map(\.correlationID) == ["r1", "old"])
            #expect(events.first?.traceparent == Self.traceparent)
            #expect(events.last.flatMap { TraceContext($0.traceparent) } != nil)
        }
    }

    @Test(
        "A correlation id is one to a hundred characters of a few kinds",
        arguments: ["", "a b", "é", String(repeating: "x", count: 101)])
    func refused(id: String) throws {
        let error = #expect(throws: RPCError.self) { try RequestOrigin(Metadata([("correlation-id", id)]), request: "r1") }
        #expect(error?.code == .invalidArgument)
        #expect(error?.message.hasPrefix("metadata correlation-id: expected 1 to 100 characters") == true)
        let longest = String(repeating: "x", count: 100)
        #expect(try RequestOrigin(Metadata([("correlation-id", longest)]), request: "r1").correlationID == longest)
    }
}
