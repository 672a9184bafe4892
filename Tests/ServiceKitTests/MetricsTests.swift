import CurlClient
import Logging
import ServiceLifecycle
import Testing
import WireNIO

@testable import ServiceKit

@Suite("What a process counts")
struct MetricsTests {
    @Test("is told in Prometheus's text format, its labels in order and escaped")
    func text() {
        let calls = CounterFamily("calls_total", help: "Calls.", labels: ["provider", "result"])
        let starts = CounterFamily("starts_total", help: "Starts.", labels: [])
        let metrics = Metrics([calls, starts])
        #expect(
            metrics.text == """
                # HELP calls_total Calls.
                # TYPE calls_total counter
                # HELP starts_total Starts.
                # TYPE starts_total counter

                """)
        calls.add(1, "b", "hit")
        calls.add(1, "a", "\"\\\n")
        calls.add(41, "b", "hit")
        starts.add()
        #expect(calls["b", "hit"] == 42)
        #expect(
            metrics.text == #"""
                # HELP calls_total Calls.
                # TYPE calls_total counter
                calls_total{provider="a",result="\"\\\n"} 1
                calls_total{provider="b",result="hit"} 42
                # HELP starts_total Starts.
                # TYPE starts_total counter
                starts_total 1

                """#)
    }

    @Test("is told apart up to a number of label values; the rest is counted together, and nothing is lost")
    func bounded() {
        let calls = CounterFamily("calls_total", help: "Calls.", labels: ["model"])
        let count = CounterFamily.maximumSeries + 5
        for _ in 0..<2 {
            for number in 0..<count { calls.add(1, "m\(number)") }
        }
        #expect(calls["m0"] == 2)
        #expect(calls["m\(CounterFamily.maximumSeries - 1)"] == 2)
        #expect(calls["m\(CounterFamily.maximumSeries)"] == 0)
        #expect(calls[CounterFamily.otherValue] == 10)
    }

    @Test("is read over HTTP until the service ends; what else is asked for is refused by name")
    func served() async throws {
        let calls = CounterFamily("calls_total", help: "Calls.", labels: [])
        calls.add(7)
        let server = MetricsServer(
            Metrics([calls]), at: BoundAddress(host: "127.0.0.1", port: 0),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let url = "http://\(try await server.start())"
        let http = CurlClient()
        func answer(_ method: String, _ path: String) async throws -> HTTPResponse {
            try await http.send(HTTPRequest(method: method, url: url + path))
        }
        let running = Task { try await server.run() }
        let metrics = try await answer("GET", "/metrics")
        #expect(metrics.status == 200)
        #expect(metrics.headers["content-type"] == Metrics.mediaType)
        #expect(String(decoding: metrics.body, as: UTF8.self).hasSuffix("\ncalls_total 7\n"))
        #expect(try await answer("GET", "/metrics?name=x").status == 200)
        #expect(try await answer("GET", "/").status == 404)
        let refusal = try await answer("POST", "/metrics")
        #expect(refusal.status == 405)
        #expect(refusal.headers["allow"] == "GET, HEAD")
        running.cancel()
        try await running.value
        await #expect(throws: CurlError.self) { try await answer("GET", "/metrics") }
        await http.shutdown()
    }

    @Test("is not told where something else listens, and that is said by name")
    func taken() async throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let first = MetricsServer(Metrics([]), at: BoundAddress(host: "127.0.0.1", port: 0), logger: logger)
        let place = try await first.start()
        let error = await #expect(throws: ServerError.self) {
            try await MetricsServer(Metrics([]), at: place, logger: logger).start()
        }
        #expect(error?.message == "\(place) is taken: something else listens there")
        let running = Task { try await first.run() }
        running.cancel()
        try await running.value
    }
}
