import Synchronization

/// The spread of each running assessment's scale at its last decision, near which the next one is looked for.
///
/// It saves most of the search and does not change its result, so nothing is lost when it is forgotten with the process.
final class KnownSpreads: Sendable {
    private let deviations = Mutex<[String: Double]>([:])

    subscript(assessment: String) -> Double? {
        get { deviations.withLock { $0[assessment] } }
        set { deviations.withLock { $0[assessment] = newValue } }
    }
}
