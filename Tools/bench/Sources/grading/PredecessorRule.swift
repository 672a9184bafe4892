/// How the system that went before drew the borders between grades.
///
/// The centre of a grade with fewer than three anchors is their mean mixed with (k + ½)/K, a number between 0 and 1 whatever the
/// spread of the abilities; centres are made to rise by pooling neighbours, and a border lies in the middle between two.
struct PredecessorRule {
    private let borders: [Double]

    /// Anchors that a grade needs to be taken at their word.
    private static let enough = 3

    init(anchors: [(ability: Double, grade: Int)], gradeCount: Int) {
        let centres = (0..<gradeCount).map { grade in
            let own = anchors.filter { $0.grade == grade }.map(\.ability)
            let expected = (Double(grade) + 0.5) / Double(gradeCount)
            guard !own.isEmpty else { return expected }
            let weight = min(1, Double(own.count) / Double(Self.enough))
            return weight * own.reduce(0, +) / Double(own.count) + (1 - weight) * expected
        }
        let rising = Self.rising(centres)
        borders = zip(rising, rising.dropFirst()).map { ($0 + $1) / 2 }
    }

    func grade(of ability: Double) -> Int { borders.count { ability >= $0 } }

    /// The nearest numbers that do not fall, by pooling adjacent violators.
    private static func rising(_ values: [Double]) -> [Double] {
        var pools: [(mean: Double, count: Int)] = []
        for value in values {
            pools.append((value, 1))
            while pools.count > 1, pools[pools.count - 2].mean > pools[pools.count - 1].mean {
                let upper = pools.removeLast()
                let lower = pools.removeLast()
                let count = lower.count + upper.count
                let mean = (lower.mean * Double(lower.count) + upper.mean * Double(upper.count)) / Double(count)
                pools.append((mean, count))
            }
        }
        return pools.flatMap { Array(repeating: $0.mean, count: $0.count) }
    }
}
