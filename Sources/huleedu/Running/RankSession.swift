import Contracts
import Wire

/// One assessment seen from the person who asked for it: estimated, started, watched, fetched.
struct RankSession: Sendable {
    private static let watchWait: Duration = .seconds(2)
    private static let callTimeout: Duration = .seconds(60)
    private static let pageSize: UInt32 = 1000
    /// How long the service may be unable to answer before the run is given up: time for its database to come back.
    private static let outageAllowance: Duration = .seconds(60)
    private static let pauseInOutage: Duration = .milliseconds(250)

    let input: RankInput
    let record: RunRecord
    let judge: JudgeProvider
    let service: CJV1.CJAssessmentClient

    private var isUploaded: Bool { !input.uploads.isEmpty }

    private func request(as id: String) -> CJV1.StartAssessmentRequest {
        input.startRequest(id: id, seed: record.seed, judge: judge, withEssays: !isUploaded)
    }

    /// Hands over a pile that does not fit one message.
    func upload(as id: String) async throws {
        for essays in input.uploads {
            _ = try await service.uploadEssays(
                CJV1.UploadEssaysRequest(assessmentID: id, essays: essays), options: .timeout(Self.callTimeout))
        }
    }

    /// What the run will probably take and cost, from its beginning.
    func estimate(as id: String) async throws -> RunEstimate {
        let estimate = try await service.estimateAssessment(request(as: id), options: .timeout(Self.callTimeout))
        let cost = estimate.costPerComparisonNanodollars.map { Int64(clamping: $0) }
        let atMost = estimate.maxCostNanodollars.map { Money(nanodollars: Int64(clamping: $0)) }
        let expected = cost.map { Money(nanodollars: $0 * Int64(estimate.expectedComparisons)) }
        return RunEstimate(
            essays: Int(estimate.essays), provider: judge.name.rawValue, model: estimate.model,
            comparisons: Int(estimate.expectedComparisons), comparisonsAtMost: Int(estimate.maxComparisons),
            costPerComparison: cost.map(Money.init(nanodollars:)),
            cost: expected.flatMap { expected in atMost.map { min(expected, $0) } },
            costAtMost: atMost, simulated: estimate.simulated,
            dispatch: input.settings.dispatch == .immediate ? nil : estimate.dispatchReason)
    }

    /// Starts the assessment, or finds it started.
    func start() async throws {
        _ = try await service.startAssessment(request(as: record.id), options: .timeout(Self.callTimeout))
    }

    /// How the assessment stands; nil when it was never started.
    func standing() async throws -> CJV1.AssessmentProgress? {
        let request = CJV1.WatchAssessmentRequest(assessmentID: record.id)
        do {
            return try await asked { try await service.watchAssessment(request, options: .timeout(Self.callTimeout)) }.progress
        } catch let error as RPCError where error.code == .notFound {
            return nil
        }
    }

    /// Takes the assessment up again under the limits that hold now, whatever it had ended by.
    func proceed() async throws {
        let request = CJV1.ContinueAssessmentRequest(
            assessmentID: record.id, stopping: input.stopping, maxInFlight: UInt32(input.settings.concurrency ?? 0))
        _ = try await asked { try await service.continueAssessment(request, options: .timeout(Self.callTimeout)) }
    }

    /// Tells every change until the assessment has ended.
    func watch(_ report: (CJV1.AssessmentProgress) -> Void) async throws {
        var revision: UInt64 = 0
        while true {
            let request = CJV1.WatchAssessmentRequest(
                assessmentID: record.id, afterRevision: revision,
                waitMilliseconds: UInt64(Self.watchWait.components.seconds) * 1000)
            let answer = try await asked { try await service.watchAssessment(request, options: .timeout(Self.callTimeout)) }
            guard let progress = answer.progress else { continue }
            revision = progress.revision
            report(progress)
            if progress.state != .running { return }
        }
    }

    /// The assessment with all its comparisons.
    func fetch() async throws -> (CJV1.GetAssessmentResponse, [CJV1.ComparisonRecord]) {
        let request = CJV1.GetAssessmentRequest(assessmentID: record.id)
        let assessment = try await asked { try await service.getAssessment(request, options: .timeout(Self.callTimeout)) }
        var comparisons: [CJV1.ComparisonRecord] = []
        while true {
            let request = CJV1.ListComparisonsRequest(
                assessmentID: record.id, afterNumber: comparisons.last?.number ?? 0, limit: Self.pageSize)
            let page = try await asked { try await service.listComparisons(request, options: .timeout(Self.callTimeout)) }
            // A page may end early, so only an empty one is the last.
            if page.comparisons.isEmpty { return (assessment, comparisons) }
            comparisons += page.comparisons
        }
    }

    /// Asks a question that may be repeated, again and again while the service cannot answer because its database is away.
    private func asked<Answer>(_ question: () async throws -> Answer) async throws -> Answer {
        let end = ContinuousClock.now + Self.outageAllowance
        while true {
            do {
                return try await question()
            } catch let error as RPCError where error.code == .unavailable || error.code == .internal {
                guard ContinuousClock.now < end else { throw error }
                try await Task.sleep(for: Self.pauseInOutage)
            }
        }
    }
}
