/// How probable each answer is when the logit of the first item's winning is d = κ(θ_first − θ_second) + β.
enum ResponseModel: Sendable, Hashable {
    /// The judge perceives z = d + logistic noise and answers by the interval that z falls into (cumulative logits; Agresti 1992,
    /// "Analysis of ordinal paired comparison data"):
    /// second clearly | −t | second slightly | −u | tie | u | first slightly | t | first clearly. An answer without a margin covers
    /// both intervals of its side, so judgements with and without margins go together.
    case cumulative
    /// P(first) : P(tie) : P(second) = e^(d/2) : e^η : e^(−d/2) (Davidson 1970). Answers have no margins.
    case davidson

    /// First and second derivatives of the logarithm of a probability, by d and by the two thresholds; curvatures are negated, so
    /// that they are positive.
    struct Slope {
        var byLogit = 0.0
        var byClear = 0.0
        var byTie = 0.0
        var logitLogit = 0.0
        var logitClear = 0.0
        var logitTie = 0.0
        var clearClear = 0.0
        var clearTie = 0.0
        var tieTie = 0.0

        mutating func add(_ share: Double, of other: Slope) {
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

    /// - Parameters:
    ///   - clear: t.
    ///   - tie: u, or η in Davidson's model.
    func slope(of response: Response, logit: Double, clear: Double, tie: Double) -> Slope {
        switch self {
        case .cumulative: Interval(response, clear: clear, tie: tie).slope(logit: logit)
        case .davidson: Self.davidsonSlope(of: response, logit: logit, tie: tie)
        }
    }

    /// Probabilities of an answer at eight logits, but for a common factor.
    func probabilities(of response: Response, logits: SIMD8<Double>, clear: Double, tie: Double) -> SIMD8<Double> {
        switch self {
        case .cumulative:
            let (a, notB) = Interval(response, clear: clear, tie: tie).probabilities(logits: logits)
            return a * notB
        case .davidson:
            let shares = Self.davidsonShares(logits: logits, tie: tie)
            return response == .tie ? shares.tie : response == .first ? shares.first : shares.second
        }
    }

    /// The slope on average over eight logits with shares that sum to one.
    func averagedSlope(
        of response: Response, logits: SIMD8<Double>, shares: SIMD8<Double>, clear: Double, tie: Double
    ) -> Slope {
        switch self {
        case .cumulative:
            let interval = Interval(response, clear: clear, tie: tie)
            let (a, notB) = interval.probabilities(logits: logits)
            return interval.averagedSlope(a: a, notB: notB, shares: shares)
        case .davidson:
            let (first, even, second) = Self.davidsonShares(logits: logits, tie: tie)
            let lead = first - second
            var slope = Slope()
            slope.byLogit = response.firstScore - 0.5 - 0.5 * SymmetricMatrix.total(shares * lead)
            slope.byTie = (response == .tie ? 1 : 0) - SymmetricMatrix.total(shares * even)
            slope.logitLogit = 0.25 * SymmetricMatrix.total(shares * (first + second - lead * lead))
            slope.logitTie = -0.5 * SymmetricMatrix.total(shares * even * lead)
            slope.tieTie = SymmetricMatrix.total(shares * even * (1 - even))
            return slope
        }
    }

    private static func davidsonShares(
        logits: SIMD8<Double>, tie: Double
    ) -> (first: SIMD8<Double>, tie: SIMD8<Double>, second: SIMD8<Double>) {
        let isNegative = logits .< 0
        let magnitude = logits.replacing(with: -logits, where: isNegative)
        let half = ElementaryFunctions.exp(-0.5 * magnitude)
        let even = ElementaryFunctions.exp(tie) * half
        let (total, behind) = (1 + even + half * half, half * half)
        let one = SIMD8<Double>(repeating: 1)
        return (
            one.replacing(with: behind, where: isNegative) / total, even / total,
            behind.replacing(with: one, where: isNegative) / total
        )
    }

    /// Expected share of a win of the item shown first, a tie counting as half, and the variance of that share.
    func score(logit: Double, tie: Double, hasTies: Bool) -> (mean: Double, variance: Double) {
        guard hasTies else {
            let mean = ElementaryFunctions.logistic(logit)
            return (mean, mean * (1 - mean))
        }
        let first: Double
        let even: Double
        switch self {
        case .cumulative:
            first = ElementaryFunctions.logistic(logit - tie)
            even = ElementaryFunctions.logistic(logit + tie) - first
        case .davidson:
            let shares = Self.davidsonShares(logit: logit, tie: tie)
            (first, even) = (shares.first, shares.tie)
        }
        let mean = first + 0.5 * even
        return (mean, first + 0.25 * even - mean * mean)
    }

    private static func davidsonShares(logit: Double, tie: Double) -> (first: Double, tie: Double, second: Double) {
        let half = 0.5 * logit
        let top = max(half.magnitude, tie)
        let (first, even, second) = (
            ElementaryFunctions.exp(half - top), ElementaryFunctions.exp(tie - top), ElementaryFunctions.exp(-half - top)
        )
        let total = first + even + second
        return (first / total, even / total, second / total)
    }

    private static func davidsonSlope(of response: Response, logit: Double, tie: Double) -> Slope {
        let shares = davidsonShares(logit: logit, tie: tie)
        let lead = shares.first - shares.second
        var slope = Slope()
        slope.byLogit = response.firstScore - 0.5 - 0.5 * lead
        slope.byTie = (response == .tie ? 1 : 0) - shares.tie
        slope.logitLogit = 0.25 * (shares.first + shares.second - lead * lead)
        slope.logitTie = -0.5 * shares.tie * lead
        slope.tieTie = shares.tie * (1 - shares.tie)
        return slope
    }
}

/// The answer of a judge as an interval of what it perceives, whose ends are ±t, ±u or infinite.
private struct Interval {
    /// An end: the factors of t and u in it.
    struct End {
        let clear: Double
        let tie: Double
        let value: Double
    }

