/// By what rule a pool chooses among the addresses that are ready.
public enum AddressChoice: Sendable, Hashable, CaseIterable {
    /// The one with the fewest calls of this pool's running; of several, the next in turn.
    ///
    /// It is the plain minimum. Two at random, of which the less loaded is taken, are for clients with many servers or with counts that are
    /// old; a pool has few, and its own counts are exact.
    case fewestRunning
    /// One after the other.
    case roundRobin
}

/// Chooses among the addresses that are ready.
struct AddressChooser {
    struct Candidate: Equatable {
        /// Given in the order in which addresses came to be known.
        let id: Roster.ID
        /// Calls of this pool that run there.
        let running: Int
    }

    private let rule: AddressChoice
    /// Which was chosen last; the turn goes on from there.
    private var last: Roster.ID = 0

    init(_ rule: AddressChoice) {
        self.rule = rule
    }

    /// - Parameter candidates: by rising id.
    /// - Returns: nil where there are none.
    mutating func choose(from candidates: [Candidate]) -> Roster.ID? {
        let inTurn = candidates.filter { $0.id > last } + candidates.filter { $0.id <= last }
        let chosen =
            switch rule {
            case .roundRobin: inTurn.first
            // The first of those that are equal.
            case .fewestRunning: inTurn.min { $0.running < $1.running }
            }
        if let chosen { last = chosen.id }
        return chosen?.id
    }
}
