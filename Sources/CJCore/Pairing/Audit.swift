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
        guard min(due, count) > 0 else { return [] }
        var candidates = board.swapCandidates
        var chosen: [Comparison] = []
        while chosen.count < min(due, count) {
            func burden(_ seats: PairingBoard.Seats) -> Int {
                let repeats = board.repeatsByItem[seats.first] + board.repeatsByItem[seats.second]
                return 2 * repeats + (board.drift(first: seats.first, second: seats.second) > 1 ? 1 : 0)
            }
            guard let least = candidates.map(burden).min() else { break }
            let equal = candidates.indices.filter { burden(candidates[$0]) == least }
            let seats = candidates.remove(at: equal[generator.below(equal.count)])
            board.record(seats, times: 1)
            chosen.append(board.comparison(of: seats))
        }
        return chosen
    }
}
