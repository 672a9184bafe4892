import Logging
import Synchronization

/// Logs what peers can make happen as often as they like: of each message one in an interval, with the number of those left out before it.
final class PacedLog: Sendable {
    private struct Pace {
        var earliest: ContinuousClock.Instant
        var leftOut = 0
    }

    private let logger: Logger
    private let interval: Duration
    private let now: @Sendable () -> ContinuousClock.Instant
    /// Messages are this module's own, and few.
    private let paces = Mutex<[String: Pace]>([:])

    init(
        _ logger: Logger, interval: Duration = .seconds(10),
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.logger = logger
        self.interval = interval
        self.now = now
    }

    func notice(_ message: StaticString, _ metadata: Logger.Metadata) {
        let now = now()
        let text = "\(message)"
        let leftOut = paces.withLock { paces -> Int? in
            if let pace = paces[text], pace.earliest > now {
                paces[text]?.leftOut += 1
                return nil
            }
            defer { paces[text] = Pace(earliest: now + interval) }
            return paces[text]?.leftOut ?? 0
        }
        guard let leftOut else { return }
        logger.notice("\(text)", metadata: leftOut == 0 ? metadata : metadata.merging(["left-out": "\(leftOut)"]) { $1 })
    }
}
