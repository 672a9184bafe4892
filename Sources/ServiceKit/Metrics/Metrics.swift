/// What a process counts and measures, for Prometheus to read.
public struct Metrics: Sendable {
    /// The media type of ``text``.
    public static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

    private let families: [any MetricFamily]
    private let registry: MetricsRegistry?

    /// - Parameters:
    ///   - families: each with a name of its own.
    ///   - registry: of metrics that come to be known as they are told; their names are others.
    public init(_ families: [any MetricFamily], registry: MetricsRegistry? = nil) {
        precondition(Set(families.map(\.name)).count == families.count, "every metric has a name of its own")
        self.families = families
        self.registry = registry
    }

    /// Everything in Prometheus's text format.
    public var text: String { (families + (registry?.families ?? [])).map(\.text).joined() }
}
