/// What a comparison is expected to tell, when the difference of the two abilities is known to be about d, with variance s².
enum ExpectedInformation {
    /// Nodes and weights of the Gauss–Hermite rule with seven nodes, for a standard normal variable.
    private static let nodes = [0.0, 1.154405394739968, 2.366759410734541, 3.750439717725742]
    private static let shares = [0.45714285714285713, 0.24012317860501272, 0.030757123967586502, 0.0005482688559722179]

    /// Expected p(1 − p), the Fisher information in squared logits⁻¹.
    static func weight(difference: Double, variance: Double) -> Double {
        expectation(difference: difference, variance: variance) { probability in probability * (1 - probability) }
    }

    /// Bits' worth, in nats, that the outcome tells of the difference: H(E p) − E H(p).
    static func gain(difference: Double, variance: Double) -> Double {
        let mean = expectation(difference: difference, variance: variance) { $0 }
        return entropy(mean) - expectation(difference: difference, variance: variance, of: entropy)
    }

    /// Mean of a value that depends on the probability of winning.
    static func expectation(difference: Double, variance: Double, of value: (Double) -> Double) -> Double {
        let deviation = variance.squareRoot()
        var sum = shares[0] * value(ElementaryFunctions.logistic(difference))
        for index in 1..<nodes.count {
            let offset = nodes[index] * deviation
            let lower = value(ElementaryFunctions.logistic(difference - offset))
            let upper = value(ElementaryFunctions.logistic(difference + offset))
            sum += shares[index] * (lower + upper)
        }
        return sum
    }

    /// Entropy in nats of an outcome with this probability.
    private static func entropy(_ probability: Double) -> Double {
        guard probability > 0, probability < 1 else { return 0 }
        let other = 1 - probability
        return -probability * ElementaryFunctions.log(probability) - other * ElementaryFunctions.log(other)
    }
}
