/// Times, for a report.
public struct Distribution: Sendable, Hashable, Codable {
    public let count: Int
    /// Milliseconds, each.
    public let p50: Int
    public let p90: Int
    public let p99: Int
    public let maximum: Int

    enum CodingKeys: String, CodingKey {
        case count
        case p50 = "p50_ms"
        case p90 = "p90_ms"
        case p99 = "p99_ms"
        case maximum = "max_ms"
    }

    public init(_ times: [Duration]) {
        let sorted = times.map { Int($0 / .milliseconds(1)) }.sorted()
        // The smallest time that so large a share of all do not exceed.
        func quantile(_ share: Double) -> Int {
            sorted.isEmpty ? 0 : sorted[max(0, Int((share * Double(sorted.count)).rounded(.up)) - 1)]
        }
        count = sorted.count
        p50 = quantile(0.5)
        p90 = quantile(0.9)
        p99 = quantile(0.99)
        maximum = sorted.last ?? 0
    }
}
