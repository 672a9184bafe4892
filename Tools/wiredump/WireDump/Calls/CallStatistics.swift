import Wire

/// How often each method was called, how it ended and how long it took.
package struct CallStatistics: Sendable {
    package struct Row: Sendable, Hashable {
        package let method: String
        package let calls: Int
        package let faults: Int
        package let unanswered: Int
        package let requestBytes: Int
        package let responseBytes: Int
        /// Of calls that were answered, in nanoseconds, to within three per cent.
        package let median: UInt64
        package let percentile90: UInt64
        package let percentile99: UInt64
        package let longest: UInt64
    }

    private struct Tally {
        var calls = 0
        var faults = 0
        var unanswered = 0
        var requestBytes = 0
        var responseBytes = 0
        var latencies = LatencyHistogram()
    }

    /// Methods that are counted by themselves; those that appear later are counted together.
    static let maximumMethods = 10_000

    private var tallies: [String: Tally] = [:]

    package init() {}

    package mutating func add(_ call: Call) {
        var name = call.methodName.map(JSONText.name) ?? "(request not captured)"
        if tallies[name] == nil, tallies.count >= Self.maximumMethods { name = "(other methods)" }
        tallies[name, default: Tally()].calls += 1
        tallies[name]?.requestBytes += call.sent.bytes
        tallies[name]?.responseBytes += call.received.bytes
        switch call.outcome {
        case .unanswered: tallies[name]?.unanswered += 1
        case .answered(let code, _):
            if code != .ok { tallies[name]?.faults += 1 }
            tallies[name]?.latencies.add(call.nanoseconds)
        }
    }

    /// The methods, those called most often first.
    package var rows: [Row] {
        tallies.sorted { ($1.value.calls, $0.key) < ($0.value.calls, $1.key) }.map { name, tally in
            Row(
                method: name, calls: tally.calls, faults: tally.faults, unanswered: tally.unanswered,
                requestBytes: tally.requestBytes, responseBytes: tally.responseBytes,
                median: tally.latencies.quantile(50), percentile90: tally.latencies.quantile(90),
                percentile99: tally.latencies.quantile(99), longest: tally.latencies.longest)
        }
    }
}
