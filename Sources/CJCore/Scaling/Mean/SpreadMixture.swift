/// Stands for a posterior whose prior has a spread σ that is not known: by normal distributions for several spreads, each with the probability
/// that the judgements and a log-normal prior on σ give to it.
///
/// With few judgements the spread is known to within a factor of two or so. A posterior with the most probable spread alone would then
/// be too sure, most of all of items that have won or lost nearly everything, whose place is the prior's guess.
///
/// By ln σ, the logarithm of the evidence has the derivative E|θ|²/σ² − n (``MatchedNormal/evidenceSlope``). Newton steps lead to near its top,
/// prior included. Five spreads or more about it, evenly apart in ln σ, stand for all; how probable they are follows from the slopes,
/// integrated from one to the next.
struct SpreadMixture {
    private let table: ComparisonTable
    /// All but the deviation that is not known.
    private let settings: Posterior.Settings
    private let prior: (median: Double, logDeviation: Double)
    /// Whose pattern all others take over.
    private let template: Posterior
    private let order: EliminationOrder

    /// How far apart spreads are, in standard deviations of ln σ. That is found as if the sites stayed where they are, and too small when there
    /// are few judgements: by a third, or by much more where they agree so well that the spread could be anything from some value on.
    private static let spacing = 1.4
    /// So there are at least two on either side of the middle, and more until one has a density of less than exp(-3) of the middle's.
    private static let fewestOnASide = 2
    private static let negligible = -3.0
    /// At most; the prior on σ alone ends them earlier as a rule.
    private static let mostOnASide = 12
    /// Those that are less probable tell nothing, and would each take the room of a covariance of all items.
    private static let leastShare = 1e-4
    /// How far from the top the middle may be, in the same unit.
    private static let nearness = 0.3
    /// Newton steps at most, and the longest; one or two are usual.
    private static let maximumSteps = 10
    private static let longestStep = 1.0
    /// Items from which Laplace's approximation tells where to begin, for a fraction of what a step costs.
    private static let approximatedFrom = 150

    /// - Parameters:
    ///   - settings: all but the deviation that is not known.
    ///   - prior: median of σ, and the standard deviation of ln σ.
    init(table: ComparisonTable, settings: Posterior.Settings, prior: (median: Double, logDeviation: Double)) {
        self.table = table
        self.settings = settings
        self.prior = prior
        template = Posterior(table: table, settings: settings)
        order = EliminationOrder(template.pattern.matrix)
    }

    /// The normal distributions, in ascending order of their spreads.
    func fit() -> FittedNormal {
        let (middle, logError) = middle()
        let width = Self.spacing * logError
        let lower = side(of: middle, stride: -width)
        let upper = side(of: middle, stride: width)
        let normals = lower.reversed() + [middle] + upper
        let shares = Self.shares(slopes: normals.map { slope(of: $0) }, width: width)
        let kept = normals.indices.filter { shares[$0] >= Self.leastShare }
        let total = kept.reduce(0) { $0 + shares[$1] }
        return FittedNormal(kept.map { normals[$0] }, shares: kept.map { shares[$0] / total })
    }

    /// A normal distribution whose spread is near the most probable one, and how well that is known.
    private func middle() -> (normal: MatchedNormal, logError: Double) {
        var normal = MatchedNormal(PosteriorFit(posterior(logDeviation: startingLogDeviation), order: order), order: order)
        var logError = error(of: normal)
        for _ in 0..<Self.maximumSteps {
            let step = slope(of: normal) * logError * logError
            guard step.magnitude > Self.nearness * logError else { break }
            let next = normal.posterior.logDeviation + max(-Self.longestStep, min(Self.longestStep, step))
            normal = MatchedNormal(posterior(logDeviation: next), startingAt: normal, order: order)
            logError = error(of: normal)
        }
        return (normal, logError)
    }

    /// Normal distributions of spreads ever further from the middle's, each begun where the one before it has ended.
    ///
    /// - Parameter stride: from one to the next in ln σ.
    private func side(of middle: MatchedNormal, stride: Double) -> [MatchedNormal] {
        var normals: [MatchedNormal] = []
        var (last, height) = (middle, 0.0)
        while normals.count < Self.fewestOnASide || (height > Self.negligible && normals.count < Self.mostOnASide) {
            let logDeviation = middle.posterior.logDeviation + Double(normals.count + 1) * stride
            let next = MatchedNormal(posterior(logDeviation: logDeviation), startingAt: last, order: order, isSide: true)
            height += 0.5 * stride * (slope(of: last) + slope(of: next))
            normals.append(next)
            last = next
        }
        return normals
    }

    private var startingLogDeviation: Double {
        guard table.itemCount >= Self.approximatedFrom else { return ElementaryFunctions.log(prior.median) }
        var search = PriorSearch(table: table, settings: settings, prior: prior)
        return search.approximateLogDeviation()
    }

    private func posterior(logDeviation: Double) -> Posterior {
        var settings = settings
        settings.abilityDeviation = ElementaryFunctions.exp(logDeviation)
        return Posterior(table: table, settings: settings, sharing: template)
    }

    /// Derivative of the logarithm of σ's own posterior by ln σ.
    private func slope(of normal: MatchedNormal) -> Double {
        let distance = normal.posterior.logDeviation - ElementaryFunctions.log(prior.median)
        return normal.evidenceSlope - distance / (prior.logDeviation * prior.logDeviation)
    }

    /// Standard deviation of ln σ, at most the prior's.
    private func error(of normal: MatchedNormal) -> Double {
        let precision = 1 / (prior.logDeviation * prior.logDeviation)
        return 1 / (precision + max(0, -normal.evidenceBend)).squareRoot()
    }

    /// How probable spreads are that lie `width` apart in ln σ.
    ///
    /// From one to the next, the logarithm of the density rises by the integral of the cubic through four slopes,
    /// (−g₋₁ + 13g₀ + 13g₁ − g₂) · width/24; at the ends, by that of the parabola through three.
    private static func shares(slopes: [Double], width: Double) -> [Double] {
        var heights = [0.0]
        for (place, slope) in slopes.enumerated().dropFirst() {
            let last = slopes[place - 1]
            let before = place > 1 ? slopes[place - 2] : 3 * last - 3 * slope + slopes[place + 1]
            let after = place + 1 < slopes.count ? slopes[place + 1] : 3 * slope - 3 * last + slopes[place - 2]
            heights.append(heights[place - 1] + width / 24 * (13 * (last + slope) - before - after))
        }
        let top = heights.max() ?? 0
        let densities = heights.map { ElementaryFunctions.exp($0 - top) }
        let total = densities.reduce(0, +)
        return densities.map { $0 / total }
    }
}

extension Posterior {
    /// ln σ.
    var logDeviation: Double { ElementaryFunctions.log(settings.abilityDeviation) }
}
