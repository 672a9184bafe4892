import Logging

/// A breaker that has opened, lets a request find out, or has closed.
struct BreakerChange: Sendable, Hashable {
    let lane: LaneID
    let from: Breaker.State
    let to: Breaker.State
    /// Why nothing was sent before this, or nothing is after it.
    let reason: Breaker.Reason

    func log(to logger: Logger) {
        let metadata: Logger.Metadata = [
            "provider": "\(lane.provider)", "pool": "\(lane.pool)", "reason": "\(reason.rawValue)",
        ]
        switch (to, reason) {
        case (.closed, _): logger.notice("a lane goes on", metadata: metadata)
        case (.halfOpen, _): logger.info("one request finds out whether a lane goes on", metadata: metadata)
        case (.open, .unavailable):
            logger.warning("the provider fails; nothing is sent to a lane for a while", metadata: metadata)
        case (.open, .spent), (.open, .barred):
            logger.error(
                "the provider does not let the account in; one request now and then finds out whether it does again",
                metadata: metadata)
        }
    }
}
