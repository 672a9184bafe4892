/// How far two lists of numbers for the same things agree.
public enum Agreement {
    /// Kendall's τ-b: concordant less discordant pairs, over the geometric mean of the pairs tied in neither list (Kendall 1945); 0
    /// where one list is constant.
    public static func kendallTau(_ one: [Double], _ other: [Double]) -> Double {
        precondition(one.count == other.count, "both lists are for the same things")
        var (balance, untiedInOne, untiedInOther) = (0.0, 0.0, 0.0)
        for index in one.indices {
            for earlier in 0..<index {
                let left = sign(one[index] - one[earlier])
                let right = sign(other[index] - other[earlier])
                balance += left * right
                untiedInOne += left * left
                untiedInOther += right * right
            }
        }
        let scale = (untiedInOne * untiedInOther).squareRoot()
        return scale > 0 ? balance / scale : 0
    }

    /// Square of Pearson's correlation; 0 where one list is constant.
    public static func squaredCorrelation(_ one: [Double], _ other: [Double]) -> Double {
        let (both, own, others) = moments(one, other)
        return own * others > 0 ? both * both / (own * others) : 0
    }

    /// Pearson's correlation; 0 where one list is constant.
    public static func correlation(_ one: [Double], _ other: [Double]) -> Double {
        let (both, own, others) = moments(one, other)
        return own * others > 0 ? both / (own * others).squareRoot() : 0
    }

    /// Sums of products and squares about the means.
    private static func moments(_ one: [Double], _ other: [Double]) -> (both: Double, own: Double, others: Double) {
        precondition(one.count == other.count, "both lists are for the same things")
        guard !one.isEmpty else { return (0, 0, 0) }
        let meanOfOne = one.reduce(0, +) / Double(one.count)
        let meanOfOther = other.reduce(0, +) / Double(other.count)
        var (both, own, others) = (0.0, 0.0, 0.0)
        for index in one.indices {
            let left = one[index] - meanOfOne
            let right = other[index] - meanOfOther
            both += left * right
            own += left * left
            others += right * right
        }
        return (both, own, others)
    }

    private static func sign(_ value: Double) -> Double { value > 0 ? 1 : value < 0 ? -1 : 0 }
}
