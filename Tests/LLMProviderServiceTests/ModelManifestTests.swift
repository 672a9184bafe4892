import Testing

@testable import LLMProviderService

@Suite("The models that are known")
struct ModelManifestTests {
    private func provider(_ dialect: ProviderConfiguration.Dialect, isSimulated: Bool = false) -> ProviderConfiguration {
        ProviderConfiguration(name: "p", dialect: dialect, baseURL: "", apiKey: nil, isSimulated: isSimulated)
    }

    @Test("A name and an alias lead to the vendor's own name; others lead nowhere")
    func names() {
        let vendor = provider(.anthropicMessages)
        #expect(ModelManifest.description(of: "claude-sonnet-5-5", at: vendor)?.id == "claude-sonnet-5-5")
        #expect(ModelManifest.description(of: "sonnet", at: vendor)?.id == "claude-sonnet-5-5")
        #expect(ModelManifest.description(of: "opus", at: vendor)?.id == "claude-opus-5-5")
        #expect(ModelManifest.description(of: "Sonnet", at: vendor) == nil)
        #expect(ModelManifest.description(of: "gpt", at: vendor) == nil)
    }

    @Test("The simulated judge is there where nothing real is")
    func simulated() {
        #expect(ModelManifest.description(of: "simulated-judge", at: provider(.anthropicMessages)) == nil)
        #expect(ModelManifest.description(of: "simulated-judge", at: provider(.anthropicMessages, isSimulated: true)) != nil)
        #expect(ModelManifest.names(of: provider(.anthropicMessages, isSimulated: true)).first == "simulated-judge")
    }

    @Test("A compatible endpoint has every model, at an unknown price")
    func compatible() {
        let model = ModelManifest.description(of: "llama3:8b", at: provider(.openAIChatCompletions))
        #expect(model?.id == "llama3:8b")
        #expect(model?.prices == nil)
    }

    @Test("Names and aliases are different from each other, and every model has a price with a day")
    func consistent() {
        let vendor = provider(.anthropicMessages, isSimulated: true)
        let models = ModelManifest.names(of: vendor).compactMap { ModelManifest.description(of: $0, at: vendor) }
        let names = models.flatMap { [$0.id] + $0.aliases }
        #expect(Set(names).count == names.count)
        for model in models {
            let tariff = model.prices?.tariff(on: Day(2026, 10, 1))
            #expect(tariff?.asOf == Day(2026, 10, 1))
            #expect(tariff.map { $0.cacheRead < $0.input && $0.input < $0.cacheWriteFiveMinutes } == true)
        }
    }
}
