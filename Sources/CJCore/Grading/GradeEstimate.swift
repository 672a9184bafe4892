/// How probable each grade is for an item.
public struct GradeEstimate: Sendable, Hashable {
    /// The most probable grade; the lower one where two are equally so.
    public let grade: String
    /// Probability of each grade of the scale, lowest first; they add up to 1.
    public let probabilities: [Double]

    /// Probability of the most probable grade: how confident one can be of it.
    public var confidence: Double { probabilities.max() ?? 0 }

    init(probabilities: [Double], gradeScale: GradeScale) {
        let best = probabilities.indices.reduce(0) { probabilities[$1] > probabilities[$0] ? $1 : $0 }
        self.probabilities = probabilities
        grade = gradeScale.grades[best]
    }
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
