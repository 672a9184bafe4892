/// How probable each grade is for an item.
public struct GradeEstimate: Sendable, Hashable {
    /// The grade in the middle of the distribution: the item deserves this one or a lower one with a probability of a half or more, and
    /// this one or a higher one likewise. It is the grade with the smallest expected error in steps.
    public let grade: String
    /// Place of the grade on the scale, from 0.
    public let index: Int
    /// Probability of each grade of the scale, lowest first; they add up to 1.
    public let probabilities: [Double]
    /// The part of the grade in which the middle of the distribution lies, where the scale has a step there; otherwise empty.
    public let step: GradeSteps

    /// Probability of the grade: how confident one can be of it.
    public var confidence: Double { probabilities[index] }

    /// Makes an estimate of probabilities and of those of the lowest and the highest quarter of each grade.
    init(probabilities: [Double], lowParts: [Double], highParts: [Double], gradeScale: GradeScale) {
        self.probabilities = probabilities
        var below = 0.0
        var middle = 0
        while middle < probabilities.count - 1, below + probabilities[middle] < Self.half {
            below += probabilities[middle]
            middle += 1
        }
        index = middle
        grade = gradeScale.grades[middle]
        if gradeScale.steps[middle].contains(.minus), below + lowParts[middle] >= Self.half {
            step = .minus
        } else if gradeScale.steps[middle].contains(.plus), below + probabilities[middle] - highParts[middle] < Self.half {
            step = .plus
        } else {
            step = []
        }
    }

    /// The shortest run of neighbouring grades that holds the item's with this probability at least, of those as short the most probable.
    public func credibleGrades(_ probability: Double) -> ClosedRange<Int> {
        var best: (range: ClosedRange<Int>, mass: Double)?
        for lowest in probabilities.indices {
            var mass = 0.0
            for highest in lowest..<probabilities.count {
                mass += probabilities[highest]
                guard mass >= probability else { continue }
                let range = lowest...highest
                if best.map({ (range.count, -mass) < ($0.range.count, -$0.mass) }) ?? true { best = (range, mass) }
                break
            }
        }
        // Rounding can leave the sum of all a little below 1.
        return best?.range ?? 0...(probabilities.count - 1)
    }

    /// A half, less what rounding takes from a sum of halves.
    private static let half = 0.5 - 1e-12
}

/// The border between two neighbouring grades.
public struct CutScore: Sendable, Hashable {
    /// The grade below the border, and the one above it.
    public let lower: String
    public let upper: String
    /// Logits, in the gauge of the scale.
    public let ability: Double
    /// Standard deviation of the posterior of the border, in logits.
    public let standardError: Double
}
