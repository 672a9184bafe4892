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
            let request = try LLMV1.SubmitRequest.comparison(number, task: task)
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
        for line in [
            #"rpc_server_calls_total{service="huleedu.llm.v1.LLMProvider",method="Submit",code="OK"} 3"#,
            #"rpc_server_call_duration_seconds_count{service="huleedu.llm.v1.LLMProvider",method="Submit"} 3"#,
        ] {
            #expect(text.contains(line + "\n"), "\(text)")
        }
        // The assessment service follows the provider's events.
        let follow = #"rpc_client_messages_total{service="huleedu.events.v1.EventFeed",method="Follow",direction="#
        #expect(text.contains(follow + #""request"} 1"#) && text.contains(follow + #""response"}"#), "\(text)")
        for direction in ["none", "read", "write"] {
            #expect(text.contains(#"llm_provider_prompt_cache_tokens_total{\#(labels),direction="\#(direction)"}"#), "\(text)")
        }
        await http.shutdown()
        services.interrupt()
        #expect(await services.status() == 0, "\(services.output)")
        #expect(services.output.contains("a block that is said to stay the same"), "\(services.output)")
    }
}
