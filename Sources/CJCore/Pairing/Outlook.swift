/// What is known of the differences between items, by place, as if everything in flight had been answered.
///
/// The outcome of a comparison in flight is not known, but how far it will narrow the posterior is: by the information it is
/// expected to bring, as one rank-one correction of the covariance each.
struct Outlook {
    private let abilities: [Double]
    /// Place on the scale; nothing for an item that is not on it.
    private let places: [Int?]
    private let scale: Scale?
    /// Variance of an ability of which nothing is known.
    private let priorVariance: Double
    /// Square roots of the corrections, each one number per item.
    private var corrections: [[Double]] = []

    /// Standard deviation of the prior before there is a scale, in logits.
    private static let initialDeviation = 2.2

    /// Takes what a scale says of items.
    init(items: [Item.ID], scale: Scale?) {
        self.scale = scale
        places = items.map { scale?.index(of: $0) }
        abilities = places.map { place in place.flatMap { scale?.ability(at: $0) } ?? 0 }
        let deviation = scale?.priorStandardDeviation ?? Self.initialDeviation
        priorVariance = deviation * deviation
    }

    /// Best guess of the ability at a place.
    func ability(of item: Int) -> Double { abilities[item] }

    /// Variance of the difference of two abilities.
    func variance(_ one: Int, _ other: Int) -> Double {
        var variance = covariance(one, one) + covariance(other, other) - 2 * covariance(one, other)
        for correction in corrections {
            let difference = correction[one] - correction[other]
            variance -= difference * difference
        }
        return max(0, variance)
    }

    /// Narrows the outlook by a comparison that will be answered.
    mutating func expectAnswer(_ one: Int, _ other: Int) {
        let variance = variance(one, other)
        let weight = ExpectedInformation.weight(difference: abilities[one] - abilities[other], variance: variance)
        let factor = (weight / (1 + weight * variance)).squareRoot()
        let correction = abilities.indices.map { item in
            var shared = covariance(item, one) - covariance(item, other)
            for earlier in corrections { shared -= earlier[item] * (earlier[one] - earlier[other]) }
            return factor * shared
        }
        corrections.append(correction)
    }

    private func covariance(_ one: Int, _ other: Int) -> Double {
        if let scale, let row = places[one], let column = places[other] { return scale.covariance(at: row, column) }
        return one == other ? priorVariance : 0
    }
}
