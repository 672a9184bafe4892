/// Puts items through rounds, in each of which everybody meets one other.
///
/// Whoever has been compared least is matched next; a round need not end before the next begins. Every look plans the whole rest of the
/// round, so that what is left of it can always be matched. A matching is built from the heaviest pair down, and where two items are left
/// that have met, a pair is taken apart for them: as long as everybody has met fewer than half of the others, that always succeeds
/// (the argument of Dirac's theorem). With an odd number one item rests in each round, and comes first in the next.
public struct RoundPairing: PairingStrategy {
    /// Who meets whom in a round.
    public enum Partners: Sendable, Hashable {
        /// Anybody. It suits judges that say how clear a difference is, and pairs that are all asked for at once.
        case chance
        /// Items that have been compared little, and of these such as are close to each other: the weight of a pair is
        /// 1/(1 + cᵢ) + 1/(1 + cⱼ), with c comparisons so far, plus half of e^−|d| where the abilities differ by d < 2. These are the
        /// weights of the first HuleEdu's matchings.
        case likeness
    }

    public let partners: Partners
    public let maximumJudgementsPerPair: Int
    public let auditShare: Double

    /// Distance, in logits, from which items are not alike, and what likeness weighs beside the numbers of comparisons.
    private static let reach = 2.0
    private static let likenessWeight = 0.5
    /// Random part of the weights, which decides between pairs that are equal.
    private static let jitter = 0.001

    /// Allows each pair so many judgements; the second shows it in the other order.
    public init(_ partners: Partners = .chance, maximumJudgementsPerPair: Int = 2, auditShare: Double = Audit.usualShare) {
        self.partners = partners
        self.maximumJudgementsPerPair = maximumJudgementsPerPair
        self.auditShare = auditShare
    }

    public func nextComparisons(
        _ count: Int, state: PairingState, using generator: inout some RandomNumberGenerator
    ) -> [Comparison] {
        var board = PairingBoard(state: state, maximumJudgementsPerPair: maximumJudgementsPerPair)
        let abilities = board.items.map { item in
            state.scale?.index(of: item).flatMap { state.scale?.ability(at: $0) } ?? 0
        }
        var chosen = Audit(share: auditShare).comparisons(of: count, on: &board, using: &generator)
        while chosen.count < count, board.level != nil {
            let round = RoundMatching(board: board) { one, other, generator in
                weight(one, other, board: board, abilities: abilities) + Self.jitter * generator.unit()
            }.pairs(using: &generator)
            guard !round.isEmpty else { break }
            for pair in round.prefix(count - chosen.count) {
                let seats = board.seated(pair.first, pair.second, using: &generator)
                board.record(seats)
                chosen.append(board.comparison(of: seats))
            }
        }
        return chosen
    }

    private func weight(_ one: Int, _ other: Int, board: PairingBoard, abilities: [Double]) -> Double {
        guard partners == .likeness else { return 0 }
        let distance = (abilities[one] - abilities[other]).magnitude
        let likeness = distance < Self.reach ? ElementaryFunctions.exp(-distance) : 0
        return 1 / Double(1 + board.counts[one]) + 1 / Double(1 + board.counts[other]) + Self.likenessWeight * likeness
    }
}
