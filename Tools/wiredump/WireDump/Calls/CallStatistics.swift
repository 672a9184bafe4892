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

/// Counts of durations in classes that are each three per cent wide at most.
struct LatencyHistogram: Sendable {
    /// Classes for each doubling.
    private static let perDoubling: UInt64 = 32

    private var counts: [Int: Int] = [:]
    private var total = 0
    private(set) var longest: UInt64 = 0

    mutating func add(_ nanoseconds: UInt64) {
        counts[Self.place(nanoseconds), default: 0] += 1
        total += 1
        longest = max(longest, nanoseconds)
    }

    /// The duration that so many per cent do not exceed, as the upper end of its class; zero where there is none.
    func quantile(_ percent: Int) -> UInt64 {
        let wanted = (total * percent + 99) / 100
        var seen = 0
        for (place, count) in counts.sorted(by: { $0.key < $1.key }) {
            seen += count
            if seen >= wanted { return min(Self.upperEnd(place), longest) }
        }
        return 0
    }

    /// Small numbers are classes of their own; of larger ones the five bits after the first count.
    private static func place(_ value: UInt64) -> Int {
        guard value >= perDoubling else { return Int(value) }
        let shift = 63 - value.leadingZeroBitCount - 5
        return (shift + 1) * Int(perDoubling) + Int(value >> UInt64(shift) - perDoubling)
    }

    private static func upperEnd(_ place: Int) -> UInt64 {
        guard place >= Int(perDoubling) else { return UInt64(place) }
        let (shift, rest) = (place / Int(perDoubling) - 1, UInt64(place % Int(perDoubling)))
        return (rest + perDoubling + 1) << UInt64(shift) - 1
    }
}
