/// The normal distribution that comes closest to a posterior, and the evidence for the posterior that it gives.
///
/// The mode of a posterior lies nearer to zero than its mean wherever judgements agree: an item that has won everything could be much
/// better still, and not much worse. With few judgements for each item that makes intervals about the mode too narrow, and the
/// most probable spread of the items too small. So the normal distribution N(μ, S) is looked for that has the smallest
/// Kullback–Leibler divergence from the posterior (Opper and Archambeau 2009, "The variational Gaussian approximation revisited"): at it,
/// the gradient and the curvature of the log posterior, averaged over N(μ, S), are zero and S⁻¹. From the mode and its curvature, a
/// fixed number of Newton steps in μ alternate with new curvatures; the result depends on the posterior alone.
///
/// A logit is normal under N(μ, S), so that an answer's average is one over a single variable. Thresholds are held to be known when
/// averages are taken, and move with the rest. A normal distribution is narrower than a posterior that leans to one side; for that the
/// errors are corrected at the end.
struct ClosestNormal {
    /// μ, laid out as the posterior's points are.
    private(set) var mean: [Double]
    /// S, with the errors corrected.
    private(set) var covariance: SparseInverse
    /// A lower bound of the logarithm of the evidence, close to it, but for the normalising constants of the priors.
    let evidence: Double

    /// Steps that leave the divergence at its smallest for what abilities and errors are told to.
    private static let steps = 2

    /// - Parameter fit: the posterior's mode, and the inverse of its curvature there.
    /// - Returns: nothing where rounding makes a curvature indefinite.
    init?(startingAt fit: PosteriorFit, order: EliminationOrder) {
        let posterior = fit.posterior
        mean = fit.mode
        covariance = fit.inverse
        for _ in 0..<Self.steps {
            let around = Surroundings(posterior: posterior, mean: mean, covariance: covariance)
            let slope = posterior.averagedSlope(at: mean, answer: around.averagedSlope)
            guard let next = SparseInverse(slope.curvature, order: order) else { return nil }
            let step = next.multiply(slope.gradient)
            let fraction = posterior.thresholdLimit(from: mean, along: step)
            for index in mean.indices { mean[index] += fraction * step[index] }
            covariance = next
        }
        let around = Surroundings(posterior: posterior, mean: mean, covariance: covariance)
        evidence = around.averagedLogDensity - 0.5 * covariance.logDeterminant
        covariance = covariance.scaled(by: around.inflation)
    }

    /// How far each ability's mean moves when ln σ does so by one: 2Sm/σ².
    func shift(precision: [Double], itemCount: Int) -> [Double] {
        let pull = mean.indices.map { $0 < itemCount ? 2 * precision[$0] * mean[$0] : 0 }
        return Array(covariance.multiply(pull)[..<itemCount])
    }
}

/// What a log posterior is on average over a normal distribution of points.
private struct Surroundings {
    let posterior: Posterior
    let mean: [Double]
    let covariance: SparseInverse

    /// Largest share that a variance gains by what is not normal in the posterior.
    private static let largestGain = 0.3

    /// Derivatives of the logarithm of an answer's probability.
    func averagedSlope(of cell: ComparisonTable.Cell) -> ResponseModel.Slope {
        let (clear, tie) = (mean[posterior.layout.clear], mean[posterior.layout.tie])
        var sum = ResponseModel.Slope()
        for (logit, share) in logits(of: cell) {
            if posterior.hasThresholds {
                sum.add(posterior.settings.model.slope(of: cell.response, logit: logit, clear: clear, tie: tie), times: share)
            } else {
                let probability = ElementaryFunctions.logistic(logit)
                sum.byLogit += share * (cell.response.firstScore - probability)
                sum.logitLogit += share * probability * (1 - probability)
            }
        }
        return sum
    }

