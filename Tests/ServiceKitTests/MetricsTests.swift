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

    @Test(
        "has decimals where it counts a smaller unit, to the last digit",
        arguments: [
            (0 as UInt64, "0.000000000"), (1, "0.000000001"), (999_999_999, "0.999999999"), (1_000_000_000, "1.000000000"),
            (UInt64.max, "18446744073.709551615"),
        ])
    func decimals(count: UInt64, text: String) {
        let cost = CounterFamily("cost_dollars_total", help: "Cost.", labels: [], decimals: 9)
        cost.add(count)
        #expect(cost.text.hasSuffix("\ncost_dollars_total \(text)\n"))
    }

    @Test("has a distribution whose counts add up, a value at a bound within it")
    func histogram() {
        let times = HistogramFamily("time_seconds", help: "Times.", labels: ["provider"], bounds: [0.5, 2])
        for value in [0.25, 0.5, 2, 3] { times.observe(value, "a") }
        times.observe(.milliseconds(1500), "a")
        #expect(times["a"] == 5)
        #expect(
            times.text == #"""
                # HELP time_seconds Times.
                # TYPE time_seconds histogram
                time_seconds_bucket{provider="a",le="0.5"} 2
                time_seconds_bucket{provider="a",le="2.0"} 4
                time_seconds_bucket{provider="a",le="+Inf"} 5
                time_seconds_sum{provider="a"} 7.25
                time_seconds_count{provider="a"} 5

                """#)
    }

    @Test("has values that are told together, and no more when they are not among them")
    func gauges() {
        let depth = GaugeFamily("depth", help: "Depth.", labels: ["provider"])
        depth.replace([["a"]: 2, ["b"]: 0.5])
        #expect(depth.text == "# HELP depth Depth.\n# TYPE depth gauge\ndepth{provider=\"a\"} 2.0\ndepth{provider=\"b\"} 0.5\n")
        depth.replace([["b"]: 1])
        #expect(depth["a"] == nil)
        #expect(depth["b"] == 1)
        let names = (0...CounterFamily.maximumSeries).map { "m\(1000 + $0)" }
        depth.replace(Dictionary(uniqueKeysWithValues: names.enumerated().map { ([$1], Double($0)) }))
        #expect(depth[names[CounterFamily.maximumSeries - 1]] == Double(CounterFamily.maximumSeries - 1))
        #expect(depth[CounterFamily.otherValue] == Double(CounterFamily.maximumSeries))
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
