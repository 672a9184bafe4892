/// Chooses pairs without looking at the scale: every pair that has been judged least often is equally likely.
///
/// The yardstick for other strategies. Positions are balanced as for them.
public struct RandomPairing: PairingStrategy {
    public let maximumJudgementsPerPair: Int
    public let auditShare: Double

    /// Draws before every open pair is listed instead.
    private static let draws = 64

    /// Allows each pair so many judgements; the second shows it in the other order.
    public init(maximumJudgementsPerPair: Int = 2, auditShare: Double = Audit.usualShare) {
        self.maximumJudgementsPerPair = maximumJudgementsPerPair
        self.auditShare = auditShare
    }

    public func nextComparisons(
        _ count: Int, state: PairingState, using generator: inout some RandomNumberGenerator
    ) -> [Comparison] {
        var board = PairingBoard(state: state, maximumJudgementsPerPair: maximumJudgementsPerPair)
        var chosen = Audit(share: auditShare).comparisons(of: count, on: &board, using: &generator)
        while chosen.count < count, let level = board.level {
            let pair = openPair(on: board, level: level, using: &generator)
            let seats = board.seated(pair.0, pair.1, using: &generator)
            board.record(seats)
            chosen.append(board.comparison(of: seats))
        }
        return chosen
    }

    private func openPair(
        on board: PairingBoard, level: Int, using generator: inout some RandomNumberGenerator
    ) -> (Int, Int) {
        let items = board.items.count
        for _ in 0..<Self.draws {
            let one = generator.below(items)
            let other = generator.below(items)
            if board.isOpen(one, other, level: level) { return (one, other) }
        }
        let open = (0..<items).flatMap { one in
            (0..<one).compactMap { other in board.isOpen(one, other, level: level) ? (other, one) : nil }
        }
        return open[generator.below(open.count)]
    }
}