    /// The posterior's logarithm, without the normalising constants of the priors.
    var averagedLogDensity: Double {
        let (layout, settings) = (posterior.layout, posterior.settings)
        let (clear, tie) = (mean[layout.clear], mean[layout.tie])
        var sum = posterior.thresholdPrior(clear: clear, tie: tie).height
        for cell in posterior.table.cells {
            for (logit, share) in logits(of: cell) {
                let height = settings.model.logProbability(of: cell.response, logit: logit, clear: clear, tie: tie)
                sum += cell.weight * share * height
            }
        }
        for index in 0..<layout.clear where settings.biasDeviation != nil || index < layout.itemCount {
            sum -= 0.5 * posterior.precision[index] * (mean[index] * mean[index] + covariance.diagonal(index))
        }
        return sum
    }

    /// Logits of the first item's winning whose weighted sums stand for averages.
    private func logits(of cell: ComparisonTable.Cell) -> some Sequence<(logit: Double, share: Double)> {
        let deviation = variance(of: cell).squareRoot()
        let centre = posterior.logit(of: cell, at: mean)
        return NormalNodes.seven.lazy.map { (logit: centre + $0.node * deviation, share: $0.share) }
    }

    /// For each part of a point, by what its standard deviation is larger than that of the closest normal distribution.
    ///
    /// What the closest normal distribution leaves of a log posterior begins with its third derivatives T, and to second order they add
    /// ½ Σ S_aj S_ak T_jlm T_kno S_ln S_mo to the variance of a. Of that, the answers about an item itself are all but all: with the others
    /// nearly known, it comes to ½ S_aa² (Σ κ_c S_ac)², κ_c an answer's averaged third derivative by its logit and S_ac the covariance of
    /// the item with that logit. It matters where an item has won or lost nearly everything, whose ability is open to one side. There the
    /// series ceases to hold, so it is bounded by what exact posteriors of two items have been found to ask for at most.
    var inflation: [Double] {
        var leans = Array(repeating: 0.0, count: mean.count)
        for cell in posterior.table.cells {
            let third = averagedThirdDerivative(of: cell)
            for item in [Int(cell.first), Int(cell.second)] { leans[item] += third * covariance(of: item, with: cell) }
        }
        return leans.indices.map {
            (1 + min(0.5 * covariance.diagonal($0) * leans[$0] * leans[$0], Self.largestGain)).squareRoot()
        }
    }

    /// Of a part of a point with the logit of a cell.
    private func covariance(of place: Int, with cell: ComparisonTable.Cell) -> Double {
        let scale = posterior.scale(of: Int(cell.judge))
        let items = scale * (covariance[place, Int(cell.first)] - covariance[place, Int(cell.second)])
        guard posterior.settings.biasDeviation != nil else { return items }
        return items + covariance[place, posterior.layout.bias(of: cell.judge)]
    }

    /// Of the logarithm of an answer's probability by the logit, times its weight: E[f‴] = E[z f″]/s for z = (logit − mean)/s (Stein 1981).
    private func averagedThirdDerivative(of cell: ComparisonTable.Cell) -> Double {
        let deviation = variance(of: cell).squareRoot()
        guard deviation > 0 else { return 0 }
        let (clear, tie) = (mean[posterior.layout.clear], mean[posterior.layout.tie])
        let centre = posterior.logit(of: cell, at: mean)
        let sum = NormalNodes.seven.reduce(0.0) { sum, node in
            let logit = centre + node.node * deviation
            let slope = posterior.settings.model.slope(of: cell.response, logit: logit, clear: clear, tie: tie)
            return sum - node.share * node.node * slope.logitLogit
        }
        return cell.weight * sum / deviation
    }

    private func variance(of cell: ComparisonTable.Cell) -> Double {
        let (first, second, bias) = (Int(cell.first), Int(cell.second), posterior.layout.bias(of: cell.judge))
        let scale = posterior.scale(of: Int(cell.judge))
        var variance = covariance.diagonal(first) + covariance.diagonal(second) - 2 * covariance[first, second]
        variance *= scale * scale
        if posterior.settings.biasDeviation != nil {
            variance += covariance.diagonal(bias) + 2 * scale * (covariance[first, bias] - covariance[second, bias])
        }
        return max(0, variance)
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
