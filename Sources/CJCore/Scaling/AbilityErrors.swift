/// Abilities and their covariances in the gauge in which they sum to zero, for one spread of the prior.
struct AbilityErrors {
    /// Probability of that spread.
    let share: Double
    let abilities: [Double]
    private(set) var covariances: SymmetricMatrix
    /// Of each judged pair.
    private let skews: [PairSkew]

    /// Errors that are as large on either side.
    init(abilities: [Double], covariances: SymmetricMatrix) {
        share = 1
        self.abilities = abilities
        self.covariances = covariances
        skews = []
    }

    /// With the covariances of one normal distribution, skews not counted.
    private init(_ part: FittedNormal.Part, itemCount: Int) {
        share = part.share
        abilities = Array(part.mean[..<itemCount])
        covariances = part.covariance.centred(leading: itemCount)
        skews = part.skews
    }

    /// From so many items on, spreads are known so well, and lie so close together, that what the likeliest corrects serves all.
    private static let manyItems = 150

    /// Of each spread that a fit has.
    static func all(_ parts: [FittedNormal.Part], itemCount: Int) -> [AbilityErrors] {
        var all = parts.map { AbilityErrors($0, itemCount: itemCount) }
        func correction(of index: Int) -> SymmetricMatrix { all[index].covariances.correction(for: parts[index].skews) }
        guard let likeliest = parts.indices.max(by: { parts[$0].share < parts[$1].share }), !parts[likeliest].skews.isEmpty
        else { return all }
        if itemCount < manyItems {
            for index in all.indices { all[index].covariances.add(correction(of: index)) }
        } else {
            let correction = correction(of: likeliest)
            for index in all.indices { all[index].covariances.add(correction) }
        }
        return all
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

    /// Kendall's τ that the order of some estimates is expected to have to the true one: the mean over pairs of 2P − 1, P the probability that a
    /// pair lies as its estimates do.
    func kendallTau(ofOrder estimates: [Double]) -> Double {
        let count = estimates.count
        guard count > 1 else { return 0 }
        let skewness = estimates.count < Self.manyItems ? DifferenceSkewness(skews, covariances: covariances) : nil
        var sum = 0.0
        for row in 0..<count {
            for column in 0..<row where estimates[row] != estimates[column] {
                let (higher, lower) = estimates[row] > estimates[column] ? (row, column) : (column, row)
                sum += 2 * probability(that: higher, isAbove: lower, skewness) - 1
            }
        }
        return sum / Double(count * (count - 1) / 2)
    }

    private func probability(that one: Int, isAbove other: Int, _ skewness: DifferenceSkewness?) -> Double {
        let difference = abilities[one] - abilities[other]
        let variance = covariances[one, one] + covariances[other, other] - 2 * covariances[one, other]
        guard variance > 0 else { return difference > 0 ? 1 : difference < 0 ? 0 : 0.5 }
        let skew = skewness?.skewness(of: one, above: other, variance: variance) ?? 0
        return SkewedDistribution.probabilityAboveZero(mean: difference / variance.squareRoot(), skewness: skew)
    }
}
