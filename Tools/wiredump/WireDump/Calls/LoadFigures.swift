package import Wire

/// What came of calls that were made to see how fast a server answers.
package struct LoadFigures: Sendable {
    package private(set) var calls = 0
    /// How many calls ended with each status that is not OK.
    package private(set) var failures: [StatusCode: Int] = [:]
    package private(set) var answers = 0
    package private(set) var answerBytes = 0
    /// Of calls that went well.
    private var latencies = LatencyHistogram()

    package init() {}

    /// Counts a call in that went well.
    ///
    /// - Parameter nanoseconds: from when the call was due until its last answer.
    package mutating func succeeded(after nanoseconds: UInt64, answers: Int, bytes: Int) {
        calls += 1
        self.answers += answers
        answerBytes += bytes
        latencies.add(nanoseconds)
    }

    /// Counts a call in that did not.
    package mutating func failed(_ code: StatusCode) {
        calls += 1
        failures[code, default: 0] += 1
    }

    /// Takes over what another counted.
    package mutating func add(_ other: LoadFigures) {
        calls += other.calls
        failures.merge(other.failures, uniquingKeysWith: +)
        answers += other.answers
        answerBytes += other.answerBytes
        latencies.add(other.latencies)
    }

    private var quantiles: [(name: String, nanoseconds: UInt64)] {
        [
            ("p50", latencies.quantile(50)), ("p90", latencies.quantile(90)), ("p99", latencies.quantile(99)),
            ("p99.9", latencies.quantile(perMille: 999)), ("longest", latencies.longest),
        ]
    }

    private var failuresByName: [(name: String, count: Int)] {
        failures.map { ($0.key.name, $0.value) }.sorted { ($1.count, $0.name) < ($0.count, $1.name) }
    }

    /// The figures for a person to read.
    ///
    /// - Parameter elapsed: nanoseconds from the first call's beginning to the last one's end.
    package func lines(elapsed: UInt64) -> [String] {
        let times = quantiles.map { "\($0.name) \(ClockText.duration($0.nanoseconds))" }.joined(separator: "  ")
        return [
            "\(calls) calls in \(ClockText.duration(elapsed)), \(perSecond(elapsed)) a second",
            "\(answers) answers of \(answerBytes) bytes", times,
        ] + failuresByName.map { "\($0.count) ended with \($0.name)" }
    }

    /// The figures as an object of JSON, on one line.
    package func json(elapsed: UInt64) -> String {
        let times = quantiles.map { "\(JSONText.quoted($0.name)):\($0.nanoseconds)" }.joined(separator: ",")
        let ends = failuresByName.map { "\(JSONText.quoted($0.name)):\($0.count)" }.joined(separator: ",")
        return "{\"calls\":\(calls),\"elapsed_ns\":\(elapsed),\"calls_per_second\":\(perSecond(elapsed)),"
            + "\"answers\":\(answers),\"answer_bytes\":\(answerBytes),\"latency_ns\":{\(times)},\"failures\":{\(ends)}}"
    }

    /// Calls a second, with one digit after the point.
    private func perSecond(_ elapsed: UInt64) -> String {
        let tenths = elapsed > 0 ? (Double(calls) * 1e10 / Double(elapsed)).rounded() : 0
        return "\(Int(tenths) / 10).\(Int(tenths) % 10)"
    }
}
