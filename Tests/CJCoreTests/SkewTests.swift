import Testing

@testable import CJCore

/// The sums that skews enter, held against their definitions term by term.
@Suite("Skews of answers")
struct SkewTests {
    private static let count = 6

    /// Two answers about each of some pairs, with g for the lower item's winning.
    private static let answers: [(lower: Int, upper: Int, skews: [Double])] = [
        (0, 1, [0.3, -0.1]), (0, 2, [0.2, 0.2]), (0, 5, [-0.4, 0.05]), (1, 2, [0.1, 0.6]), (2, 3, [0.25, -0.5]),
        (3, 5, [0, 0.7]),
    ]

    private static var pairs: [PairSkew] {
        answers.map { answer in
            var pair = PairSkew(lower: answer.lower, upper: answer.upper)
            for skew in answer.skews { pair.add(skew) }
            return pair
        }
    }

    /// Positive definite, and nothing else that would make terms vanish.
    private static var covariances: SymmetricMatrix {
        var generator = SplitMix64(seed: 5)
        let factor = (0..<count).map { _ in (0..<count).map { _ in generator.normal() } }
        var matrix = SymmetricMatrix(size: count)
        for row in 0..<count {
            for column in 0..<count {
                matrix[row, column] = (0..<count).reduce(0) { $0 + factor[row][$1] * factor[column][$1] }
            }
        }
        return matrix
    }

    /// a of each answer, with its g.
    private static var logits: [(ends: [Double], pair: (Int, Int), skew: Double)] {
        answers.flatMap { answer in
            answer.skews.map { skew in
                let ends = (0..<count).map { $0 == answer.lower ? 1.0 : $0 == answer.upper ? -1 : 0 }
                return (ends, (answer.lower, answer.upper), skew)
            }
        }
    }

    private static func covariance(_ one: [Double], _ other: [Double]) -> Double {
        let matrix = covariances
        return (0..<count).reduce(0) { sum, row in
            sum + one[row] * (0..<count).reduce(0) { $0 + matrix[row, $1] * other[$1] }
        }
    }

    @Test("V·K·V is the sum over every two answers about a common item")
    func correction() {
        let (count, matrix, logits) = (Self.count, Self.covariances, Self.logits)
        var coupling = Array(repeating: Array(repeating: 0.0, count: count), count: count)
        for (place, one) in logits.enumerated() {
            for (index, other) in logits.enumerated() where index != place {
                let items = Set([one.pair.0, one.pair.1, other.pair.0, other.pair.1])
                guard items.count < 4 else { continue }
                let square = Self.covariance(one.ends, other.ends) * Self.covariance(one.ends, other.ends)
                for row in 0..<count {
                    for column in 0..<count {
                        coupling[row][column] += 0.5 * one.skew * other.skew * square * one.ends[row] * other.ends[column]
                    }
                }
            }
        }
        let found = matrix.correction(for: Self.pairs)
        for row in 0..<count {
            for column in 0..<count {
                var wanted = 0.0
                for one in 0..<count {
                    for other in 0..<count { wanted += matrix[row, one] * coupling[one][other] * matrix[other, column] }
                }
                #expect((found[row, column] - wanted).magnitude < 1e-9 * (1 + wanted.magnitude), "\(row) \(column)")
            }
        }
    }

    @Test(
        "Third cumulants are the sums over the answers about either item, by its own covariances, or by both where it is about both"
    )
    func cumulants() {
        let (count, matrix) = (Self.count, Self.covariances)
        let skewness = DifferenceSkewness(Self.pairs, covariances: matrix)
        func share(_ item: Int, _ logit: (ends: [Double], pair: (Int, Int), skew: Double)) -> Double {
            guard logit.ends[item] != 0 else { return 0 }
            return (0..<count).reduce(0) { $0 + matrix[item, $1] * logit.ends[$1] }
        }
        for item in 0..<count {
            let found = skewness.cumulants(of: item)
            for other in 0..<count where other != item {
                let wanted = Self.logits.reduce(0) { sum, logit in
                    let lead = share(item, logit) - share(other, logit)
                    return sum + logit.skew * lead * lead * lead
                }
                #expect((found[other] - wanted).magnitude < 1e-9 * (1 + wanted.magnitude), "\(item) \(other)")
                #expect((found[other] + skewness.cumulants(of: other)[item]).magnitude < 1e-9 * (1 + wanted.magnitude))
            }
        }
    }
}
