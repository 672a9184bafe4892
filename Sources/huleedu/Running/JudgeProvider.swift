import LLMProviderService
import ServiceKit

/// Who judges, and how that came about.
struct JudgeProvider: Sendable {
    /// The providers that there are, as the LLM provider service names them.
    enum Name: String, Sendable, CaseIterable {
        case anthropic
        case openai
        case simulated
    }

    /// Why it is this one.
    private enum Ground: Sendable, Hashable {
        /// Named, or the only one.
        case plain
        /// There is access to two, and nobody was named.
        case firstOfTwo
        /// There is access to a language model, and qualities were given.
        case qualities(insteadOf: Name)
    }

    let name: Name
    /// As the vendor names it.
    let model: String
    private let ground: Ground

    static let defaultAnthropicModel = "claude-haiku-4-5"
    static let simulatedModel = "simulated-judge"

    /// The judge that was asked for; without a word one to which the environment gives access, otherwise the simulated one.
    init(provider: String?, model: String?, hasQualities: Bool, settings: Settings) throws(CommandError) {
        let accessible = ProviderAccess.vendors(settings)
        if let provider {
            guard let known = Name(rawValue: provider) else {
                throw CommandError(
                    .optionUnreadable,
                    "\(quoted(provider)) is no provider; expected \(Name.allCases.map(\.rawValue).joined(separator: ", ")).")
            }
            (name, ground) = (known, .plain)
        } else if hasQualities {
            (name, ground) = (.simulated, accessible.first.map { .qualities(insteadOf: $0) } ?? .plain)
        } else {
            (name, ground) = (accessible.first ?? .simulated, accessible.count > 1 ? .firstOfTwo : .plain)
        }
        guard name == .simulated || accessible.contains(name) else {
            let variables = name == .anthropic ? "ANTHROPIC_API_KEY" : "OPENAI_API_KEY or OPENAI_BASE_URL"
            throw CommandError(.judgeUnavailable, "There is no access to \(name.rawValue); set \(variables).")
        }
        switch (name, model) {
        case (_, let model?): self.model = model
        case (.anthropic, nil): self.model = Self.defaultAnthropicModel
        case (.simulated, nil): self.model = Self.simulatedModel
        case (.openai, nil):
            throw CommandError(.optionMissing, "An OpenAI-compatible provider has no usual model; name one with --model.")
        }
    }

    /// What a person should know about the choice; nil where it is the one that he would expect.
    func notice(in language: Language) -> String? {
        switch ground {
        case .plain: nil
        case .firstOfTwo:
            language.say(
                "There is access to anthropic and openai; anthropic judges, because it has a usual model. --provider openai takes the other.",
                "Både anthropic och openai kan nås; anthropic bedömer, eftersom den har en vanlig modell. --provider openai tar den andra."
            )
        case .qualities(let other):
            language.say(
                "The simulated judge was asked for with --qualities; without that option \(other.rawValue) would judge.",
                "Den simulerade domaren begärdes med --qualities; utan det alternativet bedömer \(other.rawValue).")
        }
    }
}

/// The vendors that the environment gives access to.
enum ProviderAccess {
    static let anthropicURL = ProviderConfiguration.anthropicURL
    static let openAIURL = "https://api.openai.com"

    /// Vendors that can be used here, in the order in which they are taken.
    static func vendors(_ settings: Settings) -> [JudgeProvider.Name] {
        var vendors: [JudgeProvider.Name] = []
        if settings.text("ANTHROPIC_API_KEY", isSecret: true) != nil { vendors.append(.anthropic) }
        if settings.text("OPENAI_API_KEY", isSecret: true) != nil || settings.text("OPENAI_BASE_URL") != nil {
            vendors.append(.openai)
        }
        return vendors
    }

    /// Every provider that can be used here.
    ///
    /// - Parameter simulatedURL: where the fake provider listens; nil leaves it out.
    /// - Throws: `SettingsError` for limits that make no sense, `ProviderConfiguration.Fault` for those above what the account may have.
    static func configurations(_ settings: Settings, simulatedURL: String?) throws -> [ProviderConfiguration] {
        var configurations = try vendors(settings).map { vendor in
            let isAnthropic = vendor == .anthropic
            let key = settings.text(isAnthropic ? "ANTHROPIC_API_KEY" : "OPENAI_API_KEY", isSecret: true)
            let url = settings.text(isAnthropic ? "ANTHROPIC_BASE_URL" : "OPENAI_BASE_URL")
            return ProviderConfiguration(
                name: vendor.rawValue, dialect: isAnthropic ? .anthropicMessages : .openAIChatCompletions,
                baseURL: url ?? (isAnthropic ? anthropicURL : openAIURL), apiKey: key.map(Secret.init), isSimulated: false,
                limits: try ProviderLimits(settings, prefix: isAnthropic ? "ANTHROPIC" : "OPENAI"))
        }
        if let simulatedURL {
            configurations.append(
                ProviderConfiguration(
                    name: JudgeProvider.Name.simulated.rawValue, dialect: .anthropicMessages, baseURL: simulatedURL,
                    apiKey: Secret(settings.text("HULEEDU_SIMULATED_KEY", isSecret: true) ?? "simulated"), isSimulated: true,
                    limits: try ProviderLimits(settings, prefix: "HULEEDU_SIMULATED")))
        }
        try LLMProviderConfiguration(providers: configurations).check()
        return configurations
    }
}
