/// How far a scale can be trusted to tell its items apart.
public struct Reliability: Sendable, Hashable {
    /// Expected squared correlation of the estimates with the true abilities, from 0 to 1: the figure to stop on.
    ///
    /// With Var(θ̂) the variance of the estimates (n − 1) and V the covariance of the posterior in the sum-to-zero gauge, the
    /// posterior expects the true abilities to have the variance Var(θ̂) + tr V/(n − 1), of which the estimates explain
    /// Var(θ̂). Because the prior has already drawn estimates together that rest on little, choosing pairs by the estimates
    /// does not inflate it, as it does the scale separation reliability.
    public let posteriorReliability: Double
    /// 1 − E/V, with V the variance (n − 1) of the abilities and E the mean of the squared standard errors; zero where the
    /// error is the larger. It flatters when pairs were chosen by the estimates (Bramley 2015).
    public let scaleSeparationReliability: Double
    /// √(V/E): the spread of the abilities in units of the error.
    public let separationRatio: Double

    init(abilities: [Double], covariances: SymmetricMatrix) {
        let count = abilities.count
        guard count > 1 else {
            (posteriorReliability, scaleSeparationReliability, separationRatio) = (0, 0, 0)
            return
        }
        let mean = abilities.reduce(0, +) / Double(count)
        let variance = abilities.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count - 1)
        let trace = abilities.indices.reduce(0) { $0 + max(0, covariances[$1, $1]) }
        let error = trace / Double(count)
        let total = variance + trace / Double(count - 1)
        posteriorReliability = total > 0 ? variance / total : 0
        scaleSeparationReliability = variance > error ? 1 - error / variance : 0
        separationRatio = error > 0 ? (variance / error).squareRoot() : 0
    }
}
