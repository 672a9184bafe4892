import CJCore

extension AssessmentSnapshot {
    /// The grades of a scale's items, from those of the anchors among them.
    func grades(on scale: Scale) throws(GradeError) -> GradeProjection {
        let anchors = items.compactMap { item in
            item.anchorGrade.flatMap { scale.contains(item.id) ? Anchor(item: item.id, grade: $0) : nil }
        }
        return try GradeProjection(
            scale: scale, anchors: anchors, gradeScale: grading.scale, usesExpectedShares: !grading.expectedShares.isEmpty)
    }

    /// For each essay without a grade of its own the probabilities of its grades, lowest first; none where there can be no grades.
    func gradeProbabilities(on scale: Scale) -> [[Double]] {
        // Anchors that contradict each other say nothing of the grades of others.
        guard let projection = try? grades(on: scale) else { return [] }
        return items.filter { $0.anchorGrade == nil && scale.contains($0.id) }.map { projection.grade(of: $0.id).probabilities }
    }
}
