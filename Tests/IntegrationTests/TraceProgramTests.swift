import Chaos
import Contracts
import Foundation
import Logging
import Postgres
import PostgresTestSupport
import Testing
import Wire

@Suite("The trace of an assessment", .timeLimit(.minutes(2)))
struct TraceProgramTests {
    @Test("goes through the assessment service, the provider service and every call to the vendor, and is in every result")
    func wholeWay() async throws {
        let scratch = try Scratch()
        let deployment = try await Deployment.start(
            connectionString: try await TestDatabase.make().connectionString, folder: scratch.path, latencyMilliseconds: 1...2,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        for (number, id) in ["traced-1", "traced-2"].enumerated() {
            try await deployment.begin(DrillAssessment(id: id, essays: 6, comparisons: 12, seed: UInt64(number)))
        }
        for id in ["traced-1", "traced-2"] { #expect(try await deployment.waitForEnd(of: id).state == .completed) }

        let results = try await deployment.pool.query("SELECT content FROM llm_provider.result").map {
            try LLMV1.Result(decoding: $0.decode([UInt8].self))
        }
        #expect(results.count >= 24)
        let traces = Dictionary(grouping: results) { TraceContext($0.traceparent)?.traceID ?? "" }
        #expect(traces.count == 2 && traces[""] == nil)
        for trace in traces.values { #expect(Set(trace.map(\.correlationID)).count == 1) }
        #expect(Set(results.map(\.correlationID)) == ["traced-1", "traced-2"])
        // The prompt has one name, whichever service tells it.
        let prompts = try await deployment.pool.query("SELECT id, prompt_sha256 FROM cj.request").map {
            try $0.decode(String.self, String?.self)
        }
        for result in results { #expect(prompts.contains { $0 == result.requestID && $1 == result.promptSha256 }) }

        let ledger = try String(contentsOfFile: deployment.ledger.path, encoding: .utf8)
        let told = Set(ledger.matches(of: /"traceparent":"00-([0-9a-f]{32})-/).map { String($0.1) })
        #expect(told == Set(traces.keys))
        await deployment.stop()
    }
}
