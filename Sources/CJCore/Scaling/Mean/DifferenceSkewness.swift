/// How skewed the differences of abilities are under a posterior.
///
/// A difference d has the third cumulant Σ g·Cov(d, dₐ)³ over all answers a, to first order in their own (``PairSkew``). Those count here that
/// are about one of the two items, and of the covariances those of the item itself. The others are small where each item met several, and count
/// by their cubes: beside the whole sum it changes τ by 0.003 at most in designs by chance, and by a hundredth in a chain of ten.
struct DifferenceSkewness {
    /// For each item, whom it was judged against, with g for its own winning.
    private var neighbours: [[(item: Int, skew: Double)]]
    /// Third cumulant of each ability.
    private var own: [Double]
    private let covariances: SymmetricMatrix

    init(_ pairs: [PairSkew], covariances: SymmetricMatrix) {
        neighbours = Array(repeating: [], count: covariances.size)
        own = Array(repeating: 0, count: covariances.size)
        self.covariances = covariances
        for pair in pairs where pair.sum != 0 {
            neighbours[pair.lower].append((pair.upper, pair.sum))
            neighbours[pair.upper].append((pair.lower, -pair.sum))
            let (lower, upper) = (lead(of: pair.lower, over: pair.upper), lead(of: pair.upper, over: pair.lower))
            own[pair.lower] += pair.sum * lower * lower * lower
            own[pair.upper] -= pair.sum * upper * upper * upper
        }
    }

    /// Third cumulants of an item's lead over each other.
    func cumulants(of item: Int) -> [Double] {
        var cumulants = own.map { own[item] - $0 }
        for neighbour in neighbours[item] {
            // Answers between the two count with the covariances of both: (a + b)³ instead of a³ + b³.
            let (one, other) = (lead(of: item, over: neighbour.item), lead(of: neighbour.item, over: item))
            cumulants[neighbour.item] += 3 * neighbour.skew * one * other * (one + other)
        }
        return cumulants
    }

    /// Covariance of an ability with its lead over another.
    private func lead(of item: Int, over other: Int) -> Double { covariances[item, item] - covariances[item, other] }
}
