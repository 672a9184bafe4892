import Contracts
import Wire

/// The provider service, reached over the wire.
struct RemoteRequestTaker: RequestTaker {
    let provider: LLMV1.LLMProviderClient
    let store: AssessmentStore
    /// How long one call may take.
    let timeout: Duration

    func submit(_ request: RequestToSubmit) async throws {
        var options = CallOptions.timeout(timeout)
        options.metadata = request.metadata
        _ = try await provider.submit(request.contract, options: options)
    }

    func standing(of request: String) async throws -> RequestStanding {
        do {
            let response = try await provider.get(LLMV1.GetRequest(requestID: request), options: .timeout(timeout))
            return response.result.map { .ended($0) } ?? .underWay
        } catch let error as RPCError where error.code == .notFound {
            return .unknown
        }
    }

    func withdraw(assessment: String) async throws {
        let request = LLMV1.CancelRequest(owner: assessment, tenant: try await store.tenant(of: assessment))
        _ = try await provider.cancel(request, options: .timeout(timeout))
    }
}
