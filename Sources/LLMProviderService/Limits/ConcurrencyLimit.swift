/// How many requests a lane has with its vendor at once: fewer when the vendor is overloaded, more again when it is not.
///
/// Additive increase, multiplicative decrease (Chiu and Jain 1989): a whole set of good answers adds one, a sign of overload takes three
/// tenths. Signs are errors that tell of overload, calls that ran out of time, and answers that take twice as long as they used to.
struct ConcurrencyLimit: Sendable {
    static let decrease = 0.7
    /// Answers before growing latency means anything.
    static let leastSamples = 20
    static let latencyGrowth = 2.0

    let maximum: Int
    private var limit: Double
    private var shrunkAt: Int64?
    private var samples = 0
    private var usual = 0.0
    private var recent = 0.0

    /// - Parameter maximum: at least 1.
    init(maximum: Int) {
        self.maximum = max(1, maximum)
        limit = Double(self.maximum)
    }

    /// Requests at once, now.
    var current: Int { max(1, Int(limit)) }

    /// An answer came that tells of no overload.
    ///
    /// - Parameter isFull: whether as many were with the vendor as may be: otherwise there is nothing to learn from it.
    mutating func answered(after latency: Int64, sentAt: Int64, isFull: Bool, at now: Int64) {
        samples += 1
        let latency = Double(max(0, latency))
        // Means at first, then moving averages over about a hundred answers and about eight.
        usual += (latency - usual) / Double(min(samples, 100))
        recent += (latency - recent) / Double(min(samples, 8))
        if samples >= Self.leastSamples, recent > usual * Self.latencyGrowth {
            overloaded(sentAt: sentAt, at: now)
        } else if isFull {
            limit = min(Double(maximum), limit + 1 / limit)
        }
    }

    /// A sign of overload. Those of requests that were on their way together count once.
    mutating func overloaded(sentAt: Int64, at now: Int64) {
        if let shrunkAt, sentAt < shrunkAt { return }
        shrunkAt = now
        limit = max(1, limit * Self.decrease)
    }
}
