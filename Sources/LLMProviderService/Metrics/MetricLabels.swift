import ServiceKit

/// Whom a request goes to, as metrics tell it: providers that are configured and models that are known have their names, whatever a caller
/// may name besides is ``ServiceKit/CounterFamily/otherValue``.
struct MetricLabels: Sendable, Hashable {
    /// For a request that no configured provider takes.
    static let other = MetricLabels(provider: CounterFamily.otherValue, model: CounterFamily.otherValue)

    let provider: String
    let model: String

    private init(provider: String, model: String) {
        self.provider = provider
        self.model = model
    }

    init(_ parsed: SubmissionParser.Parsed) {
        let isKnown = ModelManifest.names(of: parsed.provider).contains(parsed.call.model.id)
        self.init(provider: parsed.provider.name, model: isKnown ? parsed.call.model.id : CounterFamily.otherValue)
    }

    /// All that there are of a provider.
    static func all(of provider: ProviderConfiguration) -> [MetricLabels] {
        (ModelManifest.names(of: provider) + [CounterFamily.otherValue]).map { MetricLabels(provider: provider.name, model: $0) }
    }

    /// The models of a lane; those whose name is a caller's choice have lanes of their own, which are told together.
    static func pool(of lane: LaneID, at provider: ProviderConfiguration) -> String {
        ModelManifest.pools(of: provider).contains(lane.pool) ? lane.pool : CounterFamily.otherValue
    }
}
