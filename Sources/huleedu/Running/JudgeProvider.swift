import LLMProviderService
import ServiceKit

/// Who judges, and how the vendor is reached.
struct JudgeProvider: Sendable {
    /// The providers that there are, as the LLM provider service names them.
    enum Name: String, Sendable, CaseIterable {
        case anthropic
        case openai
        case simulated
    }

    let name: Name
    /// As the vendor names it.
    let model: String

    static let defaultAnthropicModel = "claude-haiku-4-5"
    static let simulatedModel = "simulated-judge"

    /// The judge that was asked for; without a word the one for which there is a key, otherwise the simulated one.
    init(provider: String?, model: String?, hasQualities: Bool, settings: Settings) throws(CommandError) {
        let name: Name
        if let provider {
            guard let known = Name(rawValue: provider) else {
                throw CommandError(
                    .judgeUnavailable,
                    "\(quoted(provider)) is no provider; expected \(Name.allCases.map(\.rawValue).joined(separator: ", ")).")
            }
            name = known
        } else if !hasQualities, settings.text("ANTHROPIC_API_KEY", isSecret: true) != nil {
            name = .anthropic
        } else {
            name = .simulated
        }
        self.name = name
        switch (name, model) {
        case (_, let model?): self.model = model
        case (.anthropic, nil): self.model = Self.defaultAnthropicModel
        case (.simulated, nil): self.model = Self.simulatedModel
        case (.openai, nil):
            throw CommandError(.judgeUnavailable, "An OpenAI-compatible provider has no usual model; name one with --model.")
        }
        if name == .anthropic, settings.text("ANTHROPIC_API_KEY", isSecret: true) == nil {
            throw CommandError(.judgeUnavailable, "There is no key for anthropic; set ANTHROPIC_API_KEY.")
        }
    }
}

/// The vendors that the environment gives access to.
enum ProviderAccess {
    static let anthropicURL = "https://api.anthropic.com"
    static let openAIURL = "https://api.openai.com"

    /// Every provider that can be used here.
    ///
    /// - Parameter simulatedURL: where the fake provider listens; nil leaves it out.
    static func configurations(_ settings: Settings, simulatedURL: String?) -> [ProviderConfiguration] {
        var configurations: [ProviderConfiguration] = []
        if let key = settings.text("ANTHROPIC_API_KEY", isSecret: true) {
            configurations.append(
                ProviderConfiguration(
                    name: JudgeProvider.Name.anthropic.rawValue, dialect: .anthropicMessages,
                    baseURL: settings.text("ANTHROPIC_BASE_URL") ?? anthropicURL, apiKey: Secret(key), isSimulated: false))
        }
        let openAIKey = settings.text("OPENAI_API_KEY", isSecret: true)
        if openAIKey != nil || settings.text("OPENAI_BASE_URL") != nil {
            configurations.append(
                ProviderConfiguration(
                    name: JudgeProvider.Name.openai.rawValue, dialect: .openAIChatCompletions,
                    baseURL: settings.text("OPENAI_BASE_URL") ?? openAIURL, apiKey: openAIKey.map(Secret.init), isSimulated: false
                ))
        }
        if let simulatedURL {
            configurations.append(
                ProviderConfiguration(
                    name: JudgeProvider.Name.simulated.rawValue, dialect: .anthropicMessages, baseURL: simulatedURL,
                    apiKey: Secret(settings.text("HULEEDU_SIMULATED_KEY", isSecret: true) ?? "simulated"), isSimulated: true))
        }
        return configurations
    }
}
