import CJCore
import Contracts
import CurlClient
import Logging
import Testing
import WireNIO

@Suite("huleedu up --metrics-port", .timeLimit(.minutes(2)))
struct MetricsProgramTests {
    /// What follows a name at the start of a line that the program prints.
    private func address(_ name: String, in output: String) throws -> String {
        let line = try #require(output.split(separator: "\n").first { $0.hasPrefix(name) }, "\(output)")
        return try #require(line.split(separator: " ").last.map(String.init))
    }

    /// A comparison for an assessment of one task.
    private func request(_ number: Int, task: String) throws -> LLMV1.SubmitRequest {
        let template = try #require(PromptTemplate(language: "en"))
        let format = ReplyFormat(for: template)
        let prompt = template.prompt(
            question: task, rubric: nil, first: "The sea, \(number).", second: "The land, \(number).")
        return LLMV1.SubmitRequest(
            requestID: "r\(number)", owner: "class-9b", provider: "simulated", model: "simulated-judge", maxOutputTokens: 256,
            blocks: prompt.blocks.map { block in
                LLMV1.PromptBlock(
                    target: block.target == .system ? .system : .user, text: Array(block.text.utf8),
                    cacheMark: block.isCacheable ? .fiveMinutes : .none, varies: block.target == .user)
            },
            replyFormat: LLMV1.ReplyFormat(
                name: format.toolName, description: Array(format.description.utf8), jsonSchema: Array(format.jsonSchema.utf8)))
    }

    @Test("tells Prometheus what the vendor's cache did, and which block did not stay the same")
    func served() async throws {
        let scratch = try Scratch()
        let services = try Program(
            "huleedu",
            [
                "up", "--data", scratch.path + "/data", "--llm-provider-port", "0", "--cj-assessment-port", "0", "--metrics-port",
                "0",
            ])
        try #require(await services.wait(for: "metrics        127.0.0.1:"), "\(services.output)")
        let place = try address("llm-provider", in: services.output).split(separator: ":")
        let client = WireClient(
            host: String(place[0]), port: try #require(Int(place[1])), configuration: .init(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let provider = LLMV1.LLMProviderClient(client)
        for (number, task) in ["What is the sea?", "What is the sea?", "At nine: what is the sea?"].enumerated() {
            let request = try request(number, task: task)
            _ = try await provider.submit(request)
            var result: LLMV1.Result?
            while result == nil {
                result = try await provider.get(LLMV1.GetRequest(requestID: request.requestID)).result
                try await Task.sleep(for: .milliseconds(5))
            }
            guard case .reply = try #require(result?.outcome) else {
                Issue.record("no reply: \(String(describing: result))")
                continue
            }
        }
        await client.close()

        let http = CurlClient()
        let url = "http://\(try address("metrics", in: services.output))/metrics"
        let text = String(decoding: try await http.send(HTTPRequest(method: "GET", url: url)).body, as: UTF8.self)
        let labels = #"provider="simulated",model="simulated-judge""#
        for line in [
            #"llm_provider_prompt_cache_events_total{\#(labels),result="hit"} 1"#,
            #"llm_provider_prompt_cache_events_total{\#(labels),result="miss"} 2"#,
            #"llm_provider_prompt_block_changes_total{\#(labels),target="system"} 1"#,
        ] {
            #expect(text.contains(line + "\n"), "\(text)")
        }
        for direction in ["none", "read", "write"] {
            #expect(text.contains(#"llm_provider_prompt_cache_tokens_total{\#(labels),direction="\#(direction)"}"#), "\(text)")
        }
        await http.shutdown()
        services.interrupt()
        #expect(await services.status() == 0, "\(services.output)")
        #expect(services.output.contains("a block that is said to stay the same"), "\(services.output)")
    }
}
