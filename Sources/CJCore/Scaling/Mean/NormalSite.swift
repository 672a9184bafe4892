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
