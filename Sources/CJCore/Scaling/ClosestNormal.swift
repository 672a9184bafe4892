/// The normal distribution that comes closest to a posterior, and the evidence for the posterior that it gives.
///
/// The mode of a posterior lies nearer to zero than its mean wherever judgements agree: an item that has won everything could be much
/// better still, and not much worse. With few judgements for each item that makes intervals about the mode too narrow, and the
/// most probable spread of the items too small. So the normal distribution N(μ, S) is looked for that has the smallest
/// Kullback–Leibler divergence from the posterior (Opper and Archambeau 2009, "The variational Gaussian approximation revisited"): at it,
/// the gradient and the curvature of the log posterior, averaged over N(μ, S), are zero and S⁻¹. From the mode and its curvature, a
/// fixed number of Newton steps in μ alternate with new curvatures; the result depends on the posterior alone.
///
/// Thresholds are held to be known when averages are taken, and move with the rest.
struct ClosestNormal {
    /// μ, laid out as the posterior's points are.
    private(set) var mean: [Double]
    /// S.
    private(set) var covariance: SymmetricMatrix
    /// A lower bound of the logarithm of the evidence, close to it, but for the normalising constants of the priors.
    private(set) var evidence: Double

    /// Steps that leave the divergence at its smallest for what abilities and errors are told to.
    static let usualSteps = 2

    /// - Parameter mode: the highest point of the posterior.
    /// - Returns: nothing where rounding makes a curvature indefinite.
    init?(to posterior: Posterior, mode: [Double], steps: Int = ClosestNormal.usualSteps) {
        mean = mode
        guard var factor = CholeskyFactor(posterior.curvature(at: mode)) else { return nil }
        covariance = factor.inverse()
        for _ in 0..<steps {
            let average = AveragedSlope(posterior, mean: mean, covariance: covariance)
            guard let next = CholeskyFactor(average.curvature) else { return nil }
            factor = next
            let step = factor.solve(average.gradient)
            let fraction = posterior.thresholdLimit(from: mean, along: step)
            for index in mean.indices { mean[index] += fraction * step[index] }
            covariance = factor.inverse()
        }
        evidence = posterior.expectedLogDensity(mean: mean, covariance: covariance) - 0.5 * factor.logDeterminant
    }

    /// How far the mean moves when ln σ does so by one: 2Sm/σ².
    func shift(precision: [Double], itemCount: Int) -> [Double] {
        (0..<itemCount).map { row in
            (0..<itemCount).reduce(0.0) { $0 + 2 * precision[$1] * covariance[row, $1] * mean[$1] }
        }
    }
}

/// Gradient and negative curvature of a log posterior, averaged over a normal distribution.
private struct AveragedSlope {
    private(set) var gradient: [Double]
    private(set) var curvature: SymmetricMatrix

    init(_ posterior: Posterior, mean: [Double], covariance: SymmetricMatrix) {
        let layout = posterior.layout
        gradient = posterior.precision.indices.map { $0 < layout.clear ? -posterior.precision[$0] * mean[$0] : 0 }
        curvature = SymmetricMatrix(size: layout.dimension)
        for index in 0..<layout.clear { curvature[index, index] = posterior.precision[index] }
        let prior = posterior.thresholdPrior(clear: mean[layout.clear], tie: mean[layout.tie])
        gradient[layout.clear] += prior.byClear
        gradient[layout.tie] += prior.byTie
        curvature[layout.clear, layout.clear] += prior.clearClear
        curvature[layout.tie, layout.tie] += prior.tieTie
        add(prior.clearTie, layout.clear, layout.tie)
        for cell in posterior.table.cells { add(cell, posterior, mean: mean, covariance: covariance) }
        guard posterior.settings.biasDeviation == nil else { return }
        for bias in layout.biases {
            gradient[bias] = 0
            for other in 0..<layout.dimension { (curvature[bias, other], curvature[other, bias]) = (0, 0) }
            curvature[bias, bias] = 1
        }
    }

    private mutating func add(
        _ cell: ComparisonTable.Cell, _ posterior: Posterior, mean: [Double], covariance: SymmetricMatrix
    ) {
        let layout = posterior.layout
        let answer = posterior.averagedSlope(of: cell, mean: mean, covariance: covariance)
        let (first, second, bias) = (Int(cell.first), Int(cell.second), layout.bias(of: cell.judge))
        let scale = posterior.scale(of: Int(cell.judge))
        let parts = [(first, scale), (second, -scale), (bias, 1)]
        for (index, (place, factor)) in parts.enumerated() {
            gradient[place] += cell.weight * factor * answer.byLogit
            curvature[place, place] += cell.weight * factor * factor * answer.logitLogit
            for (other, otherFactor) in parts[..<index] {
                add(cell.weight * factor * otherFactor * answer.logitLogit, place, other)
            }
            if posterior.table.hasMargins { add(cell.weight * factor * answer.logitClear, place, layout.clear) }
            if posterior.table.hasTies { add(cell.weight * factor * answer.logitTie, place, layout.tie) }
        }
        if posterior.table.hasMargins {
            gradient[layout.clear] += cell.weight * answer.byClear
            curvature[layout.clear, layout.clear] += cell.weight * answer.clearClear
        }
        if posterior.table.hasTies {
            gradient[layout.tie] += cell.weight * answer.byTie
            curvature[layout.tie, layout.tie] += cell.weight * answer.tieTie
        }
        if posterior.table.hasMargins, posterior.table.hasTies { add(cell.weight * answer.clearTie, layout.clear, layout.tie) }
    }

