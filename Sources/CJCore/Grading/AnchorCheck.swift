/// What the anchors say of each other: each is graded as if its grade were not known, and the result held against the grade that it has.
///
/// An anchor is left out alone where there are at most forty, and with others where there are more, so that the borders are fitted forty
/// times at most.
public struct AnchorCheck: Sendable, Hashable {
    /// One anchor, graded by the others.
    public struct Entry: Sendable, Hashable {
        public let anchor: Anchor
        /// Nothing where the others have one grade only, and so say nothing.
        public let predicted: GradeEstimate?
        /// Predicted less known grade, in steps of the scale; zero where nothing was predicted.
        public let error: Int
        /// Probability that the others give to the grade that the anchor has; zero where nothing was predicted.
        public let probability: Double
    }

    /// In the order of the anchors' names.
    public let entries: [Entry]
    /// Pairs of anchors with different grades, and those among them that the judge puts the other way round, by however little.
    public let pairs: Int
    public let inversions: Int

    /// Mean distance between predicted and known grade, in steps; nothing where nothing could be predicted.
    public var meanError: Double? { mean { Double($0.error.magnitude) } }
    /// Mean of predicted less known grade, in steps; below zero, anchors are graded too low. Nothing where nothing could be predicted.
    public var bias: Double? { mean { Double($0.error) } }
    /// The largest distance between predicted and known grade, in steps.
    public var worstError: Int { entries.map { Int($0.error.magnitude) }.max() ?? 0 }

    /// Most fits that a check takes.
    static let maximumFits = 40
    /// Mean error from which the anchors are said to disagree.
    static let disagreement = 1.0

    init(anchors: [GradedAnchor], order: AnchorOrder, model: GradeModel, gradeScale: GradeScale) {
        pairs = order.agreements + order.contradictions
        inversions = order.contradictions
        let fits = min(Self.maximumFits, anchors.count)
        var entries: [Int: Entry] = [:]
        for fit in 0..<fits {
            let left = stride(from: fit, to: anchors.count, by: fits)
            let others = model.observations.indices.filter { $0 % fits != fit }.map { model.observations[$0] }
            let draws = Set(others.map(\.grade)).count >= 2 ? GradeDraws(model: model.observing(others), count: Self.draws) : nil
            for place in left {
                entries[place] = Self.entry(
                    anchors[place], observation: model.observations[place], draws: draws, gradeScale: gradeScale)
            }
        }
        self.entries = anchors.indices.compactMap { entries[$0] }
    }

    /// Draws from the posterior of the borders for one anchor.
    private static let draws = 200

    private static func entry(
        _ graded: GradedAnchor, observation: GradeModel.Observation, draws: GradeDraws?, gradeScale: GradeScale
    ) -> Entry {
        let predicted = draws?.estimate(ability: observation.ability, variance: observation.variance, on: gradeScale)
        return Entry(
            anchor: Anchor(item: graded.item, grade: gradeScale.grades[graded.grade]), predicted: predicted,
            error: predicted.map { $0.index - graded.grade } ?? 0,
            probability: predicted.map { $0.probabilities[graded.grade] } ?? 0)
    }

    private func mean(_ value: (Entry) -> Double) -> Double? {
        let predicted = entries.filter { $0.predicted != nil }
        return predicted.isEmpty ? nil : predicted.reduce(0) { $0 + value($1) } / Double(predicted.count)
    }
}
