import Contracts
import Foundation
import Logging
import PostgresTestSupport
import Testing
import Wire
import WireNIO

@Suite("huleedu serve --log-format json", .timeLimit(.minutes(2)))
struct LogProgramTests {
    private static let trace = "0af7651916cd43dd8448eb211c80319c"

    @Test(
        "writes lines of JSON to a file, in which a call that failed is found by its trace and its caller's id",
        arguments: [true, false])
    func lines(isToFile: Bool) async throws {
        let scratch = try Scratch()
        let log = scratch.path + "/log"
        let fake = try Program("fakeprovider", ["--script", "500"])
        try #require(await fake.wait(for: "http://"), "\(fake.output)")
        let services = try Program(
            "huleedu",
            ["serve", "llm-provider", "--port", "0", "--log-format", "json"]
                + (isToFile ? ["--log-file", log, "--log-level", "trace"] : []),
            environment: [
                "DATABASE_URL": try await TestDatabase.make().connectionString,
                "HULEEDU_SIMULATED_URL": fake.output.split(separator: "\n").first.map(String.init) ?? "",
            ])
        try #require(await services.wait(for: "llm-provider  127.0.0.1:"), "\(services.output)")
        let line = try #require(services.output.split(separator: "\n").first { $0.hasPrefix("llm-provider  ") })
        let place = try #require(line.split(separator: " ").last).split(separator: ":")
        let client = WireClient(
            host: String(place[0]), port: try #require(Int(place[1])), configuration: .init(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let provider = LLMV1.LLMProviderClient(client)
        var options = CallOptions.timeout(.seconds(60))
        options.metadata = Metadata([
            ("traceparent", "00-\(Self.trace)-b7ad6b7169203331-01"), ("correlation-id", "lesson-7"),
        ])
        _ = try await provider.submit(try .comparison(1, task: "What is the sea?"), options: options)
        while try await provider.get(LLMV1.GetRequest(requestID: "r1")).result == nil {
            try await Task.sleep(for: .milliseconds(5))
        }
        await client.close()
        services.terminate()
        #expect(await services.status() == 0, "\(services.output)")
        fake.terminate()
        _ = await fake.status()

        let text = isToFile ? try String(contentsOfFile: log, encoding: .utf8) : services.output
        let lines = text.split(separator: "\n").filter { !$0.hasPrefix("llm-provider  ") }
        let objects = try lines.map { try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] }
        #expect(objects.count > 1)
        #expect(objects.allSatisfy { $0?["timestamp"] != nil && $0?["level"] != nil && $0?["event"] != nil })
        let failed = objects.compactMap { $0 }.filter { $0["event"] as? String == "attempt failed" }
        #expect(failed.map { $0["trace"] as? String } == [Self.trace])
        #expect(failed.first?["correlation"] as? String == "lesson-7")
        #expect(failed.first?["service"] as? String == "llm-provider")
        let calls = objects.compactMap { $0 }.filter {
            ($0["method"] ?? $0["name"]) as? String == "huleedu.llm.v1.LLMProvider/Submit"
        }
        #expect(calls.map { $0["event"] as? String } == (isToFile ? ["call answered", "span"] : []))
        #expect(calls.allSatisfy { $0["trace"] as? String == Self.trace })
        #expect(calls.last?["parent"] as? String == (isToFile ? "b7ad6b7169203331" : nil))
        #expect(!text.contains("Fewer, 1"), "an essay is in no line")
    }
}
