/// The normal distribution that has the moments of a posterior, by expectation propagation (Minka 2001, "Expectation propagation for
/// approximate Bayesian inference").
///
/// The mode of a posterior lies nearer to zero than its mean wherever judgements agree: an item that has won everything could be much
/// better still, and not much worse. With few judgements for each item that makes intervals about the mode too narrow, and the
/// most probable spread of the items too small. So every answer is stood for by a normal distribution of its logit, its ``NormalSite``,
/// such that putting the answer itself in the place of its site leaves mean and variance of the logit as they are. Priors and sites together
/// are a normal distribution. All sites are moved at once, and it follows, until nothing moves any more.
///
/// Thresholds are held to be known when a logit's moments are taken, and move with the rest, to where the averaged gradient is zero.
struct MatchedNormal {
    private(set) var posterior: Posterior
    /// Laid out as the posterior's points are.
    private(set) var mean: [Double]
    private(set) var covariance: SparseInverse
    /// Of each cell of the table.
    private var sites: [NormalSite]

    /// Sweeps over all sites at most; one to six are usual. It takes more where spreads are so wide, and judgements so few, that answers look
    /// like steps; what is left then is a few hundredths of an error.
    private static let maximumSweeps = 12
    /// Change of a logit's mean, in its standard deviations, and of its variance, as a share of it, at which sites are left as they are.
    private static let tolerance = 5e-3
    /// The same where a spread is one of several.
    private static let sideTolerance = 2e-2
    /// A sweep that leaves more than this share of the change before it overshoots; the next goes half as far.
    private static let overshoot = 0.7

    /// Begins with the mode of the posterior and its curvature there.
    init(_ mode: PosteriorFit, order: EliminationOrder) {
        let (posterior, point) = (mode.posterior, mode.mode)
        self.posterior = posterior
        mean = point
        covariance = mode.inverse
        sites = posterior.table.cells.map { cell in
            let (slope, logit) = (posterior.slope(of: cell, at: point), posterior.logit(of: cell, at: point))
            let precision = cell.weight * slope.logitLogit
            return NormalSite(precision: precision, location: cell.weight * slope.byLogit + precision * logit)
        }
        match(order, tolerance: Self.tolerance)
    }

    /// Begins with the sites of a posterior of the same table with another prior.
    ///
    /// - Parameter isSide: whether others count for more.
    init(_ posterior: Posterior, startingAt other: MatchedNormal, order: EliminationOrder, isSide: Bool = false) {
        self = other
        self.posterior = posterior
        move(along: slope(), order)
        match(order, tolerance: isSide ? Self.sideTolerance : Self.tolerance)
    }

    /// Moves the sites until they match.
    private mutating func match(_ order: EliminationOrder, tolerance: Double) {
        var (stepLength, before) = (1.0, Double.infinity)
        for _ in 0..<Self.maximumSweeps {
            var change = 0.0
            let slope = slope(movingSitesBy: stepLength, change: &change)
            guard change > tolerance else { return }
            move(along: slope, order)
            if change > Self.overshoot * before { stepLength *= 0.5 }
            before = change
        }
    }

    /// A Newton step; should rounding make the curvature indefinite, everything stays where it is.
    private mutating func move(along slope: Slope, _ order: EliminationOrder) {
        guard let next = SparseInverse(slope.curvature, order: order) else { return }
        covariance = next
        let step = covariance.multiply(slope.gradient)
        let fraction = posterior.thresholdLimit(from: mean, along: step)
        for place in mean.indices { mean[place] += fraction * step[place] }
    }

    /// Gradient and curvature of the logarithm of priors and sites at the mean.
    private func slope() -> Slope {
        posterior.averagedSlope(at: mean) { index, cell in
            let answer = posterior.hasThresholds ? posterior.slope(of: cell, at: mean) : ResponseModel.Slope()
            return answer.with(sites[index], at: posterior.logit(of: cell, at: mean), weight: cell.weight)
        }
    }

