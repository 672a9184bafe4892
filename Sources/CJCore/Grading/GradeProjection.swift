/// Grades for the items of a scale, from those of its anchors.
///
/// A grade comes as probabilities, in which the uncertainty of the item's ability and of the cuts between grades are both contained:
/// over draws from the posterior of an ordinal model (see `GradeModel`), the share of the item's ability between two cuts is averaged.
/// How many items deserve which grade counts when the caller asks for it, and only then.
public struct GradeProjection: Sendable {
    public let gradeScale: GradeScale
    /// The borders between neighbouring grades, lowest first.
    public let cutScores: [CutScore]
    /// How well the anchors foretell each other.
    public let anchorCheck: AnchorCheck
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
    /// - Parameter usesExpectedShares: Whether the expected shares of the grade scale count, for the items that are not anchors; a scale
    ///   without them is refused.
    public init(
        scale: Scale, anchors: [Anchor], gradeScale: GradeScale, usesExpectedShares: Bool = false
    ) throws(GradeError) {
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
        let population = try usesExpectedShares ? Self.population(of: scale, anchors: graded, gradeScale: gradeScale) : nil
        let model = GradeModel(
            gradeCount: gradeScale.grades.count, observations: observations, spread: scale.priorStandardDeviation,
            population: population)
        let draws = GradeDraws(model: model, count: Self.draws)
        let check = AnchorCheck(anchors: graded, order: order, model: model, gradeScale: gradeScale)
        self.gradeScale = gradeScale
        cutScores = draws.cutScores(of: gradeScale)
        anchorCheck = check
        notes = Self.notes(graded: graded, order: order, check: check, scale: scale, gradeScale: gradeScale)
        var estimates: [Item.ID: GradeEstimate] = [:]
        for item in scale.items {
            let estimate = scale.estimate(of: item)
            estimates[item] = draws.estimate(
                ability: estimate.ability, variance: estimate.standardError * estimate.standardError, on: gradeScale)
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

    /// The items that are to be graded, as one normal distribution; all items where there are anchors only.
    private static func population(
        of scale: Scale, anchors: [GradedAnchor], gradeScale: GradeScale
    ) throws(GradeError) -> GradeModel.Population {
        guard let shares = gradeScale.expectedShares else {
            throw GradeError(.badShares, "the scale does not say which share of the essays is expected to have which grade")
        }
        let anchors = Set(anchors.map(\.item))
        let ungraded = scale.items.filter { !anchors.contains($0) }
        let estimates = (ungraded.isEmpty ? scale.items : ungraded).map(scale.estimate)
        let mean = estimates.reduce(0) { $0 + $1.ability } / Double(estimates.count)
        let variance = estimates.reduce(0) { sum, estimate in
            let distance = estimate.ability - mean
            return sum + distance * distance + estimate.standardError * estimate.standardError
        }
        return GradeModel.Population(mean: mean, variance: variance / Double(estimates.count), expectedShares: shares)
    }

    private static func notes(
        graded: [GradedAnchor], order: AnchorOrder, check: AnchorCheck, scale: Scale, gradeScale: GradeScale
    ) -> [GradingNote] {
        var notes: [GradingNote] = []
        let missing = gradeScale.grades.indices.filter { grade in !graded.contains { $0.grade == grade } }
        if !missing.isEmpty { notes.append(.gradesWithoutAnchor(missing.map { gradeScale.grades[$0] })) }
        notes += order.clearInversions.map { inversion in
            .anchorsInverted(
                lower: Anchor(item: inversion.lower.item, grade: gradeScale.grades[inversion.lower.grade]),
                higher: Anchor(item: inversion.higher.item, grade: gradeScale.grades[inversion.higher.grade]))
        }
        if let error = check.meanError, error > AnchorCheck.disagreement { notes.append(.anchorsDisagree(meanError: error)) }
        if !scale.isConnected { notes.append(.itemsUnconnected) }
        return notes
    }
}
