/// What an answer says about its logit, as a normal distribution would say it: exp(νd − ½τd²), but for a factor.
struct NormalSite {
    /// τ; at least zero, because the logarithm of an answer's probability is concave.
    private(set) var precision: Double
    /// ν.
    private(set) var location: Double

    init(precision: Double, location: Double) {
        self.precision = precision
        self.location = location
    }

    /// Gradient of the logarithm at a logit.
    func pull(at logit: Double) -> Double { location - precision * logit }

    /// Goes a share of the way to where it would give the logit the moments that the answer itself gives to it.
    ///
    /// - Parameters:
    ///   - mean: of the logit under all sites.
    ///   - deviation: its standard deviation.
    mutating func move(_ share: Double, towards tilted: TiltedLogit, mean: Double, deviation: Double) {
        let gain = max(-precision, 1 / tilted.variance - 1 / (deviation * deviation))
        let pull = pull(at: mean) + share * tilted.shift / tilted.variance
        precision += share * gain
        location = pull + precision * mean
    }
}

/// A logit under a posterior that has an answer's own probability in the place of its site.
///
/// With N(m, s²) the logit's distribution under all sites, its density is now, but for a factor, N(d; m, s²)·p(d)/site(d). What stands beside
/// the normal density is the more even the better the site, so that Gauss–Hermite quadrature about m suits it.
struct TiltedLogit {
    /// Points of the quadrature.
    let logits: SIMD8<Double>
    /// What is at each of them; they sum to one.
    let shares: SIMD8<Double>
    /// Mean, less m.
    let shift: Double
    let variance: Double

    init(
        _ answer: ComparisonTable.Cell, model: ResponseModel, clear: Double, tie: Double, mean: Double, deviation: Double,
        site: NormalSite
    ) {
        let offsets = deviation * Self.nodes
        logits = Self.kept(mean + offsets, below: mean.magnitude + deviation * Self.farthest)
        let chances = model.probabilities(of: answer.response, logits: logits, clear: clear, tie: tie)
        let (bend, pull) = (0.5 * site.precision, site.pull(at: mean))
        var exponents = (bend * offsets - pull) * offsets
        let reach = deviation * Self.farthest
        var highest = (bend * reach + pull.magnitude) * reach
        var weights = Self.weights
        if answer.weight == 1 {
            weights *= chances
        } else {
            let most = ElementaryFunctions.log(chances.max())
            for place in 0..<8 { exponents[place] += answer.weight * (ElementaryFunctions.log(chances[place]) - most) }
            highest = .infinity
        }
        weights *= ElementaryFunctions.exp(Self.kept(exponents, below: highest))
        let total = SymmetricMatrix.total(weights)
        shares = weights / total
        shift = SymmetricMatrix.total(shares * offsets)
        let distances = offsets - shift
        variance = SymmetricMatrix.total(shares * distances * distances)
    }

    /// Whether the quadrature tells something, which it does not where the logit is known, or the answer as good as impossible.
    var isTelling: Bool { variance > 0 && variance < .infinity }

    /// Keeps numbers within the reach of the functions of eight, unless they are known to be.
    private static func kept(_ numbers: SIMD8<Double>, below bound: Double) -> SIMD8<Double> {
        guard !(bound < ElementaryFunctions.farthestOfEight) else { return numbers }
        let limit = SIMD8<Double>(repeating: ElementaryFunctions.farthestOfEight)
        return numbers.clamped(lowerBound: -limit, upperBound: limit)
    }

    /// How far the moments are from those under all sites: the mean in standard deviations, or the variance as a share.
    func change(fromDeviation deviation: Double) -> Double {
        max(shift.magnitude / deviation, (deviation * deviation / variance - 1).magnitude)
    }

    /// Of Gauss–Hermite quadrature for a standard normal variable, exact for polynomials to the fifteenth degree.
    private static let nodes = SIMD8(
        -4.1445471861258945, -2.8024858612875416, -1.636519042435108, -0.5390798113513751, 0.5390798113513751, 1.636519042435108,
        2.8024858612875416, 4.1445471861258945)
    /// The outermost is nearer than this.
    private static let farthest = 4.2
    private static let weights = SIMD8(
        0.00011261453837536762, 0.009635220120788256, 0.11723990766175904, 0.3730122576790773, 0.3730122576790773,
        0.11723990766175904, 0.009635220120788256, 0.00011261453837536762)
}