    /// The slope after the sites have been moved by a share of what they are off, and the largest of that.
    private mutating func slope(movingSitesBy stepLength: Double, change: inout Double) -> Slope {
        var (sites, largest) = (sites, 0.0)
        let (clear, tie) = (mean[posterior.layout.clear], mean[posterior.layout.tie])
        let model = posterior.settings.model
        let slope = posterior.averagedSlope(at: mean) { index, cell in
            let (logit, deviation) = (posterior.logit(of: cell, at: mean), variance(of: cell).squareRoot())
            var answer = ResponseModel.Slope()
            let tilted = TiltedLogit(
                cell, model: model, clear: clear, tie: tie, mean: logit, deviation: deviation, site: sites[index])
            if tilted.isTelling {
                largest = max(largest, tilted.change(fromDeviation: deviation))
                sites[index].move(stepLength, towards: tilted, mean: logit, deviation: deviation)
                if posterior.hasThresholds {
                    answer = tilted.averagedSlope(of: cell.response, model: model, clear: clear, tie: tie)
                }
            } else if posterior.hasThresholds {
                answer = posterior.slope(of: cell, at: mean)
            }
            return answer.with(sites[index], at: logit, weight: cell.weight)
        }
        self.sites = sites
        change = largest
        return slope
    }

    /// Of each judged pair, in ascending order.
    var skews: [PairSkew] {
        let (clear, tie) = (mean[posterior.layout.clear], mean[posterior.layout.tie])
        var skews: [PairSkew] = []
        for (index, cell) in posterior.table.cells.enumerated() {
            let (lower, upper) = (Int(cell.lower), Int(cell.upper))
            if skews.last?.lower != lower || skews.last?.upper != upper { skews.append(PairSkew(lower: lower, upper: upper)) }
            let variance = variance(of: cell)
            let tilted = TiltedLogit(
                cell, model: posterior.settings.model, clear: clear, tie: tie, mean: posterior.logit(of: cell, at: mean),
                deviation: variance.squareRoot(), site: sites[index])
            guard tilted.isTelling else { continue }
            let scale = posterior.scale(of: Int(cell.judge)) * (cell.first < cell.second ? 1 : -1)
            let share = scale / variance
            skews[skews.count - 1].add(share * share * share * tilted.thirdCumulant)
        }
        return skews
    }

    /// Of a cell's logit.
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

    /// Derivative of the logarithm of the evidence by ln σ: E|θ|²/σ² − n, because where sites match, the evidence moves with σ as if they
    /// stayed where they are.
    var evidenceSlope: Double { scaledSquares - Double(posterior.layout.itemCount) }

    /// Derivative of ``evidenceSlope`` by ln σ, as if the sites stayed where they are.
    var evidenceBend: Double {
        let (count, precision) = (posterior.layout.itemCount, posterior.precision[0])
        let abilities = mean.indices.map { $0 < count ? mean[$0] : 0 }
        let along = SparseSymmetricMatrix.product(abilities, covariance.multiply(abilities))
        return precision * precision * (4 * along + 2 * covariance.squares(leading: count)) - 2 * scaledSquares
    }

    /// E|θ|²/σ².
    private var scaledSquares: Double {
        (0..<posterior.layout.itemCount).reduce(0) { sum, item in
            sum + posterior.precision[item] * (mean[item] * mean[item] + covariance.diagonal(item))
        }
    }
}

extension ResponseModel.Slope {
    /// Derivatives of an answer's thresholds beside those of its site by the logit.
    ///
    /// A site is at most as curved as its answer is on average. Mixed derivatives are taken down by as much, which keeps the whole from
    /// curving the other way.
    fileprivate func with(_ site: NormalSite, at logit: Double, weight: Double) -> Self {
        var slope = self
        slope.byLogit = site.pull(at: logit) / weight
        slope.logitLogit = site.precision / weight
        let share = logitLogit > slope.logitLogit ? slope.logitLogit / logitLogit : 1
        slope.logitClear *= share
        slope.logitTie *= share
        return slope
    }
}
