/// What a process counts and measures, for Prometheus to read.
public struct Metrics: Sendable {
    /// The media type of ``text``.
    public static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

    private let families: [any MetricFamily]

    /// - Parameter families: each with a name of its own.
    public init(_ families: [any MetricFamily]) {
        precondition(Set(families.map(\.name)).count == families.count, "every metric has a name of its own")
        self.families = families
    }

    /// Everything in Prometheus's text format.
    public var text: String { families.map(\.text).joined() }
}
