/// An anchor with the place of its grade.
struct GradedAnchor {
    let item: Item.ID
    /// From 0 for the lowest.
    let grade: Int
}

/// How the judge's order of the anchors agrees with that of their grades.
struct AnchorOrder {
    /// An anchor that stands above one of a higher grade.
    struct Inversion {
        let lower: GradedAnchor
        let higher: GradedAnchor
    }

    /// Pairs of anchors with different grades that the judge puts in the order of their grades, and those that it does not.
    private(set) var agreements = 0
    private(set) var contradictions = 0
    /// Contradictions that are larger than chance would explain.
    private(set) var clearInversions: [Inversion] = []

    init(anchors: [GradedAnchor], scale: Scale, clearInversion: Double) {
        for lower in anchors {
            for higher in anchors where higher.grade > lower.grade {
                let lead = scale.estimate(of: higher.item).ability - scale.estimate(of: lower.item).ability
                if lead > 0 { agreements += 1 } else { contradictions += 1 }
                let error = scale.varianceOfDifference(lower.item, higher.item).squareRoot()
                if -lead > clearInversion * error { clearInversions.append(Inversion(lower: lower, higher: higher)) }
            }
        }
    }
}
