import CJCore
import Contracts
import Logging
import Postgres
import Wire

/// Hands comparisons to the provider service.
///
/// A request is claimed before it is handed over and marked when the provider service has stored it. One that is claimed and not
/// marked, because a process died in between, is handed over again: the provider service knows its id and takes it on once.
struct ComparisonSubmitter: Sendable {
    /// After this long without a mark, a claim is taken to be a dead process's.
    static let claimLifetimeSeconds: Int64 = 30

    let store: AssessmentStore
    let provider: LLMV1.LLMProviderClient
    let configuration: CJAssessmentConfiguration
    let logger: Logger

    /// Hands over what waits for it, at most one batch.
    ///
    /// - Returns: how many requests were taken on; fewer than there were when the provider service can't take more now.
    func submitNext() async throws -> Int {
        let batch = try await store.claimRequests(
            limit: configuration.submissionsAtOnce, claimLifetimeSeconds: Self.claimLifetimeSeconds)
        guard !batch.isEmpty else { return 0 }
        let outcomes = await withTaskGroup(of: (RequestToSubmit, Result<Void, any Error>).self) { group in
            for request in batch {
                group.addTask { (request, await self.submit(request)) }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        var accepted: [RequestToSubmit] = []
        for (request, outcome) in outcomes {
            switch outcome {
            case .success: accepted.append(request)
            case .failure(let error): try await settle(request, after: error)
            }
        }
        try await store.markSubmitted(accepted)
        return accepted.count
    }

    private func submit(_ request: RequestToSubmit) async -> Result<Void, any Error> {
        do {
            _ = try await provider.submit(request.contract, options: .timeout(configuration.callTimeout))
            return .success(())
        } catch {
            return .failure(error)
        }
    }

    /// A request that was not taken on: refused for good, or to be tried again.
    private func settle(_ request: RequestToSubmit, after error: any Error) async throws {
        guard let error = error as? RPCError, Self.isFinal(error.code) else {
            logger.warning("request not handed over yet", metadata: ["request": "\(request.id)", "reason": "\(error)"])
            let wasRefused = (error as? RPCError)?.isRefused ?? false
            try await store.releaseClaim(of: request.id, wasRefused: wasRefused)
            return
        }
        logger.error("request refused", metadata: ["request": "\(request.id)", "reason": "\(error)"])
        try await store.recordRefusal(of: request, effect: Self.effect(of: error))
    }

    /// What a refusal for good means: that of one request only its comparison, anything else that the judge can't be used.
    private static func effect(of error: RPCError) -> ResultIntake.Effect {
        switch error.code {
        case .invalidArgument, .alreadyExists, .outOfRange: .giveUp(reason: error.message)
        default: .judgeUnusable(reason: error.message)
        }
    }

    /// Whether handing the same request over again could not end otherwise.
    private static func isFinal(_ code: StatusCode) -> Bool {
        switch code {
        case .invalidArgument, .notFound, .alreadyExists, .failedPrecondition, .outOfRange, .permissionDenied, .unauthenticated,
            .unimplemented:
            true
        case .ok, .cancelled, .unknown, .deadlineExceeded, .resourceExhausted, .aborted, .internal, .unavailable, .dataLoss:
            false
        }
    }
}
