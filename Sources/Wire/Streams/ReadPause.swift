/// When a connection is not read because streams have more messages waiting than their buffers hold, and for how long.
///
/// Reading nothing is all that holds a plain peer back, and it holds back every call of the connection: a stream that has stayed full for as
/// long as the patience lasts is to be ended, so that the others go on.
public struct ReadPause<Stream: Hashable & Sendable>: Sendable {
    private let patience: Duration
    private var full: [Stream: ContinuousClock.Instant] = [:]

    public init(patience: Duration) {
        self.patience = patience
    }

    /// Whether nothing should be read.
    public var isActive: Bool { !full.isEmpty }

    /// A stream's buffer has become full.
    public mutating func filled(_ stream: Stream, at now: ContinuousClock.Instant) {
        if full[stream] == nil { full[stream] = now }
    }

    /// A stream's buffer has room again, or the stream has ended.
    public mutating func released(_ stream: Stream) {
        full[stream] = nil
    }

    /// When ``overdue(at:)`` will next have one to name.
    public var nextOverdue: ContinuousClock.Instant? { full.values.min().map { $0 + patience } }

    /// The streams that have been full for too long.
    public func overdue(at now: ContinuousClock.Instant) -> [Stream] {
        full.filter { $0.value + patience <= now }.map(\.key)
    }
}
