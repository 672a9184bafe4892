/// What a process counts, for Prometheus to read.
public struct Metrics: Sendable {
    /// The media type of ``text``.
    public static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

    private let families: [CounterFamily]

    /// - Parameter families: each with a name of its own.
    public init(_ families: [CounterFamily]) {
        precondition(Set(families.map(\.name)).count == families.count, "every metric has a name of its own")
        self.families = families
    }

    /// All counts in Prometheus's text format.
    public var text: String { families.map(\.text).joined() }
}
