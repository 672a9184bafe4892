import Synchronization
import Wire

/// What a server has done for the calls of one method, on all of its connections.
final class MethodCounts: Sendable {
    private struct State {
        var counts = ServerStatistics.Method()
        /// By the codes' numbers.
        var statuses = Array(repeating: 0, count: StatusCode.allCases.count)
    }

    private let state = Mutex(State())

    func began() {
        state.withLock { state in
            state.counts.calls += 1
            state.counts.running += 1
        }
    }

    func ended(_ call: RunningCall, as code: StatusCode) {
        let latency = UInt64(max(0, call.begun.duration(to: .now).clampedNanoseconds))
        state.withLock { state in
            state.counts.running -= 1
            state.statuses[Int(code.rawValue)] += 1
            state.counts.receivedBytes += call.receivedBytes
            state.counts.sentBytes += call.sentBytes
            state.counts.latencies.add(latency)
        }
    }

    /// At this moment.
    var current: ServerStatistics.Method {
        state.withLock { state in
            var counts = state.counts
            for code in StatusCode.allCases where state.statuses[Int(code.rawValue)] > 0 {
                counts.statuses[code] = state.statuses[Int(code.rawValue)]
            }
            return counts
        }
    }
}
