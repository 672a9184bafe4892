/// What keeps the second attempts of a client from becoming a load of their own when servers fail.
///
/// It is gRPC's `retryThrottling` (proposal A6): a failure costs one token, a success earns a part of one, and while no more than half of
/// the tokens are left there are no second attempts. A hedge costs one, too. All attempts are then no more than all calls, half the
/// capacity, and ``earnedBySuccess`` for each success.
struct RetryBudget: Sendable {
    private let capacity: Double
    private let earnedBySuccess: Double
    private(set) var tokens: Double

    /// A full one.
    init(capacity: Double, earnedBySuccess: Double) {
        self.capacity = capacity
        self.earnedBySuccess = earnedBySuccess
        tokens = capacity
    }

    /// Whether there may be second attempts.
    var isSound: Bool { tokens > capacity / 2 }

    mutating func succeeded() {
        tokens = min(tokens + earnedBySuccess, capacity)
    }

    /// An attempt has failed in a way that another might not.
    mutating func failed() {
        tokens = max(tokens - 1, 0)
    }

    /// A second attempt has begun before the first had failed.
    mutating func tookHedge() {
        tokens = max(tokens - 1, 0)
    }
}
