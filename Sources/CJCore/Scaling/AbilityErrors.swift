/// Abilities and their covariances in the gauge in which they sum to zero, for one spread of the prior.
struct AbilityErrors {
    /// Probability of that spread.
    let share: Double
    let abilities: [Double]
    private(set) var covariances: SymmetricMatrix

    init(share: Double, abilities: [Double], covariances: SymmetricMatrix) {
        self.share = share
        self.abilities = abilities
        self.covariances = covariances
    }

    /// With the covariances of one normal distribution, skews not counted.
    private init(_ part: FittedNormal.Part, itemCount: Int) {
        share = part.share
        abilities = Array(part.mean[..<itemCount])
        covariances = part.covariance.centred(leading: itemCount)
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

    /// Kendall's τ that the order of some estimates is expected to have to the true one: the mean over pairs of
    /// ±(2Φ(d/s) − 1), d the difference of two abilities, s its standard deviation, and the sign that of the estimates' difference.
    func kendallTau(ofOrder estimates: [Double]) -> Double {
        let count = estimates.count
        guard count > 1 else { return 0 }
        let variances = (0..<count).map { covariances[$0, $0] }
        var sum = 0.0
        for row in 0..<count {
            for column in 0..<row where estimates[row] != estimates[column] {
                let sign = estimates[row] > estimates[column] ? 1.0 : -1
                let difference = sign * (abilities[row] - abilities[column])
                let variance = variances[row] + variances[column] - 2 * covariances[row, column]
                if variance > 0 {
                    sum += 2 * NormalDistribution.cumulative(difference / variance.squareRoot()) - 1
                } else if difference != 0 {
                    sum += difference > 0 ? 1 : -1
                }
            }
        }
        return sum / Double(count * (count - 1) / 2)
    }
}
