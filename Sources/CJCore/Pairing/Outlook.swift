/// What is known of the differences between items, by place, as if everything in flight had been answered.
///
/// The outcome of a comparison in flight is not known, but how far it will narrow the posterior is: by the information it is
/// expected to bring, as one rank-one correction of the covariance each.
struct Outlook {
    private let abilities: [Double]
    /// Place on the scale; nothing for an item that is not on it.
    private let places: [Int?]
    private let scale: Scale?
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
        self.scale = scale
        clear = scale?.thresholds.clear?.logits
        places = items.map { scale?.index(of: $0) }
        abilities = places.map { place in place.flatMap { scale?.ability(at: $0) } ?? 0 }
        let deviation = scale?.priorStandardDeviation ?? Self.initialDeviation
        priorVariance = deviation * deviation
        width = (answers + 7) >> 3
        shares = Array(repeating: .zero, count: width * items.count)
    }

    /// Best guess of the ability at a place.
    func ability(of item: Int) -> Double { abilities[item] }

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
        let (block, place) = (correctionCount >> 3, correctionCount & 7)
        for item in abilities.indices {
            var narrowed = SIMD8<Double>.zero
            for earlier in differences.indices { narrowed += shares[item * width + earlier] * differences[earlier] }
            let shared = covariance(item, one) - covariance(item, other) - SymmetricMatrix.total(narrowed)
            shares[item * width + block][place] = factor * shared
        }
        correctionCount += 1
    }

    private var blocksInUse: Int { (correctionCount + 7) >> 3 }

    private func covariance(_ one: Int, _ other: Int) -> Double {
        if let scale, let row = places[one], let column = places[other] { return scale.orderCovariance(at: row, column) }
        return one == other ? priorVariance : 0
    }
}
