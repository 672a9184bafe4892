/// Keeps the gauges in line with how queue, budgets and lanes stand.
struct StandingWatch: Sendable {
    let store: RequestStore
    let lanes: Lanes
    let configuration: LLMProviderConfiguration
    let metrics: LLMProviderMetrics

    /// Looks again and again until cancelled. What the database does not tell is told to nobody: an old number would hide that.
    func run() async {
        let providers = configuration.providers.map(\.name)
        while !Task.isCancelled {
            let (standing, now) = lanes.standing
            metrics.lanes.show(standing, of: configuration.providers, at: now)
            do {
                metrics.queue.show(try await store.standing(of: providers), of: providers)
            } catch {
                metrics.queue.hide()
            }
            // Cancelled, it ends early, and so does the loop.
            try? await Task.sleep(for: configuration.standingInterval)
        }
    }
}
