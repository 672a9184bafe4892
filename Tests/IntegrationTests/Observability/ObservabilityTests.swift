import Contracts
import CurlClient
import Foundation
import LLMProviderService
import Logging
import PostgresTestSupport
import ServiceKit
import Testing
import WireNIO

@Suite("Dashboards and alerts", .timeLimit(.minutes(3)))
struct ObservabilityTests {
    @Test("The alerts are valid; each fires in a test of its own and does not in another")
    func alerts() async throws {
        for arguments in [
            ["check", "config", ObservabilityFiles.folder + "/prometheus.yml"], ["test", "rules", ObservabilityFiles.ruleTests],
        ] {
            let tool = try Program("/usr/bin/promtool", arguments)
            #expect(await tool.status() == 0, "\(tool.output)")
        }
        let alerts = try ObservabilityFiles.alerts()
        #expect(alerts.count == Set(alerts).count && alerts.contains("LLMPromptCacheLowHitRate"))
        let cases = try ObservabilityFiles.text(ObservabilityFiles.ruleTests).components(separatedBy: "  - name: ").dropFirst()
        for alert in alerts {
            let own = cases.filter { $0.contains("alertname: \(alert)\n") }
            #expect(own.contains { $0.contains("exp_labels") }, "\(alert) fires")
            #expect(own.contains { $0.contains("exp_alerts: []") }, "\(alert) does not fire")
        }
    }

    @Test("Dashboards have the names that they are known by, and panels that do not lie on each other")
    func dashboards() throws {
        let dashboards = try ObservabilityFiles.dashboardNames.map(ObservabilityFiles.dashboard)
        #expect(dashboards.map(\.uid) == ["huleedu-llm-prompt-cache", "huleedu-llm-provider"])
        for dashboard in dashboards {
            let panels = dashboard.panels
            #expect(Set(panels.map(\.id)).count == panels.count)
            for (number, panel) in panels.enumerated() {
                #expect(panel.gridPos.x + panel.gridPos.w <= 24)
                #expect(Set(panel.targets.map(\.refId)).count == panel.targets.count)
                for other in panels[..<number] { #expect(!panel.gridPos.overlaps(other.gridPos), "\(panel.title)") }
            }
        }
    }

    @Test("What dashboards and alerts look at is there, and is documented")
    func names() throws {
        let families = LLMProviderMetrics().families
        let text = Metrics(families).text
        var told = Set(families.map(\.name))
        #expect(text.contains("# TYPE llm_provider_response_duration_seconds histogram"))
        for name in told where text.contains("# TYPE \(name) histogram") {
            told.formUnion(["_bucket", "_sum", "_count"].map { name + $0 })
        }
        var asked = try ObservabilityFiles.metrics(in: ObservabilityFiles.text(ObservabilityFiles.rules))
        for name in ObservabilityFiles.dashboardNames {
            asked.formUnion(try ObservabilityFiles.dashboard(name).expressions.flatMap(ObservabilityFiles.metrics))
        }
        #expect(asked.subtracting(told) == [], "no such metric")
        let readme = try ObservabilityFiles.text(ObservabilityFiles.folder + "/README.md")
        for family in families { #expect(readme.contains("`\(family.name)`"), "\(family.name) is not in the README") }
        for alert in try ObservabilityFiles.alerts() { #expect(readme.contains("`\(alert)`"), "\(alert) is not in the README") }
    }

    /// Long enough for the vendor's cache.
    private static let task = String(repeating: "Is it better to say in many words what one means, or in few? ", count: 100)

    @Test("A Prometheus that reads the service sees its cache hit and an alert fire, and can draw every panel")
    func prometheus() async throws {
        let scratch = try Scratch()
        let fake = try Program(
            "fakeprovider", ["--min-latency", "5", "--max-latency", "10", "--script", "ok,429:1"])
        try #require(await fake.wait(for: "http://"), "\(fake.output)")
        let services = try Program(
            "huleedu", ["serve", "llm-provider", "--port", "0", "--metrics-port", "0"],
            environment: [
                "DATABASE_URL": try await TestDatabase.make().connectionString,
                "HULEEDU_SIMULATED_URL": fake.output.split(separator: "\n").first.map(String.init) ?? "",
            ])
        try #require(await services.wait(for: "metrics  127.0.0.1:"), "\(services.output)")
        func address(_ name: String) throws -> String {
            let line = try #require(services.output.split(separator: "\n").first { $0.hasPrefix(name + "  ") })
            return try #require(line.split(separator: " ").last.map(String.init))
        }
        let prometheus = try await PrometheusServer(reading: try address("metrics"), folder: scratch.path)
        try await prometheus.wait(for: #"up{job="huleedu-llm-provider"} == 1"#)
        try await prometheus.wait(for: #"llm_provider_queue_depth{provider="simulated", queue_type="total"} == 0"#)
        #expect(try await prometheus.query("ALERTS").isEmpty)

        let place = try address("llm-provider").split(separator: ":")
        let client = WireClient(
            host: String(place[0]), port: try #require(Int(place[1])), configuration: .init(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let provider = LLMV1.LLMProviderClient(client)
        var number = 0
        // More requests, until their counts have been read twice and a rate can be told.
        while try await prometheus.query(#"rate(llm_provider_prompt_cache_events_total{result="hit"}[1m]) > 0"#).isEmpty {
            number += 1
            _ = try await provider.submit(try .comparison(number, task: Self.task))
            try await Task.sleep(for: .milliseconds(20))
        }
        try await prometheus.wait(for: #"ALERTS{alertname="LLMProviderRateLimited", alertstate="firing", provider="simulated"}"#)
        #expect(try await prometheus.query(#"ALERTS{alertname!="LLMProviderRateLimited"}"#).isEmpty)
        // How lanes stand is looked at every few seconds.
        try await prometheus.wait(for: "llm_provider_lane_in_flight")
        for name in ObservabilityFiles.dashboardNames {
            for expression in try ObservabilityFiles.dashboard(name).expressions {
                let asked = expression.replacing("$__rate_interval", with: "1m").replacing("$__range", with: "5m")
                let series = try await prometheus.query(asked)
                #expect(!series.isEmpty || Self.isRare(expression), "\(expression)")
            }
        }
        await client.close()
        await prometheus.stop()
        services.terminate()
        #expect(await services.status() == 0, "\(services.output)")
        fake.terminate()
        _ = await fake.status()
    }

    /// Whether an expression looks at what a run in which all goes well has none of.
    private static func isRare(_ expression: String) -> Bool {
        ["errors_total", "unpriced_calls", "limit_per_minute", "state_changes"].contains { expression.contains($0) }
    }
}
