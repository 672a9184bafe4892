/// Repeats a small share of the pairs in the other order, to see how far the judge goes by position and how often it contradicts itself.
///
/// Both orders of every pair would be a waste: with the same number of calls the order of the items comes out much worse, and
/// intervals too narrow. The repeats begin when everything is connected, follow at an even pace, fall on items that have had the fewest,
/// and only on pairs whose first answer is in.
public struct Audit: Sendable, Hashable {
    /// Share of the comparisons after the first n.
    public let share: Double

    /// Share that is repeated when nobody says otherwise.
    public static let usualShare = 0.05

    /// Of the comparisons that are chosen at one look, one for so many may be a repeat: what is overdue is spread over several looks.
    private static let comparisonsForEachAudit = 8

    /// - Parameter share: from 0 up to 0.5.
    public init(share: Double = Audit.usualShare) {
        precondition((0...0.5).contains(share), "at most every other comparison is an audit")
        self.share = share
    }

    /// Those of the next `count` comparisons that repeat a pair; the board counts them in.
    func comparisons(of count: Int, on board: inout PairingBoard, using generator: inout some RandomNumberGenerator)
        -> [Comparison]
    {
        guard share > 0, board.maximumPerPair > 1, board.groups.count <= 1 else { return [] }
        let due = Int(share * Double(board.total + count - board.items.count)) - board.repeats
        let most = min(due, count, max(1, count / Self.comparisonsForEachAudit))
        guard most > 0 else { return [] }
        let candidates = board.swapCandidates
        let burdens = candidates.map { burden(of: $0, on: board) }
        var taken: Set<Int> = []
        var chosen: [Comparison] = []
        var lightest = burdens.min()
        while let level = lightest {
            var equal = candidates.indices.filter { burdens[$0] == level }
            for place in equal.indices {
                guard chosen.count < most else { return chosen }
                equal.swapAt(place, place + generator.below(equal.count - place))
                let seats = candidates[equal[place]]
                guard taken.isDisjoint(with: [seats.first, seats.second]) else { continue }
                taken.formUnion([seats.first, seats.second])
                board.record(seats)
                chosen.append(board.comparison(of: seats))
            }
            lightest = burdens.lazy.filter { $0 > level }.min()
        }
        return chosen
    }

    /// The repeats of two items so far, and then whether this one would take their places out of balance, as one number to order by.
    private func burden(of seats: PairingBoard.Seats, on board: PairingBoard) -> Int {
        let repeats = board.repeatsByItem[seats.first] + board.repeatsByItem[seats.second]
        return 2 * repeats + (board.isBalanced(first: seats.first, second: seats.second) ? 0 : 1)
    }
}
