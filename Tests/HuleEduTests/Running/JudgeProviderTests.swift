import Configuration
import LLMProviderService
import ServiceKit
import Testing

@testable import huleedu

@Suite struct JudgeProviderTests {
    private static let anthropic = "ANTHROPIC_API_KEY"
    private static let key = "OPENAI_API_KEY"
    private static let url = "OPENAI_BASE_URL"

    private func judge(
        _ variables: [String], provider: String? = nil, model: String? = nil, hasQualities: Bool = false
    ) throws(CommandError) -> JudgeProvider {
        let environment = Dictionary(uniqueKeysWithValues: variables.map { ($0, "http://x") })
        return try JudgeProvider(
            provider: provider, model: model, hasQualities: hasQualities,
            settings: Settings(provider: EnvironmentVariablesProvider(environmentVariables: environment)))
    }

    @Test(arguments: [
        ([], JudgeProvider.Name.simulated, ""), ([anthropic], .anthropic, ""), ([key], .openai, ""), ([url], .openai, ""),
        ([key, url], .openai, ""), ([anthropic, url], .anthropic, "--provider openai"),
        ([anthropic, key], .anthropic, "usual model"),
    ])
    func isTheOneToWhichThereIsAccess(variables: [String], name: JudgeProvider.Name, notice: String) throws {
        let judge = try judge(variables, model: "m")
        #expect(judge.name == name && judge.model == "m")
        #expect(notice.isEmpty ? judge.notice(in: .english) == nil : judge.notice(in: .english)?.contains(notice) == true)
    }

    @Test(arguments: [([], ""), ([anthropic], "anthropic would judge"), ([url], "openai would judge")])
    func isSimulatedWithQualitiesAndSaysSoWhereAnotherWouldJudge(variables: [String], notice: String) throws {
        let judge = try judge(variables, hasQualities: true)
        #expect(judge.name == .simulated && judge.model == JudgeProvider.simulatedModel)
        #expect(notice.isEmpty ? judge.notice(in: .english) == nil : judge.notice(in: .english)?.contains(notice) == true)
        let asked = try self.judge(variables, provider: "simulated", hasQualities: true)
        #expect(asked.name == .simulated && asked.notice(in: .swedish) == nil)
    }

    @Test(
        arguments: [
            ([], "anthropic", "m", CommandError.Code.judgeUnavailable, "ANTHROPIC_API_KEY"),
            ([anthropic], "openai", "m", .judgeUnavailable, "OPENAI_BASE_URL"),
            ([], "openai", nil, .judgeUnavailable, "OPENAI_API_KEY"),
            ([url], nil, nil, .optionMissing, "--model"), ([url], "openai", nil, .optionMissing, "--model"),
            ([anthropic], "nobody", nil, .optionUnreadable, "anthropic, openai, simulated"),
        ] as [([String], String?, String?, CommandError.Code, String)])
    func saysWhatIsMissing(variables: [String], provider: String?, model: String?, code: CommandError.Code, hint: String) {
        let error = #expect(throws: CommandError.self) { try judge(variables, provider: provider, model: model) }
        #expect(error?.code == code)
        #expect(error?.message.contains(hint) == true)
    }

    @Test func theListOfVendorsIsTheListOfConfigurations() throws {
        let settings = Settings(
            provider: EnvironmentVariablesProvider(environmentVariables: [
                "ANTHROPIC_API_KEY": "a", "OPENAI_BASE_URL": "http://o",
            ]))
        let configurations = try ProviderAccess.configurations(settings, simulatedURL: "http://s")
        #expect(configurations.map(\.name) == ["anthropic", "openai", "simulated"])
        #expect(configurations.map(\.baseURL) == [ProviderAccess.anthropicURL, "http://o", "http://s"])
        #expect(configurations[1].apiKey == nil)
    }

    private func limits(_ variables: [String: String]) throws -> ProviderLimits {
        let settings = Settings(
            provider: EnvironmentVariablesProvider(
                environmentVariables: variables.merging(["ANTHROPIC_API_KEY": "k"]) { own, _ in own }))
        return try #require(try ProviderAccess.configurations(settings, simulatedURL: nil).first).limits
    }

    @Test("Limits are read from the environment, and those above the tier refused unless they are allowed by name")
    func limits() throws {
        let limits = try limits([
            "ANTHROPIC_TIER": "build", "ANTHROPIC_REQUESTS_PER_MINUTE": "5000", "ANTHROPIC_INPUT_TOKENS_PER_MINUTE": "30000",
            "ANTHROPIC_OUTPUT_TOKENS_PER_MINUTE": "8000", "ANTHROPIC_CONCURRENT_REQUESTS": "7",
            "ANTHROPIC_SPACING_MILLISECONDS": "100",
        ])
        #expect(limits.tier == "build" && limits.requestsPerMinute == 5000 && limits.inputTokensPerMinute == 30_000)
        #expect(limits.outputTokensPerMinute == 8000 && limits.concurrentRequests == 7 && limits.spacing == .milliseconds(100))
        #expect(!limits.mayExceedTier)
        #expect(throws: ProviderConfiguration.Fault.self) { try self.limits(["ANTHROPIC_REQUESTS_PER_MINUTE": "1001"]) }
        #expect(throws: ProviderConfiguration.Fault.self) { try self.limits(["ANTHROPIC_TIER": "gold"]) }
        #expect(
            try self.limits(["ANTHROPIC_REQUESTS_PER_MINUTE": "1001", "ANTHROPIC_LIMITS_ABOVE_TIER": "1"]).mayExceedTier)
        #expect(throws: SettingsError.self) { try self.limits(["ANTHROPIC_LIMITS_ABOVE_TIER": "yes"]) }
        #expect(throws: SettingsError.self) { try self.limits(["ANTHROPIC_REQUESTS_PER_MINUTE": "many"]) }
        #expect(throws: SettingsError.self) { try self.limits(["ANTHROPIC_CONCURRENT_REQUESTS": "0"]) }
    }
}
