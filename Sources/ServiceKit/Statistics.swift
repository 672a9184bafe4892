import Contracts
import Wire
import WireNIO

/// Tells callers what a server has done and what it is doing.
struct Statistics: WireV1.StatisticsService {
    let load: ServerLoad

    func getStatistics(_ request: WireV1.GetStatisticsRequest, context: ServerContext) -> WireV1.GetStatisticsResponse {
        let statistics = load.statistics
        return WireV1.GetStatisticsResponse(
            uptimeMilliseconds: UInt64(statistics.uptime / .milliseconds(1)), connections: UInt32(statistics.connections),
            acceptedConnections: UInt64(statistics.acceptedConnections),
            refusedConnections: UInt64(statistics.refusedConnections), runningHandlers: UInt32(statistics.runningHandlers),
            heldRequestBytes: UInt64(statistics.heldRequestBytes),
            methods: statistics.methods.map { Self.message($0, $1) }.sorted { $0.method < $1.method })
    }

    private static func message(_ name: MethodDescriptor, _ method: ServerStatistics.Method) -> WireV1.MethodStatistics {
        WireV1.MethodStatistics(
            method: "\(name)", calls: UInt64(method.calls), running: UInt32(method.running),
            statuses: method.statuses.sorted { $0.key.rawValue < $1.key.rawValue }.map { code, calls in
                WireV1.StatusCount(code: code.rawValue, calls: UInt64(calls))
            }, receivedBytes: UInt64(method.receivedBytes), sentBytes: UInt64(method.sentBytes),
            latency: WireV1.Latency(
                median: method.latency(percentile: 50), percentile90: method.latency(percentile: 90),
                percentile99: method.latency(percentile: 99), longest: method.longestLatency))
    }
}
