import Contracts
import EventLog
import Wire

/// What an assessment has come to, for those who wait for its end.
package struct Conclusion: Sendable {
    /// Bytes that the event with the ranking may have; without the grades' probabilities no assessment comes near it.
    private static let maximumBytes = 2 << 20

    private let run: Int64
    private let result: CJV1.GetAssessmentResponse

    /// - Parameters:
    ///   - ended: the assessment as it stands after the decision that ends it.
    ///   - scales: that decision's among them.
    init(of ended: AssessmentSnapshot, scales: RecentScales) async {
        run = ended.run
        result = await AssessmentView(snapshot: ended, scales: scales).response(history: [])
    }

    /// The ranking, for who wants all of it, and the state, for who wants no more.
    var events: [NewEvent] {
        get throws {
            guard let progress = result.progress else { return [] }
            var ranked = EventsV1.AssessmentRanked(
                assessmentID: progress.assessmentID, run: UInt32(clamping: run), result: result)
            if try ranked.encoded().count > Self.maximumBytes {
                for index in result.items.indices { ranked.result?.items[index].gradeProbabilities = [] }
            }
            let finished = EventsV1.AssessmentFinished(
                assessmentID: progress.assessmentID, state: progress.state, stopReason: progress.stopReason,
                essays: progress.essays, comparisons: progress.judged, simulated: progress.simulated,
                run: UInt32(clamping: run))
            return [
                try NewEvent(ranked, aggregateID: progress.assessmentID),
                try NewEvent(finished, aggregateID: progress.assessmentID),
            ]
        }
    }
}
