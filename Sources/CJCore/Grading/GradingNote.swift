/// Why grades are wide.
public enum GradingNote: Sendable, Hashable {
    /// No anchor has one of these grades, lowest first; the borders there follow from the spacing of the other grades.
    case gradesWithoutAnchor([String])
    /// The judge puts the anchor of the lower grade above that of the higher one, by more than chance explains.
    case anchorsInverted(lower: Anchor, higher: Anchor)
    /// Graded by the others alone, anchors miss their grades by more than a step on the mean; see ``AnchorCheck``.
    case anchorsDisagree(meanError: Double)
    /// Some items have not been compared with the others, not even by way of third ones; their grades are guesses.
    case itemsUnconnected
}
