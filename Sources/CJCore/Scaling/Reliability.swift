/// How reliable a scale is.
///
/// The figure to stop on, and to tell first, is the squared correlation ρ² of the estimates with the true abilities. With the posterior
/// θ = m + e, e ~ N(0, V) in the sum-to-zero gauge, let u be the part of e along m and e⊥ the rest. Then
///
///     ρ²/(1 − ρ²) = (|m| + u)² / |e⊥|²,
///
/// where u ~ N(0, v) with v = mᵀVm/|m|², and |e⊥|² has the mean T = tr V − v and the variance 2Q, Q = ‖PVP‖² with P = I − mmᵀ/|m|².
/// To second order the logarithm of these odds has the mean ln(|m|²/T) − v/|m|² + Q/T² and the variance 4v/|m|² + 2Q/T², and is close
/// to normal. The first term is what is not known of how far the items lie apart, the second the luck of the errors; both fall with the
/// number of items. Where the prior's standard deviation is not known, these are the moments of a mixture over several. Because the
/// prior has already drawn estimates together that rest on little, choosing pairs by the estimates does not inflate ρ², as it does the
/// scale separation reliability.
public struct Reliability: Sendable, Hashable {
    /// Expected ρ², from 0 to 1.
    public let posteriorReliability: Double
    /// Ends of an interval that holds ρ² nine times in ten.
    public let low: Double
    public let high: Double
    /// 1 − E/V, with V the variance (n − 1) of the abilities and E the mean of the squared standard errors; zero where the
    /// error is the larger. It flatters when pairs were chosen by the estimates (Bramley 2015).
    public let scaleSeparationReliability: Double
    /// √(V/E): the spread of the abilities in units of the error.
    public let separationRatio: Double

    /// Mean and standard deviation of ln(ρ²/(1 − ρ²)).
    private let logOdds: Double
    private let logOddsDeviation: Double

    /// Half the width of an interval that holds a normal variable nine times in ten, in standard deviations.
    private static let nineTenths = 1.6448536269514722

    /// - Parameter parts: for each spread that the prior may have; the estimates are the mean over them.
    init(abilities: [Double], _ parts: [AbilityErrors], standardErrors: [Double]) {
        let count = Double(abilities.count)
        let length = abilities.reduce(0) { $0 + $1 * $1 }
        var (mean, square) = (0.0, 0.0)
        for part in parts {
            let odds = ErrorShape(part).logOdds
            mean += part.share * odds.mean
            square += part.share * (odds.variance + odds.mean * odds.mean)
        }
        if mean > -.infinity {
            (logOdds, logOddsDeviation) = (mean, max(0, square - mean * mean).squareRoot())
        } else {
            (logOdds, logOddsDeviation) = (-.infinity, 0)
        }
        posteriorReliability =
            logOdds > -.infinity
            ? ExpectedInformation.expectation(difference: logOdds, variance: logOddsDeviation * logOddsDeviation) { $0 } : 0
        low = ElementaryFunctions.logistic(logOdds - Self.nineTenths * logOddsDeviation)
        high = ElementaryFunctions.logistic(logOdds + Self.nineTenths * logOddsDeviation)
        let variance = count > 1 ? length / (count - 1) : 0
        let error = count > 0 ? standardErrors.reduce(0) { $0 + $1 * $1 } / count : 0
        scaleSeparationReliability = variance > error ? 1 - error / variance : 0
        separationRatio = error > 0 ? (variance / error).squareRoot() : 0
    }

    /// How many levels the scale tells apart; see ``Strata``.
    public var strata: Double { Strata.count(separationRatio: separationRatio) }

    /// Probability that ρ² is at least as large as a target between 0 and 1.
    public func probability(ofReaching target: Double) -> Double {
        let distance = logOdds - ElementaryFunctions.log(target / (1 - target))
        guard logOddsDeviation > 0 else { return distance >= 0 ? 1 : 0 }
        return NormalDistribution.cumulative(distance / logOddsDeviation)
    }
}

/// Size and direction of the errors of a scale, beside its estimates.
private struct ErrorShape {
    /// |m|².
    private(set) var length = 0.0
    /// v.
    private(set) var along = 0.0
    /// tr V.
    private(set) var trace = 0.0
    /// ‖V‖².
    private(set) var squares = 0.0
    /// |Vm|².
    private var squaresOfImage = 0.0
    /// Whether there are two items, which always correlate: then all of the error counts.
    private let isLine: Bool

    init(_ errors: AbilityErrors) {
        let (abilities, covariances) = (errors.abilities, errors.covariances)
        isLine = abilities.count == 2
        length = abilities.reduce(0) { $0 + $1 * $1 }
        guard length > 0 else { return }
        squares = covariances.squares
        for (place, image) in covariances.multiply(abilities).enumerated() {
            trace += covariances[place, place]
            along += image * abilities[place] / length
            squaresOfImage += image * image
        }
    }

    /// Mean and variance of ln(ρ²/(1 − ρ²)); the mean is −∞ where nothing is known.
    var logOdds: (mean: Double, variance: Double) {
        guard length > 0, across > 0 else { return (-.infinity, 0) }
        let (known, luck) = (along / length, acrossSquared / (across * across))
        return (ElementaryFunctions.log(length / across) - known + luck, 4 * known + 2 * luck)
    }

    /// T.
    var across: Double { isLine ? trace : trace - along }
    /// Q: ‖PVP‖² = ‖V‖² − 2|Vm|²/|m|² + v².
    var acrossSquared: Double { isLine ? squares : squares - 2 * squaresOfImage / length + along * along }
}
