/// A quantity as it was lately, and how far it strays.
struct MovingEstimate: Sendable, Hashable {
    /// The weight of the newest value, once there have been some.
    private static let weight = 1.0 / 8

    private(set) var mean: Double
    private(set) var deviation: Double
    private var samples = 0

    /// - Parameter seed: what is believed before the first value.
    init(seed: Double) {
        mean = seed
        deviation = 0
    }

    /// More than which few values are.
    var upper: Double { mean + 2 * deviation }

    mutating func learn(_ value: Double) {
        samples += 1
        guard samples > 1 else {
            mean = value
            return
        }
        let weight = max(Self.weight, 1 / Double(samples))
        deviation += (abs(value - mean) - deviation) * weight
        mean += (value - mean) * weight
    }
}
