import Contracts

/// How the judge of an assessment is asked, and why.
package struct DispatchChoice: Sendable, Hashable {
    /// What was asked for.
    package enum Wish: Sendable, Hashable {
        case immediate, batch, auto
    }

    /// How long a round of a batch is taken to last: the vendor says that most end within it.
    static let secondsPerRound: Int64 = 3600

    package let isByBatch: Bool
    /// For a person to read.
    package let reason: String

    package init(isByBatch: Bool, reason: String) {
        self.isByBatch = isByBatch
        self.reason = reason
    }

    /// Decides by price and time.
    ///
    /// - Parameters:
    ///   - percent: what a batch costs in hundredths of the price; zero where the judge takes none.
    ///   - comparisons: that the assessment is expected to take.
    ///   - inFlight: comparisons with the judge at once.
    ///   - limit: seconds after which nothing more is begun.
    /// - Throws: ``RequestFault`` where batches are asked for and the judge takes none.
    init(
        _ wish: Wish, model: String, percent: UInt32, comparisons: Int, inFlight: Int, limit: Int64?
    ) throws(RequestFault) {
        let rounds = Int64((comparisons + inFlight - 1) / max(1, inFlight))
        let hours = "about \(rounds) \(rounds == 1 ? "round" : "rounds") of up to an hour each"
        switch wish {
        case .immediate:
            self.init(isByBatch: false, reason: "immediately, as was asked for")
        case .batch where percent == 0:
            throw RequestFault("judge.dispatch", "\(model) takes no batches")
        case .batch:
            self.init(isByBatch: true, reason: "in batches at \(percent) % of the price, as was asked for: \(hours)")
        case .auto where percent == 0:
            self.init(isByBatch: false, reason: "immediately: \(model) takes no batches")
        case .auto where percent >= 100:
            self.init(isByBatch: false, reason: "immediately: batches cost \(percent) % of the price")
        case .auto:
            guard let limit else {
                self.init(isByBatch: true, reason: "in batches at \(percent) % of the price: nothing limits the time, \(hours)")
                return
            }
            let fits = rounds * Self.secondsPerRound <= limit
            let price = "at \(percent) % of the price"
            self.init(
                isByBatch: fits,
                reason: fits
                    ? "in batches \(price): \(hours) fit into the \(limit) seconds that it may take"
                    : "immediately, not in batches \(price): \(hours) do not fit into the \(limit) seconds that it may take")
        }
    }
}
