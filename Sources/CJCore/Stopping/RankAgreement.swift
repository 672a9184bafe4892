/// Kendall's τ between the order of the estimates and the true order, as the posterior expects it, with how far it may stray.
///
/// How far it may stray is found from draws of the true abilities; the same scale gives the same draws.
struct RankAgreement {
    let mean: Double
    let deviation: Double

    private static let draws = 96
    /// Any number does; a fixed one makes the figures reproducible.
    private static let seed: UInt64 = 0x7461_755F

    init(of scale: Scale) {
        let count = scale.items.count
        let estimates = scale.items.indices.map { scale.ability(at: $0) }
        mean = scale.expectedKendallTau
        guard count > 1, let factor = Self.factor(scale) else {
            deviation = 0
            return
        }
        var generator = SplitMix64(seed: Self.seed)
        var taus: [Double] = []
        for _ in 0..<(Self.draws / 2) {
            let error = factor.applied(to: estimates.map { _ in generator.normal() })
            for sign in [1.0, -1.0] {
                taus.append(Agreement.kendallTau(estimates, zip(estimates, error).map { $0 + sign * $1 }))
            }
        }
        let average = taus.reduce(0, +) / Double(taus.count)
        let squares = taus.reduce(0) { $0 + ($1 - average) * ($1 - average) }
        deviation = (squares / Double(taus.count - 1)).squareRoot()
    }

    /// Probability that τ is at least so large, τ being close to normal.
    func probability(ofReaching target: Double) -> Double {
        guard deviation > 0 else { return mean >= target && mean > 0 ? 1 : 0 }
        return NormalDistribution.cumulative((mean - target) / deviation)
    }

    /// Factor of the covariance, with a common movement of all items added: it makes the matrix positive definite and changes no order.
    private static func factor(_ scale: Scale) -> CholeskyFactor? {
        let places = scale.items.indices
        let trace = places.reduce(0) { $0 + scale.orderCovariances[$1, $1] }
        let shift = trace / Double(max(1, places.count * places.count))
        guard shift > 0 else { return nil }
        var matrix = SymmetricMatrix(size: places.count)
        for row in places {
            for column in places { matrix[row, column] = scale.orderCovariances[row, column] + shift }
        }
        return CholeskyFactor(matrix)
    }
}
