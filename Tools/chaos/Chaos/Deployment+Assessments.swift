public import Contracts
import Wire

/// What a drill asks of the services: an assessment that no judge is precise enough for, so that it takes all its comparisons.
public struct DrillAssessment: Sendable, Hashable {
    public let id: String
    public let essays: Int
    public let comparisons: Int
    public let seed: UInt64
    /// Comparisons with the judge at once; nil for the service's default.
    public let atOnce: Int?
    /// Nano-dollars that it may cost; nil for no limit.
    public var maximumCost: UInt64?

    public init(id: String, essays: Int, comparisons: Int, seed: UInt64, atOnce: Int? = nil) {
        self.id = id
        self.essays = essays
        self.comparisons = comparisons
        self.seed = seed
        self.atOnce = atOnce
    }

    /// Every essay is another text, in this assessment and in all others, so that a prompt tells which comparison it belongs to.
    var request: CJV1.StartAssessmentRequest {
        let texts = (1...essays).map { number in
            CJV1.Essay(
                id: "essay-\(number)",
                text: Array(("Essay \(number) of \(id), about the sea. " + String(repeating: "More words. ", count: number)).utf8)
            )
        }
        return CJV1.StartAssessmentRequest(
            assessmentID: id, essays: texts, language: "en",
            judge: CJV1.JudgeSettings(provider: "simulated", model: "simulated-judge"),
            stopping: CJV1.StoppingSettings(
                targetReliability: 0.9999, maxComparisons: UInt32(comparisons), maxCostNanodollars: maximumCost),
            seed: seed,
            maxInFlight: UInt32(atOnce ?? 0))
    }
}

extension Deployment {
    /// Starts an assessment, again and again while the service is away: it is taken on once.
    public func begin(_ assessment: DrillAssessment) async throws {
        let request = assessment.request
        _ = try await acrossDeaths { try await $0.startAssessment(request, options: .timeout(.seconds(10))) }
    }

    /// Waits for a change of an assessment.
    public func progress(of id: String, after revision: UInt64 = 0) async throws -> CJV1.AssessmentProgress {
        try await acrossDeaths { assessments in
            let answer = try await assessments.watchAssessment(
                .init(assessmentID: id, afterRevision: revision, waitMilliseconds: 2000), options: .timeout(.seconds(10)))
            return answer.progress ?? CJV1.AssessmentProgress()
        }
    }

    /// Waits until so many more comparisons are judged, or the assessment has ended.
    public func waitForJudgements(more count: Int, of id: String) async throws {
        var progress = try await progress(of: id)
        let goal = progress.judged + UInt32(count)
        while progress.judged < goal, progress.state == .running {
            progress = try await self.progress(of: id, after: progress.revision)
        }
    }

    /// Waits for an assessment's end.
    public func waitForEnd(of id: String) async throws -> CJV1.AssessmentProgress {
        var progress = try await progress(of: id)
        while progress.state == .running { progress = try await self.progress(of: id, after: progress.revision) }
        return progress
    }

    /// Calls until there is an answer: a service that dies, or whose database is away, is asked again.
    private func acrossDeaths<Answer>(_ call: (CJV1.CJAssessmentClient) async throws -> Answer) async throws -> Answer {
        while true {
            do {
                return try await call(assessments)
            } catch let error as RPCError where error.code == .unavailable || error.code == .deadlineExceeded {
                // Pauses between two looks, not in the hope of anything.
                try await Task.sleep(for: .milliseconds(5))
            }
        }
    }
}
