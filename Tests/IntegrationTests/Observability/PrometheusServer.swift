import Chaos
import CurlClient
import Foundation
import Testing

/// A Prometheus that reads one program five times a second, with the rules of this package.
struct PrometheusServer {
    private let process: Program
    private let url: String
    private let http = CurlClient()

    /// - Parameter target: where the program tells its metrics, as `host:port`.
    init(reading target: String, folder: String) async throws {
        let configuration = """
            global: { scrape_interval: 200ms, scrape_timeout: 200ms, evaluation_interval: 200ms }
            rule_files: ["\(ObservabilityFiles.rules)"]
            scrape_configs:
              - job_name: huleedu-llm-provider
                static_configs: [{ targets: ["\(target)"] }]
            """
        let file = folder + "/prometheus.yml"
        try configuration.write(toFile: file, atomically: true, encoding: .utf8)
        let place = "127.0.0.1:\(try FreePort.find())"
        process = try Program(
            "/usr/bin/prometheus",
            [
                "--config.file=\(file)", "--storage.tsdb.path=\(folder)/tsdb", "--web.listen-address=\(place)",
            ])
        url = "http://\(place)"
        try #require(await process.wait(for: "Server is ready to receive web requests."), "\(process.output)")
    }

    /// What a query gives: the labels and the value of each series.
    func query(_ expression: String) async throws -> [(labels: [String: String], value: Double)] {
        struct Answer: Decodable {
            struct Content: Decodable {
                struct Series: Decodable {
                    struct Sample: Decodable {
                        let value: Double

                        init(from decoder: any Decoder) throws {
                            var container = try decoder.unkeyedContainer()
                            _ = try container.decode(Double.self)
                            value = try #require(Double(try container.decode(String.self)))
                        }
                    }
                    let metric: [String: String]
                    let value: Sample
                }
                let result: [Series]
            }
            let status: String
            let error: String?
            let data: Content?
        }
        var allowed = CharacterSet.alphanumerics
        allowed.insert(charactersIn: "-._~")
        let encoded = try #require(expression.addingPercentEncoding(withAllowedCharacters: allowed))
        let response = try await http.send(HTTPRequest(method: "GET", url: "\(url)/api/v1/query?query=\(encoded)"))
        let answer = try JSONDecoder().decode(Answer.self, from: Data(response.body))
        try #require(answer.status == "success", "\(expression): \(answer.error ?? "")")
        return try #require(answer.data).result.map { ($0.metric, $0.value.value) }
    }

    /// Waits until a query gives something.
    func wait(for expression: String) async throws {
        while try await query(expression).isEmpty {
            try #require(process.isRunning, "\(process.output)")
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    func stop() async {
        await http.shutdown()
        process.terminate()
        _ = await process.status()
    }
}
