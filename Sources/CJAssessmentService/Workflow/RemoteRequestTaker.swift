import Contracts
import Wire

/// The provider service, reached over the wire.
struct RemoteRequestTaker: RequestTaker {
    let provider: LLMV1.LLMProviderClient
    /// How long one call may take.
    let timeout: Duration

    func submit(_ request: RequestToSubmit) async throws {
        _ = try await provider.submit(request.contract, options: .timeout(timeout))
    }

    func withdraw(assessment: String) async throws {
        _ = try await provider.cancel(LLMV1.CancelRequest(owner: assessment), options: .timeout(timeout))
    }
}
