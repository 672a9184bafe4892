/// Abilities and their covariances in the gauge in which they sum to zero, for one spread of the prior.
struct AbilityErrors {
    /// Probability of that spread.
    let share: Double
    let abilities: [Double]
    let covariances: SymmetricMatrix

    init(_ part: FittedNormal.Part, itemCount: Int) {
        share = part.share
        abilities = Array(part.mean[..<itemCount])
        covariances = part.covariance.centred(leading: itemCount)
    }

    /// |m|².
    var length: Double { abilities.reduce(0) { $0 + $1 * $1 } }

    /// Covariances over all spreads.
    static func covariances(_ parts: [AbilityErrors], about centre: [Double]) -> SymmetricMatrix {
        guard parts.count > 1 else { return parts[0].covariances }
        var sum = SymmetricMatrix(mixing: parts.map(\.covariances), shares: parts.map(\.share))
        for part in parts { sum.add(part.share, timesSquareOf: zip(part.abilities, centre).map { $0 - $1 }) }
        return sum
    }

    /// Covariances where the spread is known, on average over all spreads.
    static func orderCovariances(_ parts: [AbilityErrors]) -> SymmetricMatrix {
        parts.count > 1 ? SymmetricMatrix(mixing: parts.map(\.covariances), shares: parts.map(\.share)) : parts[0].covariances
    }
}
