import Synchronization

/// When calls are to begin: at a steady rate, or as soon as there is somebody to make them.
final class LoadPace: Sendable {
    private let begin: ContinuousClock.Instant
    private let end: ContinuousClock.Instant
    private let calls: Int?
    private let rate: Double?
    private let handedOut = Atomic<Int>(0)

    /// - Parameters:
    ///   - calls: how many to hand out at most.
    ///   - duration: after which none is handed out.
    ///   - rate: calls a second.
    init(calls: Int?, duration: Duration, rate: Double?, from begin: ContinuousClock.Instant = .now) {
        self.begin = begin
        end = begin + duration
        self.calls = calls
        self.rate = rate
    }

    /// When the next call is due, which may be past or to come; nothing when there are no more.
    func next() -> ContinuousClock.Instant? {
        let number = handedOut.add(1, ordering: .relaxed).oldValue
        if let calls, number >= calls { return nil }
        let due = rate.map { begin + .seconds(Double(number) / $0) } ?? .now
        return due < end ? due : nil
    }
}
