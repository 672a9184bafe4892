@testable import CJCore

extension ResponseModel {
    /// Natural logarithm of the probability of an answer, by definition.
    func logProbability(of response: Response, logit: Double, clear: Double, tie: Double) -> Double {
        switch self {
        case .cumulative:
            let (lower, upper) = Self.ends(of: response, clear: clear, tie: tie)
            // σ(d − lower) − σ(d − upper), as a product that loses nothing.
            return ElementaryFunctions.log(1 - ElementaryFunctions.exp(lower - upper))
                - ElementaryFunctions.logOnePlusExp(lower - logit) - ElementaryFunctions.logOnePlusExp(logit - upper)
        case .davidson:
            let powers = [0.5 * logit, tie, -0.5 * logit]
            let own = response == .tie ? powers[1] : response == .first ? powers[0] : powers[2]
            return own - ElementaryFunctions.log(powers.reduce(0) { $0 + ElementaryFunctions.exp($1) })
        }
    }

    private static func ends(of response: Response, clear: Double, tie: Double) -> (lower: Double, upper: Double) {
        switch response {
        case .secondClear: (-.infinity, -clear)
        case .secondSlight: (-clear, -tie)
        case .second: (-.infinity, -tie)
        case .tie: (-tie, tie)
        case .first: (tie, .infinity)
        case .firstSlight: (tie, clear)
        case .firstClear: (clear, .infinity)
        }
    }
}

extension Posterior {
    /// Logarithm of likelihood times priors, without the normalising constants of the priors.
    func logDensity(at point: [Double]) -> Double {
        let (clear, tie) = (point[layout.clear], point[layout.tie])
        var sum = 0.0
        for cell in table.cells {
            let logit = logit(of: cell, at: point)
            sum += cell.weight * settings.model.logProbability(of: cell.response, logit: logit, clear: clear, tie: tie)
        }
        for index in 0..<layout.clear { sum -= 0.5 * precision[index] * point[index] * point[index] }
        guard settings.model == .cumulative else { return sum - 0.5 * tie * tie / 4 }
        if table.hasTies { sum += ElementaryFunctions.log(tie) - tie / Self.usualTie }
        if table.hasMargins { sum += ElementaryFunctions.log(clear - tie) - (clear - tie) / Self.usualGap }
        return sum
    }
}

extension CholeskyFactor {
    /// Natural logarithm of the determinant of the matrix that was factored, which has so many rows.
    func logDeterminant(size: Int) -> Double {
        (0..<size).reduce(0) { sum, row in
            var unit = Array(repeating: 0.0, count: size)
            unit[row] = 1
            return sum + 2 * ElementaryFunctions.log(applied(to: unit)[row])
        }
    }
}
