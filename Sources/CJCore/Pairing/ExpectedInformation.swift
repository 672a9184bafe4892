/// What a comparison is expected to tell, when the difference of the two abilities is known to be about d, with variance s².
///
/// A judge that says how clear a difference is gives one of four answers, divided at −t, 0 and t of what it perceives; one that does not,
/// one of two.
enum ExpectedInformation {
    /// Nodes and weights of the Gauss–Hermite rule with seven nodes, for a standard normal variable.
    private static let nodes = [0.0, 1.154405394739968, 2.366759410734541, 3.750439717725742]
    private static let shares = [0.45714285714285713, 0.24012317860501272, 0.030757123967586502, 0.0005482688559722179]
    /// The same from the lowest up; the eighth is nobody's.
    private static let nodesSideBySide = SIMD8(-nodes[3], -nodes[2], -nodes[1], nodes[0], nodes[1], nodes[2], nodes[3], 0)
    private static let sharesSideBySide = SIMD8(
        shares[3], shares[2], shares[1], shares[0], shares[1], shares[2], shares[3], 0)

    /// Expected Fisher information Σp′²/p in squared logits⁻¹, which for two answers is p(1 − p).
    ///
    /// - Parameter clear: t; nothing for two answers.
    static func weight(difference: Double, variance: Double, clear: Double? = nil) -> Double {
        guard let clear else { return expectation(difference: difference, variance: variance) { $0 * (1 - $0) } }
        return expectation(difference: difference, variance: variance) { probability in
            let steps = Answers(probability, odds: ElementaryFunctions.exp(clear)).cumulative
            var sum = 0.0
            for (upper, lower) in zip([1] + steps, steps + [0]) where upper > lower {
                let slope = upper * (1 - upper) - lower * (1 - lower)
                sum += slope * slope / (upper - lower)
            }
            return sum
        }
    }

    /// What the answer tells of the difference, in nats: H(E p) − E H(p).
    static func gain(difference: Double, variance: Double, clear: Double? = nil) -> Double {
        guard let clear else { return gain(difference: difference, variance: variance) }
        let odds = ElementaryFunctions.exp(clear)
        var mean = SIMD4<Double>.zero
        let expected = expectation(difference: difference, variance: variance) { probability, share in
            let answers = Answers(probability, odds: odds).probabilities
            mean += share * answers
            return entropy(answers)
        }
        return entropy(mean) - expected
    }

    /// The same of two answers, at all nodes side by side: of many pairs this is asked.
    ///
    /// With t = e⁻|ˣ|, the less probable answer has p = t/(1 + t), and H(p) = ln(1 + t) + |x|·p.
    private static func gain(difference: Double, variance: Double) -> Double {
        let deviation = variance.squareRoot()
        let signed = (nodesSideBySide * deviation + difference).clamped(
            lowerBound: SIMD8(repeating: -ElementaryFunctions.farthestOfEight),
            upperBound: SIMD8(repeating: ElementaryFunctions.farthestOfEight))
        let logits = signed.replacing(with: -signed, where: signed .< 0)
        let tails = ElementaryFunctions.exp(-logits)
        let lower = tails / (1 + tails)
        let entropies = ElementaryFunctions.logOnePlus(tails) + logits * lower
        let mean = SymmetricMatrix.total(sharesSideBySide * lower.replacing(with: 1 - lower, where: signed .>= 0))
        return entropy(mean) - SymmetricMatrix.total(sharesSideBySide * entropies)
    }

    /// Mean of a value that depends on the probability of winning.
    static func expectation(difference: Double, variance: Double, of value: (Double) -> Double) -> Double {
        expectation(difference: difference, variance: variance) { probability, _ in value(probability) }
    }

    private static func expectation(difference: Double, variance: Double, of value: (Double, Double) -> Double) -> Double {
        let deviation = variance.squareRoot()
        var sum = shares[0] * value(ElementaryFunctions.logistic(difference), shares[0])
        for index in 1..<nodes.count {
            let offset = nodes[index] * deviation
            let lower = value(ElementaryFunctions.logistic(difference - offset), shares[index])
            let upper = value(ElementaryFunctions.logistic(difference + offset), shares[index])
            sum += shares[index] * (lower + upper)
        }
        return sum
    }

    /// Entropy in nats of an outcome with this probability.
    private static func entropy(_ probability: Double) -> Double {
        term(probability) + term(1 - probability)
    }

    private static func entropy(_ answers: SIMD4<Double>) -> Double {
        term(answers[0]) + term(answers[1]) + term(answers[2]) + term(answers[3])
    }

    private static func term(_ probability: Double) -> Double {
        probability > 0 ? -probability * ElementaryFunctions.log(probability) : 0
    }

    /// The four answers, from the probability p of winning and eᵗ: with odds p/(1 − p), those of winning clearly are e⁻ᵗ times, those of
    /// not losing clearly eᵗ times as large.
    private struct Answers {
        /// Probabilities of not losing clearly, of winning, of winning clearly.
        let cumulative: [Double]

        init(_ probability: Double, odds: Double) {
            let other = 1 - probability
            cumulative = [
                probability * odds / (probability * odds + other), probability, probability / (probability + other * odds),
            ]
        }

        var probabilities: SIMD4<Double> {
            SIMD4(1 - cumulative[0], cumulative[0] - cumulative[1], cumulative[1] - cumulative[2], cumulative[2])
        }
    }
}
