/// How often something is decided about an assessment.
///
/// A decision takes time in proportion to the cube of the number of essays, and among many essays one more result hardly changes it. So
/// an assessment is looked at once for every n²/8000 results: for each one up to 126 essays, for every 125 of 1,000 essays, which is a
/// quarter of what it takes to show each of them once more. The comparisons to be made meanwhile are chosen ahead.
package struct DecisionPace: Sendable, Hashable {
    /// n² for each result that is waited for.
    package static let squareOfEssays = 8000
    /// Failures in a row that are looked at without waiting for anything more.
    package static let failuresWorthALook = 8

    /// Results after which the next decision is due.
    package let results: Int

    package init(essays: Int) {
        results = max(1, essays * essays / Self.squareOfEssays)
    }

    /// Comparisons chosen and not judged yet, at most, so that the judge has enough to do until the next decision.
    package func chosenAtOnce(maximumInFlight: Int) -> Int { maximumInFlight + results - 1 }
}
