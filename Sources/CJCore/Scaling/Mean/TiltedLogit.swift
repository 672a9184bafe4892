/// A logit under a posterior that has an answer's own probability in the place of its site.
///
/// With N(m, s²) the logit's distribution under all sites, its density is now, but for a factor, N(d; m, s²)·p(d)/site(d). Where the logit is
/// known well, what stands beside the normal density is nearly even, and Gauss–Hermite quadrature with eight points finds the moments to a
/// hundredth or better. A logit that is known badly looks at its answer as at a step, which that rule does not see: it can be a tenth off. The
/// trapezoid rule suits any such density, because it has no pole within π of the real line: with steps of h logits it errs by some exp(−2π²/h)
/// (Trefethen and Weideman 2014, "The exponentially convergent trapezoidal rule"). An answer that was given many times is a steeper step, and
/// grows away from the real line: with h = 2 it errs by less than a hundredth.
struct TiltedLogit {
    /// Eight points of a quadrature.
    fileprivate struct Points {
        /// From m.
        let offsets: SIMD8<Double>
        let logits: SIMD8<Double>
        /// What is at each of them; those of all points sum to one.
        var shares: SIMD8<Double>
    }

    /// The first eight, which are all where the logit is known well.
    private var points: Points
    private var morePoints: [Points]
    /// Mean, less m.
    private(set) var shift = 0.0
    private(set) var variance = 0.0

    /// Standard deviation of the logit from which the trapezoid rule is used, and the same of an answer that counts for more than one.
    private static let wide = 2.0
    private static let wideWhereWeighty = 0.8
    /// Its steps, in logits.
    private static let step = 2.0
    /// How far it reaches, in standard deviations.
    private static let reach = 7.0
    /// Eights of points at most; beyond 36 logits the steps grow. Two are needed for steps that are smaller than a standard deviation.
    private static let mostEights = 32.0

    init(
        _ answer: ComparisonTable.Cell, model: ResponseModel, clear: Double, tie: Double, mean: Double, deviation: Double,
        site: NormalSite
    ) {
        let density = Density(answer: answer, model: model, clear: clear, tie: tie, mean: mean, site: site)
        if deviation >= (answer.weight > 1 ? Self.wideWhereWeighty : Self.wide) {
            let eights = min(max(2, (2 * Self.reach * deviation / Self.step / 8).rounded(.up)), Self.mostEights)
            let step = 2 * Self.reach * deviation / (8 * eights)
            let ceiling = density.ceiling(at: deviation * GaussHermite.nodes)
            func eight(_ number: Double) -> Points {
                let offsets = step * (8 * number - 4 * eights + 0.5 + Self.firstEight)
                let distances = offsets / deviation
                let weights = ElementaryFunctions.exp(-0.5 * distances * distances)
                return density.points(at: offsets, weights: weights, reach: Self.reach * deviation, ceiling: ceiling)
            }
            points = eight(0)
            morePoints = []
            morePoints.reserveCapacity(Int(eights) - 1)
            for number in 1..<Int(eights) { morePoints.append(eight(Double(number))) }
        } else {
            let reach = deviation * GaussHermite.farthest
            points = density.points(at: deviation * GaussHermite.nodes, weights: GaussHermite.weights, reach: reach)
            morePoints = []
        }
        let total = sum { $0.shares }
        for index in morePoints.indices { morePoints[index].shares /= total }
        points.shares /= total
        shift = sum { $0.shares * $0.offsets }
        variance = sum { [shift] points in
            let distances = points.offsets - shift
            return points.shares * distances * distances
        }
    }

    /// Third cumulant.
    var thirdCumulant: Double {
        sum { points in
            let distances = points.offsets - shift
            return points.shares * distances * distances * distances
        }
    }

    /// The slope of an answer on average over the logit.
    func averagedSlope(of response: Response, model: ResponseModel, clear: Double, tie: Double) -> ResponseModel.Slope {
        var sum = ResponseModel.Slope()
        func add(_ points: Points) {
            let share = SymmetricMatrix.total(points.shares)
            guard share > 0 else { return }
            sum.add(
                share,
                of: model.averagedSlope(
                    of: response, logits: points.logits, shares: points.shares / share, clear: clear, tie: tie))
        }
        add(points)
        for points in morePoints { add(points) }
        return sum
    }

    /// Whether the quadrature tells something, which it does not where the logit is known, or the answer as good as impossible.
    var isTelling: Bool { variance > 0 && variance < .infinity }

    /// How far the moments are from those under all sites: the mean in standard deviations, or the variance as a share.
    func change(fromDeviation deviation: Double) -> Double {
        max(shift.magnitude / deviation, (deviation * deviation / variance - 1).magnitude)
    }

    private func sum(_ term: (Points) -> SIMD8<Double>) -> Double {
        morePoints.reduce(SymmetricMatrix.total(term(points))) { $0 + SymmetricMatrix.total(term($1)) }
    }

    private static let firstEight = SIMD8<Double>(0, 1, 2, 3, 4, 5, 6, 7)
}

/// What stands beside the normal density of a ``TiltedLogit``.
private struct Density {
    let answer: ComparisonTable.Cell
    let model: ResponseModel
    let clear: Double
    let tie: Double
    let mean: Double
    let site: NormalSite

    /// Points with shares that are not yet made to sum to one.
    ///
    /// - Parameters:
    ///   - weights: of the points without an answer.
    ///   - reach: no offset is larger.
    ///   - ceiling: logarithm of the probability that an answer with a weight is held against; these points' largest unless given.
    func points(
        at offsets: SIMD8<Double>, weights: SIMD8<Double>, reach: Double, ceiling: Double? = nil
    ) -> TiltedLogit.Points {
        let logits = Self.kept(mean + offsets, below: mean.magnitude + reach)
        let chances = chances(at: logits)
        let (bend, pull) = (0.5 * site.precision, site.pull(at: mean))
        var exponents = (bend * offsets - pull) * offsets
        var highest = (bend * reach + pull.magnitude) * reach
        var shares = weights
        if answer.weight == 1 {
            shares *= chances
        } else {
            let ceiling = ceiling ?? ElementaryFunctions.log(chances.max())
            for place in 0..<8 { exponents[place] += answer.weight * (ElementaryFunctions.log(chances[place]) - ceiling) }
            highest = .infinity
        }
        shares *= ElementaryFunctions.exp(Self.kept(exponents, below: highest))
        return TiltedLogit.Points(offsets: offsets, logits: logits, shares: shares)
    }

    /// Logarithm of the largest probability of the answer at some points.
    func ceiling(at offsets: SIMD8<Double>) -> Double {
        ElementaryFunctions.log(chances(at: Self.kept(mean + offsets, below: .infinity)).max())
    }

    private func chances(at logits: SIMD8<Double>) -> SIMD8<Double> {
        model.probabilities(of: answer.response, logits: logits, clear: clear, tie: tie)
    }

    /// Keeps numbers within the reach of the functions of eight, unless they are known to be.
    private static func kept(_ numbers: SIMD8<Double>, below bound: Double) -> SIMD8<Double> {
        guard !(bound < ElementaryFunctions.farthestOfEight) else { return numbers }
        let limit = SIMD8<Double>(repeating: ElementaryFunctions.farthestOfEight)
        return numbers.clamped(lowerBound: -limit, upperBound: limit)
    }
}
