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

    /// What the skews add for one spread serves those that are nearer to it than this, in ln σ.
    private static let nearSpreads = 0.25

    /// Of each spread that a fit has.
    static func all(_ parts: [FittedNormal.Part], itemCount: Int) -> [AbilityErrors] {
        var all = parts.map { AbilityErrors($0, itemCount: itemCount) }
        let likeliest = FittedNormal.likeliest(parts)
        guard !all[likeliest].skews.isEmpty else { return all }
        let common = all[likeliest].covariances.correction(for: all[likeliest].skews)
        for index in all.indices {
            let isNear = (parts[index].logDeviation - parts[likeliest].logDeviation).magnitude < nearSpreads
            all[index].widen(by: isNear ? common : all[index].covariances.correction(for: all[index].skews))
        }
        return all
    }

    /// A correction is used only where it leaves every variance between half and twice what it was; beyond, what follows in the expansion
    /// counts for more.
    private static let corrected = 0.5...2.0

    private mutating func widen(by correction: SymmetricMatrix) {
        let isSmall = abilities.indices.allSatisfy { item in
            let variance = covariances[item, item]
            return variance <= 0 || Self.corrected.contains(1 + correction[item, item] / variance)
        }
        if isSmall { covariances.add(correction) }
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

    /// Kendall's τ that the order of some estimates is expected to have to the true one: the mean over pairs of 2P − 1, P the probability
    /// that a pair lies as its estimates do.
    func kendallTau(ofOrder estimates: [Double]) -> Double {
        let count = estimates.count
        guard count > 1 else { return 0 }
        let skewness = DifferenceSkewness(skews, covariances: covariances)
        var sum = 0.0
        for row in 0..<count {
            let cumulants = skewness.cumulants(of: row)
            for column in 0..<row where estimates[row] != estimates[column] {
                let sign = estimates[row] > estimates[column] ? 1.0 : -1.0
                let variance = covariances[row, row] + covariances[column, column] - 2 * covariances[row, column]
                sum +=
                    2
                    * probability(
                        ofMean: sign * (abilities[row] - abilities[column]), variance: variance,
                        cumulant: sign * cumulants[column])
                    - 1
            }
        }
        return sum / Double(count * (count - 1) / 2)
    }

    /// That a number is above zero.
    private func probability(ofMean mean: Double, variance: Double, cumulant: Double) -> Double {
        guard variance > 0 else { return mean > 0 ? 1 : mean < 0 ? 0 : 0.5 }
        let deviation = variance.squareRoot()
        return SkewedDistribution.probabilityAboveZero(mean: mean / deviation, skewness: cumulant / (variance * deviation))
    }
}
