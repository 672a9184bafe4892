/// The strategies by name.
public enum PairingMethod: String, Sendable, Hashable, CaseIterable {
    /// ``InformationPairing``.
    case information
    /// ``RoundPairing``, with partners by chance.
    case rounds
    /// ``RoundPairing``, with partners of much the same ability.
    case matching
    /// ``RandomPairing``.
    case random

    /// The strategy, with so many judgements for each pair at most.
    public func strategy(maximumJudgementsPerPair: Int = 2) -> any PairingStrategy {
        switch self {
        case .information: InformationPairing(maximumJudgementsPerPair: maximumJudgementsPerPair)
        case .rounds: RoundPairing(.chance, maximumJudgementsPerPair: maximumJudgementsPerPair)
        case .matching: RoundPairing(.likeness, maximumJudgementsPerPair: maximumJudgementsPerPair)
        case .random: RandomPairing(maximumJudgementsPerPair: maximumJudgementsPerPair)
        }
    }
}
