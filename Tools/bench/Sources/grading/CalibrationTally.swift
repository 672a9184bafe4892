import CJCore

/// What probabilities said beside what came true, class by class, because the errors within a class go together.
struct CalibrationTally {
    /// By class, and in it by the size of the probabilities: the sum of what was said, less how often it came true.
    private var excesses: [[Double]] = []
    private var count = 0.0

    private static let binCount = 20
    private static let resamples = 400

    mutating func beginClass() { excesses.append(Array(repeating: 0, count: Self.binCount)) }

    /// Counts what was said of something in the class begun last.
    mutating func add(_ probability: Double, cameTrue: Bool) {
        let bin = min(Self.binCount - 1, Int(probability * Double(Self.binCount)))
        excesses[excesses.count - 1][bin] += probability - (cameTrue ? 1 : 0)
        count += 1
    }

    /// Expected calibration error: mean distance between what was said and what came true.
    var error: Double { error(of: totals) }

    /// What that would be on average for probabilities that are right, from so many classes: of classes drawn from these again and again,
    /// less what these have in common.
    var errorByChance: Double {
        var draws = Draws(seed: 1)
        let common = totals
        let errors = (0..<Self.resamples).map { _ in
            var rest = common.map { -$0 }
            for _ in excesses {
                let drawn = excesses[Int(draws.unit() * Double(excesses.count))]
                for bin in rest.indices { rest[bin] += drawn[bin] }
            }
            return error(of: rest)
        }
        return errors.reduce(0, +) / Double(Self.resamples)
    }

    private var totals: [Double] {
        (0..<Self.binCount).map { bin in excesses.reduce(0) { $0 + $1[bin] } }
    }

    private func error(of excesses: [Double]) -> Double { excesses.reduce(0) { $0 + $1.magnitude } / count }
}
