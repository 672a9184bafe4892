/// What an assessment is to reach.
public enum StoppingGoal: Sendable, Hashable {
    /// Squared correlation of the abilities with the true ones, between 0 and 1.
    case reliability(Double)
    /// Kendall's τ between the order of the abilities and the true one, between 0 and 1.
    case kendallTau(Double)
    /// Standard deviation that the least certain of the grades may have, in steps of the grade scale; above zero. An essay on the border
    /// of two grades has 0.5 even where everything is known.
    case gradeDeviation(Double)
    /// As good as the budget allows.
    case budget

    /// The reliability to which the goal comes, as far as abilities and errors are normal: sin²(πτ/2), because τ = 2/π · arcsin ρ
    /// (Greiner 1909). Nothing where grades or the budget are looked at.
    public var equivalentReliability: Double? {
        switch self {
        case .reliability(let target): return target
        case .kendallTau(let target):
            let sine = ElementaryFunctions.sine(target * .pi / 2)
            return min(max(sine * sine, 1e-9), 1 - 1e-9)
        case .gradeDeviation, .budget: return nil
        }
    }

    /// Whether the figures make sense.
    var isSound: Bool {
        switch self {
        case .reliability(let target), .kendallTau(let target): target > 0 && target < 1
        case .gradeDeviation(let limit): limit > 0
        case .budget: true
        }
    }
}

/// How far an assessment is from its goal.
public struct GoalProgress: Sendable, Hashable {
    public let goal: StoppingGoal
    /// Best guess of what was asked for; nothing where the goal is the budget, or grades that there are not yet.
    public let value: Double?
    /// Probability that what was asked for has been reached.
    public let probability: Double

    /// Weighs a scale.
    ///
    /// - Parameter grades: for each item the probabilities of its grades, lowest first; asked for where the goal is about grades.
    public init(goal: StoppingGoal, scale: Scale, grades: (Scale) -> [[Double]]) {
        self.goal = goal
        switch goal {
        case .reliability(let target):
            value = scale.reliability.posteriorReliability
            probability = scale.reliability.probability(ofReaching: target)
        case .kendallTau(let target):
            let draws = RankAgreement(of: scale)
            value = draws.mean
            probability = draws.probability(ofReaching: target)
        case .gradeDeviation(let limit):
            let widest = grades(scale).map(Self.deviation).max()
            value = widest
            // What a distribution says of a grade is all that there is to say of it.
            probability = (widest ?? .infinity) <= limit ? 1 : 0
        case .budget:
            value = nil
            probability = 0
        }
    }

    /// Standard deviation of the place of a grade among the grades.
    static func deviation(_ probabilities: [Double]) -> Double {
        var (total, mean, square) = (0.0, 0.0, 0.0)
        for (place, probability) in probabilities.enumerated() {
            total += probability
            mean += Double(place) * probability
            square += Double(place * place) * probability
        }
        guard total > 0 else { return .infinity }
        mean /= total
        return max(0, square / total - mean * mean).squareRoot()
    }
}
