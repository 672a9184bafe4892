public import ServiceKit

/// What the provider service counts and measures; `Tools/observability/README.md` tells of each and of its labels.
///
/// Ids, tenants and texts are no labels: see ``MetricLabels``.
public struct LLMProviderMetrics: Sendable {
    let requests = RequestMetrics()
    let calls = CallMetrics()
    let prompts = PromptMetrics()
    let queue = QueueGauges()
    let lanes = LaneGauges()

    public init() {}

    /// All of them.
    public var families: [any MetricFamily] {
        requests.families + calls.families + prompts.families + queue.families + lanes.families
    }

    /// Makes counts known whose first increase is worth an alert.
    func expect(_ providers: [ProviderConfiguration]) {
        requests.expect()
        for provider in providers {
            calls.expect(provider)
            for labels in MetricLabels.all(of: provider) {
                calls.expect(labels)
                prompts.expect(labels)
            }
        }
    }
}
