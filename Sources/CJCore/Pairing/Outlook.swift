/// What is known of the differences between items, by place, as if everything in flight had been answered.
///
/// The outcome of a comparison in flight is not known, but how far it will narrow the posterior is: by the information it is
/// expected to bring, as one rank-one correction of the covariance each.
struct Outlook {
    /// Best guess of each ability, in logits.
    let abilities: [Double]
    /// Place on the scale; nothing for an item that is not on it.
    private let places: [Int?]
    /// Of the scale.
    private let covariances: SymmetricMatrix?
    /// From which perceived difference the judge says "clearly"; nothing where it has not.
    private let clear: Double?
    /// Variance of an ability of which nothing is known.
    private let priorVariance: Double
    /// Square roots of the corrections: for each item, its share in every one of them, in blocks of eight.
    private var shares: [SIMD8<Double>]
    /// Blocks that each item has room for, and corrections so far.
    private let width: Int
    private var correctionCount = 0

    /// Standard deviation of the prior before there is a scale, in logits.
    private static let initialDeviation = 2.2

    /// Takes what a scale says of items, with room for so many answers to expect.
    init(items: [Item.ID], scale: Scale?, answers: Int) {
        covariances = scale?.orderCovariances
        clear = scale?.thresholds.clear?.logits
        places = items.map { scale?.index(of: $0) }
        abilities = places.map { place in place.flatMap { scale?.ability(at: $0) } ?? 0 }
        let deviation = scale?.priorStandardDeviation ?? Self.initialDeviation
        priorVariance = deviation * deviation
        width = (answers + 7) >> 3
        shares = Array(repeating: .zero, count: width * items.count)
    }

    /// What a comparison of two items is expected to tell, in nats.
    func gain(_ one: Int, _ other: Int) -> Double {
        ExpectedInformation.gain(difference: abilities[one] - abilities[other], variance: variance(one, other), clear: clear)
    }

    /// Variance of the difference of two abilities.
    func variance(_ one: Int, _ other: Int) -> Double {
        var squares = SIMD8<Double>.zero
        for block in 0..<blocksInUse {
            let difference = shares[one * width + block] - shares[other * width + block]
            squares += difference * difference
        }
        let variance = covariance(one, one) + covariance(other, other) - 2 * covariance(one, other)
        return max(0, variance - SymmetricMatrix.total(squares))
    }

    /// Narrows the outlook by a comparison that will be answered.
    mutating func expectAnswer(_ one: Int, _ other: Int) {
        precondition(correctionCount < width * 8, "no more answers can be expected than there is room for")
        let variance = variance(one, other)
        let weight = ExpectedInformation.weight(
            difference: abilities[one] - abilities[other], variance: variance, clear: clear)
        let factor = (weight / (1 + weight * variance)).squareRoot()
        let differences = (0..<blocksInUse).map { shares[one * width + $0] - shares[other * width + $0] }
        let shared = abilities.indices.map { covariance(one, $0) - covariance(other, $0) }
        Self.add(factor, of: shared.span, less: differences.span, to: &shares, width: width, at: correctionCount)
        correctionCount += 1
    }

    /// Adds a correction by what each item shares with the difference of two, less what earlier corrections have taken of that.
    private static func add(
        _ factor: Double, of shared: Span<Double>, less differences: Span<SIMD8<Double>>, to shares: inout [SIMD8<Double>],
        width: Int, at correction: Int
    ) {
        var shares = shares.mutableSpan
        for item in 0..<shared.count {
            let start = item * width
            var narrowed = SIMD8<Double>.zero
            for block in 0..<differences.count { narrowed += shares[start + block] * differences[block] }
            shares[start + correction >> 3][correction & 7] = factor * (shared[item] - SymmetricMatrix.total(narrowed))
        }
    }

    private var blocksInUse: Int { (correctionCount + 7) >> 3 }

    private func covariance(_ one: Int, _ other: Int) -> Double {
        if let covariances, let row = places[one], let column = places[other] { return covariances[row, column] }
        return one == other ? priorVariance : 0
    }
}
