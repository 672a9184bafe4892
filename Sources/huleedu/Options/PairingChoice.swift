import ArgumentParser

/// How pairs are chosen.
enum PairingChoice: String, Sendable, Hashable, CaseIterable, ExpressibleByArgument {
    /// The pair from which most is to be learnt.
    case information
    /// Any pair; for measuring what choosing is worth.
    case random
}