    /// Nothing where the interval has no lower end.
    let lower: End?
    /// Nothing where it has no upper one.
    let upper: End?

    init(_ response: Response, clear: Double, tie: Double) {
        func atClear(_ sign: Double) -> End { End(clear: sign, tie: 0, value: sign * clear) }
        func atTie(_ sign: Double) -> End { End(clear: 0, tie: sign, value: sign * tie) }
        switch response {
        case .secondClear: (lower, upper) = (nil, atClear(-1))
        case .secondSlight: (lower, upper) = (atClear(-1), atTie(-1))
        case .second: (lower, upper) = (nil, atTie(-1))
        case .tie: (lower, upper) = (atTie(-1), atTie(1))
        case .first: (lower, upper) = (atTie(1), nil)
        case .firstSlight: (lower, upper) = (atTie(1), atClear(1))
        case .firstClear: (lower, upper) = (atClear(1), nil)
        }
    }

    /// With A = σ(d − lower), B = σ(d − upper) and q = 1/(e^(upper − lower) − 1): ∂d = 1 − A − B, ∂lower = −(q + 1 − A),
    /// ∂upper = q + B, and their derivatives. A is 1 without a lower end, B is 0 without an upper one, and q is 0 without either.
    func slope(logit: Double) -> ResponseModel.Slope {
        let a = lower.map { ElementaryFunctions.logistic(logit - $0.value) } ?? 1
        let b = upper.map { ElementaryFunctions.logistic(logit - $0.value) } ?? 0
        return slope(a: a, b: b, weightA: a * (1 - a), weightB: b * (1 - b))
    }

    /// From A, B, A(1 − A) and B(1 − B), in which all derivatives are linear; so averages of these give averages of those.
    private func slope(a: Double, b: Double, weightA: Double, weightB: Double) -> ResponseModel.Slope {
        var q = 0.0
        if let lower, let upper {
            let tail = ElementaryFunctions.exp(lower.value - upper.value)
            q = tail / (1 - tail)
        }
        let r = q * (1 + q)
        var slope = ResponseModel.Slope()
        slope.byLogit = 1 - a - b
        slope.logitLogit = weightA + weightB
        func add(_ end: End, first: Double, mixed: Double, second: Double) {
            slope.byClear += end.clear * first
            slope.byTie += end.tie * first
            slope.logitClear += end.clear * mixed
            slope.logitTie += end.tie * mixed
            slope.clearClear += end.clear * end.clear * second
            slope.clearTie += end.clear * end.tie * second
            slope.tieTie += end.tie * end.tie * second
        }
        if let lower { add(lower, first: -(q + 1 - a), mixed: -weightA, second: r + weightA) }
        if let upper { add(upper, first: q + b, mixed: -weightB, second: r + weightB) }
        if let lower, let upper {
            slope.clearClear -= 2 * r * lower.clear * upper.clear
            slope.clearTie -= r * (lower.clear * upper.tie + lower.tie * upper.clear)
            slope.tieTie -= 2 * r * lower.tie * upper.tie
        }
        return slope
    }

    /// A and 1 − B at eight logits; their product is the probability A − B, but for the factor 1 − e^(lower − upper). 1 − B is found by itself,
    /// because it is more than zero where B is one but for rounding.
    func probabilities(logits: SIMD8<Double>) -> (a: SIMD8<Double>, notB: SIMD8<Double>) {
        let one = SIMD8<Double>(repeating: 1)
        return (
            lower.map { ElementaryFunctions.logistic(logits - $0.value) } ?? one,
            upper.map { ElementaryFunctions.logistic($0.value - logits) } ?? one
        )
    }

    /// The slope on average over eight logits with shares that sum to one.
    func averagedSlope(a: SIMD8<Double>, notB: SIMD8<Double>, shares: SIMD8<Double>) -> ResponseModel.Slope {
        slope(
            a: SymmetricMatrix.total(shares * a), b: 1 - SymmetricMatrix.total(shares * notB),
            weightA: SymmetricMatrix.total(shares * a * (1 - a)), weightB: SymmetricMatrix.total(shares * notB * (1 - notB)))
    }
}
