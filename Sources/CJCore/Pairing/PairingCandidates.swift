/// The pairs among which the next comparison is looked for, and the best of them.
///
/// Up to `exhaustiveLimit` items all open pairs are weighed. Above it, each item is weighed against its nearest neighbours in
/// ability, which tell most, and against some others drawn at random; so the work grows with the number of items and not
/// with its square.
struct PairingCandidates {
    /// Items up to which every pair is weighed.
    static let exhaustiveLimit = 150
    /// Above it, open neighbours in ability that an item is weighed against on its upper side, and how far to look for them.
    private static let neighbours = 6
    private static let neighbourReach = 24
    /// Partners drawn at random.
    private static let strangers = 2
    /// Random factor that decides between pairs that are as good as equal.
    private static let jitter = 0.001

    let level: Int

    private typealias Candidate = (first: Int, second: Int)

    /// The best open pair of the first phase that has any.
    func best(
        on board: PairingBoard, outlook: Outlook, using generator: inout some RandomNumberGenerator
    ) -> (first: Int, second: Int)? {
        let newcomers = board.items.indices.filter { board.counts[$0] == 0 }
        if !newcomers.isEmpty {
            let matching = matching(newcomers, on: board, using: &generator)
            if let best = choose(matching, on: board, outlook: outlook, using: &generator) { return best }
        }
        if board.groups.count > 1 {
            let bridges = bridges(on: board, using: &generator)
            if let best = choose(bridges, on: board, outlook: outlook, using: &generator) { return best }
        }
        if board.items.count > Self.exhaustiveLimit {
            let likely = likely(on: board, outlook: outlook, using: &generator)
            if let best = choose(likely, on: board, outlook: outlook, using: &generator) { return best }
        }
        return choose(everyPair(on: board), on: board, outlook: outlook, using: &generator)
    }

    /// One item that has not met anyone, with the others like it, or with everybody where it is the last.
    private func matching(
        _ newcomers: [Int], on board: PairingBoard, using generator: inout some RandomNumberGenerator
    ) -> [Candidate] {
        let one = newcomers[generator.below(newcomers.count)]
        let amongThemselves = newcomers.filter { board.isOpen(one, $0, level: level) }
        let partners = amongThemselves.isEmpty ? openPartners(of: one, on: board) : amongThemselves
        return partners.map { (one, $0) }
    }

    /// The items of one of the smallest groups, with everybody outside it.
    private func bridges(
        on board: PairingBoard, using generator: inout some RandomNumberGenerator
    ) -> [Candidate] {
        let items = board.items.indices
        let owners = items.map { board.groups.representative(of: $0) }
        let sizes = items.map { board.groups.size(of: $0) }
        guard let smallest = sizes.min() else { return [] }
        let roots = items.filter { owners[$0] == $0 && sizes[$0] == smallest }
        let root = roots[generator.below(roots.count)]
        let members = items.filter { owners[$0] == root }
        return members.flatMap { one in
            items.compactMap { other in
                owners[other] != root && board.isOpen(one, other, level: level) ? (one, other) : nil
            }
        }
    }

    private func likely(
        on board: PairingBoard, outlook: Outlook, using generator: inout some RandomNumberGenerator
    ) -> [Candidate] {
        var order = Array(board.items.indices)
        generator.shuffle(&order)
        order.sort { outlook.ability(of: $0) < outlook.ability(of: $1) }
        var candidates: [Candidate] = []
        for (rank, one) in order.enumerated() {
            var found = 0
            for other in order[(rank + 1)...].prefix(Self.neighbourReach) where found < Self.neighbours {
                guard board.isOpen(one, other, level: level) else { continue }
                candidates.append((one, other))
                found += 1
            }
            for _ in 0..<Self.strangers {
                let other = order[generator.below(order.count)]
                if board.isOpen(one, other, level: level) { candidates.append((one, other)) }
            }
        }
        return candidates
    }

    private func everyPair(on board: PairingBoard) -> [Candidate] {
        board.items.indices.flatMap { one in
            (0..<one).compactMap { other in board.isOpen(one, other, level: level) ? (other, one) : nil }
        }
    }

    private func openPartners(of one: Int, on board: PairingBoard) -> [Int] {
        board.items.indices.filter { board.isOpen(one, $0, level: level) }
    }

    private func choose(
        _ candidates: [Candidate], on board: PairingBoard, outlook: Outlook,
        using generator: inout some RandomNumberGenerator
    ) -> (first: Int, second: Int)? {
        let balanced = candidates.filter { board.staysBalanced($0.first, $0.second) }
        var best: Candidate?
        var bestGain = -Double.infinity
        for candidate in balanced.isEmpty ? candidates : balanced {
            let gain = ExpectedInformation.gain(
                difference: outlook.ability(of: candidate.first) - outlook.ability(of: candidate.second),
                variance: outlook.variance(candidate.first, candidate.second))
            let weighed = gain * (1 + Self.jitter * generator.unit())
            if weighed > bestGain {
                bestGain = weighed
                best = candidate
            }
        }
        return best
    }
}
