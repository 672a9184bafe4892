import ArgumentParser
import CJCore
import Contracts

/// How pairs are chosen.
enum PairingChoice: String, Sendable, Hashable, CaseIterable, ExpressibleByArgument {
    /// The pair from which most is to be learnt.
    case information
    /// Everybody once in each round, with anybody.
    case rounds
    /// Everybody once in each round, with somebody of much the same ability.
    case matching
    /// Any pair; for measuring what choosing is worth.
    case random
}

extension PairingChoice {
    /// As the assessment service names it.
    var contract: CJV1.PairingStrategy {
        switch self {
        case .information: .information
        case .rounds: .rounds
        case .matching: .matching
        case .random: .random
        }
    }

    /// The strategy by its name in the core.
    var method: PairingMethod {
        switch self {
        case .information: .information
        case .rounds: .rounds
        case .matching: .matching
        case .random: .random
        }
    }
}
