/// Where the parts of a point stand: abilities, position biases, and the two thresholds of the answers.
struct PointLayout: Sendable {
    let itemCount: Int
    /// One for each judge, or one for all.
    let biasCount: Int

    /// Length of a point.
    var dimension: Int { itemCount + biasCount + 2 }
    /// Places of the position biases.
    var biases: Range<Int> { itemCount..<clear }
    /// t, or 1 where no answer has a margin.
    var clear: Int { itemCount + biasCount }
    /// u or η, or 0 where there are no ties.
    var tie: Int { clear + 1 }

    /// Place of a judge's position bias.
    func bias(of judge: Int32) -> Int { itemCount + (biasCount > 1 ? Int(judge) : 0) }
}