    private mutating func add(_ value: Double, _ row: Int, _ column: Int) {
        curvature[row, column] += value
        curvature[column, row] += value
    }
}

extension Posterior {
    /// Logarithm of the evidence, but for the normalising constants of the priors; nothing where rounding spoils it.
    func evidence(at mode: [Double]) -> Double? {
        if settings.isAveraged { return ClosestNormal(to: self, mode: mode)?.evidence }
        return CholeskyFactor(curvature(at: mode)).map { logDensity(at: mode) - 0.5 * $0.logDeterminant }
    }

    /// Variance of the logit of a cell when points are distributed with this covariance.
    private func variance(of cell: ComparisonTable.Cell, _ covariance: SymmetricMatrix) -> Double {
        let (first, second, bias) = (Int(cell.first), Int(cell.second), layout.bias(of: cell.judge))
        let scale = scale(of: Int(cell.judge))
        var variance = covariance[first, first] + covariance[second, second] - 2 * covariance[first, second]
        variance *= scale * scale
        if settings.biasDeviation != nil {
            variance += covariance[bias, bias] + 2 * scale * (covariance[first, bias] - covariance[second, bias])
        }
        return max(0, variance)
    }

    /// Derivatives of the logarithm of an answer's probability, averaged over the logit.
    fileprivate func averagedSlope(
        of cell: ComparisonTable.Cell, mean: [Double], covariance: SymmetricMatrix
    ) -> ResponseModel.Slope {
        let deviation = variance(of: cell, covariance).squareRoot()
        let centre = logit(of: cell, at: mean)
        let (clear, tie) = (mean[layout.clear], mean[layout.tie])
        let isPlain = !table.hasTies && !table.hasMargins
        var sum = ResponseModel.Slope()
        for (node, share) in NormalNodes.seven {
            let logit = centre + node * deviation
            if isPlain {
                let probability = ElementaryFunctions.logistic(logit)
                sum.byLogit += share * (cell.response.firstScore - probability)
                sum.logitLogit += share * probability * (1 - probability)
            } else {
                sum.add(settings.model.slope(of: cell.response, logit: logit, clear: clear, tie: tie), times: share)
            }
        }
        return sum
    }

    /// Mean of the log density over points that are normally distributed.
    fileprivate func expectedLogDensity(mean: [Double], covariance: SymmetricMatrix) -> Double {
        let (clear, tie) = (mean[layout.clear], mean[layout.tie])
        var sum = thresholdPrior(clear: clear, tie: tie).height
        for cell in table.cells {
            let deviation = variance(of: cell, covariance).squareRoot()
            let centre = logit(of: cell, at: mean)
            for (node, share) in NormalNodes.seven {
                let logit = centre + node * deviation
                sum +=
                    cell.weight * share * settings.model.logProbability(of: cell.response, logit: logit, clear: clear, tie: tie)
            }
        }
        for index in 0..<layout.clear where settings.biasDeviation != nil || index < layout.itemCount {
            sum -= 0.5 * precision[index] * (mean[index] * mean[index] + covariance[index, index])
        }
        return sum
    }
}

extension ResponseModel.Slope {
    fileprivate mutating func add(_ other: ResponseModel.Slope, times share: Double) {
        byLogit += share * other.byLogit
        byClear += share * other.byClear
        byTie += share * other.byTie
        logitLogit += share * other.logitLogit
        logitClear += share * other.logitClear
        logitTie += share * other.logitTie
        clearClear += share * other.clearClear
        clearTie += share * other.clearTie
        tieTie += share * other.tieTie
    }
}

/// Nodes and shares of Gauss–Hermite quadrature for a standard normal variable.
enum NormalNodes {
    /// Exact for polynomials to the thirteenth degree.
    static let seven: [(node: Double, share: Double)] = [
        (-3.750439717725742, 0.0005482688559722179), (-2.366759410734541, 0.030757123967586502),
        (-1.154405394739968, 0.24012317860501272), (0, 0.45714285714285713), (1.154405394739968, 0.24012317860501272),
        (2.366759410734541, 0.030757123967586502), (3.750439717725742, 0.0005482688559722179),
    ]
}
