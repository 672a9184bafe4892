/// Grades for the items of a scale, from those of its anchors.
///
/// A grade comes as probabilities, in which the uncertainty of the item's ability, of the cuts between grades and of human
/// grading are all contained: over draws from the posterior of an ordinal model (see `GradeModel`), the share of the item's
/// ability between two cuts is averaged. No prior says how many items deserve which grade.
public struct GradeProjection: Sendable {
    public let gradeScale: GradeScale
    /// The borders between neighbouring grades, lowest first.
    public let cutScores: [CutScore]
    /// Why grades are wide.
    public let notes: [GradingNote]

    private let estimates: [Item.ID: GradeEstimate]

    /// Draws from the posterior of the cuts; half of them mirror the other half.
    private static let draws = 400
    /// Distance, in standard errors of the difference, from which two anchors in the wrong order are mentioned.
    private static let clearInversion = 1.64

    /// Grades every item of a scale.
    ///
    /// Refused with the reason when an anchor or a grade is unknown, when anchors have fewer than two different grades, and when
    /// the judge's order contradicts the anchors' grades at least as often as it agrees with them.
    public init(scale: Scale, anchors: [Anchor], gradeScale: GradeScale) throws(GradeError) {
        let graded = try Self.graded(anchors, on: scale, gradeScale)
        let order = AnchorOrder(anchors: graded, scale: scale, clearInversion: Self.clearInversion)
        guard order.agreements > order.contradictions else {
            let pairs = order.agreements + order.contradictions
            throw GradeError(
                .invertedAnchors(contradictions: order.contradictions, pairs: pairs),
                "the judge's order contradicts the anchors' grades in \(order.contradictions) of \(pairs) pairs of anchors with "
                    + "different grades")
        }
        let observations = graded.map { anchor in
            let estimate = scale.estimate(of: anchor.item)
            return GradeModel.Observation(
                ability: estimate.ability, variance: estimate.standardError * estimate.standardError, grade: anchor.grade)
        }
        let model = GradeModel(
            gradeCount: gradeScale.grades.count, observations: observations, spread: scale.priorStandardDeviation)
        let draws = GradeDraws(model: model, count: Self.draws)
        self.gradeScale = gradeScale
        cutScores = draws.cutScores(of: gradeScale)
        notes = Self.notes(graded: graded, order: order, scale: scale, gradeScale: gradeScale)
        var estimates: [Item.ID: GradeEstimate] = [:]
        for item in scale.items {
            let estimate = scale.estimate(of: item)
            let variance = estimate.standardError * estimate.standardError
            let probabilities = draws.probabilities(ability: estimate.ability, variance: variance)
            estimates[item] = GradeEstimate(probabilities: probabilities, gradeScale: gradeScale)
        }
        self.estimates = estimates
    }

    /// The grade of an item, which must be on the scale that was graded.
    public func grade(of item: Item.ID) -> GradeEstimate {
        guard let estimate = estimates[item] else { preconditionFailure("an item that is not on the scale was asked for") }
        return estimate
    }

    private static func graded(
        _ anchors: [Anchor], on scale: Scale, _ gradeScale: GradeScale
    ) throws(GradeError) -> [GradedAnchor] {
        var graded: [GradedAnchor] = []
        var seen: Set<Item.ID> = []
        for anchor in anchors {
            guard scale.contains(anchor.item), seen.insert(anchor.item).inserted else {
                throw GradeError(.unknownAnchor, "the anchor \(anchor.item) is not among the items, or is there twice")
            }
            guard let grade = gradeScale.index(of: anchor.grade) else {
                throw GradeError(.unknownGrade, "the anchor \(anchor.item) has the grade \(anchor.grade), which the scale lacks")
            }
            graded.append(GradedAnchor(item: anchor.item, grade: grade))
        }
        guard Set(graded.map(\.grade)).count >= 2 else {
            throw GradeError(.tooFewGrades, "anchors of at least two different grades are needed")
        }
        // In the order of their names, so that the order in which they were given changes nothing.
        return graded.sorted { $0.item < $1.item }
    }

    private static func notes(
        graded: [GradedAnchor], order: AnchorOrder, scale: Scale, gradeScale: GradeScale
    ) -> [GradingNote] {
        var notes: [GradingNote] = []
        let missing = gradeScale.grades.indices.filter { grade in !graded.contains { $0.grade == grade } }
        if !missing.isEmpty { notes.append(.gradesWithoutAnchor(missing.map { gradeScale.grades[$0] })) }
        notes += order.clearInversions.map { inversion in
            .anchorsInverted(
                lower: Anchor(item: inversion.lower.item, grade: gradeScale.grades[inversion.lower.grade]),
                higher: Anchor(item: inversion.higher.item, grade: gradeScale.grades[inversion.higher.grade]))
        }
        if !scale.isConnected { notes.append(.itemsUnconnected) }
        return notes
    }
}
