import CJCore

/// How reliable the scale is, by every figure that is told of it.
struct ScoreReliabilitySection: ScoreSection {
    let report: ScoreReport

    var html: HTML {
        section("reliability", "Reliability", "<dl class=\"figures\">\n\(posterior + separation + halves + circles)</dl>\n")
    }

    private var posterior: [HTML] {
        guard case .posterior(_, let reliability, let tau) = report.estimator else { return [] }
        return [
            figure(
                "Reliability (posterior)", decimal(reliability),
                """
                The squared correlation with the true places that is to be expected: 0 would be a lottery, 1 certainty. Choosing pairs by \
                results does not flatter it.
                """),
            figure(
                "Expected agreement with the true order", "τ = \(decimal(tau))",
                "Kendall's tau: the share of pairs in the right order minus the share in the wrong one."),
        ]
    }

    private var separation: [HTML] {
        [
            figure(
                "Scale separation reliability", decimal(report.scaleSeparationReliability),
                "The figure that studies usually publish. It is too high where pairs were chosen by results."),
            figure(
                "Separation ratio and strata",
                "\(decimal(report.separationRatio)) and \(decimal(report.strata, 1))",
                "The spread of the items in units of the error, and how many levels that tells apart."),
        ]
    }

    private var halves: [HTML] {
        guard let halves = report.splitHalves else { return [] }
        let meaning: String
        switch halves.unit {
        case .judges: meaning = "How far two halves of the judges agree, each with a scale of its own."
        case .judgements:
            meaning =
                "How far two halves of the judgements agree, each with a scale of its own. One judge made them, so it agrees with itself."
        }
        return [
            figure(
                "Split-halves reliability (\(halves.unit.rawValue))",
                "\(decimal(halves.mean)), from \(decimal(halves.low)) to \(decimal(halves.high))",
                """
                \(meaning) Mean correlation of \(halves.splits) splits, and where nine in ten lie; by Spearman and Brown it is \
                \(decimal(halves.fullLength)) for all.
                """)
        ]
    }

    private var circles: [HTML] {
        guard let triads = report.triads, triads.triads > 0 else { return [] }
        return [
            figure(
                "Circular triads", "\(count(triads.circular)) of \(count(triads.triads))",
                """
                Items a, b and c with a preferred to b, b to c, and c to a. The scale expects \(decimal(triads.expected, 1)) ± \
                \(decimal(triads.standardDeviation, 1)), coins \(decimal(0.25 * Double(triads.triads), 1)). Many more than expected say \
                that judges see more than one quality.
                """)
        ]
    }
}
