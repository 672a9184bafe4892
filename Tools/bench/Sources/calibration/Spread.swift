/// How far the abilities of simulated items lie apart.
struct Spread {
    /// Standard deviation in logits, or the median of it.
    let deviation: Double
    /// Standard deviation of its logarithm from run to run.
    let logSpread: Double

    static let known = [1.0, 2, 4].map { Spread(deviation: $0, logSpread: 0) }
    /// Drawn from what the estimator believes before the first judgement. Over these, and over these alone, an exact posterior is right on
    /// average: of items that are much more or less alike than was to be expected it says too little or too much.
    static let believed = Spread(deviation: 2.2, logSpread: 1)

    var name: String { logSpread > 0 ? "drawn" : String(Int(deviation)) }
}
