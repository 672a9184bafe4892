/// Chooses the pairs that are expected to tell most about the scale, given everything in flight.
///
/// - While there are groups of items that have not met, even by way of others, the smallest meets another: the first n/2
///   comparisons are a matching, and after n − 1 everything is connected.
/// - Items that have been compared least go first (see `PairingCandidates`).
/// - Items meet two anchors early, where there are any.
/// - Pairs that keep each item's first and second places balanced go before pairs that do not.
/// - Among what is left, the pair whose outcome is expected to tell most about the difference of its abilities:
///   H(E p) − E H(p), with the difference normally distributed by the posterior (Houlsby et al. 2011, "Bayesian active
///   learning for classification and preference learning"), and with as many answers as the judge gives. Small random factors decide
///   between pairs that are as good as equal.
public struct InformationPairing: PairingStrategy {
    public let maximumJudgementsPerPair: Int
    public let auditShare: Double

    /// Allows each pair so many judgements; the second shows it in the other order.
    public init(maximumJudgementsPerPair: Int = 2, auditShare: Double = Audit.usualShare) {
        self.maximumJudgementsPerPair = maximumJudgementsPerPair
        self.auditShare = auditShare
    }

    public func nextComparisons(
        _ count: Int, state: PairingState, using generator: inout some RandomNumberGenerator
    ) -> [Comparison] {
        var board = PairingBoard(state: state, maximumJudgementsPerPair: maximumJudgementsPerPair)
        let most = min(count, board.comparisonsLeft)
        var outlook = Outlook(items: board.items, scale: state.scale, answers: board.inFlight.count + most)
        let order = AbilityOrder(outlook.abilities, using: &generator)
        for seats in board.inFlight { outlook.expectAnswer(seats.first, seats.second) }
        var chosen = Audit(share: auditShare).comparisons(of: most, on: &board, using: &generator)
        for seats in chosen.compactMap(board.seats(of:)) { outlook.expectAnswer(seats.first, seats.second) }
        while chosen.count < most, let level = board.level {
            let candidates = PairingCandidates(board: board, outlook: outlook, level: level, order: order)
            let pairs = candidates.best(most - chosen.count, using: &generator)
            guard !pairs.isEmpty else { break }
            for pair in pairs {
                let seats = board.seated(pair.first, pair.second, using: &generator)
                board.record(seats)
                if chosen.count + 1 < most { outlook.expectAnswer(seats.first, seats.second) }
                chosen.append(board.comparison(of: seats))
            }
        }
        return chosen
    }
}
