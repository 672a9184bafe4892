import Testing

@testable import LLMProviderService

@Suite("Guessing what a request takes")
struct EstimateTests {
    private func request(
        _ bytes: Int = 8000, model: String = "m", output: Int = 512, counting: TokenCounting = .used
    ) -> TokenEstimator.Request {
        TokenEstimator.Request(model: model, bytes: bytes, maximumOutputTokens: output, counting: counting)
    }

    @Test("is generous before anything is known, and close once there were answers")
    func learning() {
        var estimator = TokenEstimator()
        #expect(estimator.charge(request()).inputTokens == 2800)
        #expect(estimator.charge(request()).outputTokens == 256)
        for _ in 0..<50 { estimator.learn(TokenUsage(input: 2000, output: 90), of: request()) }
        let charge = estimator.charge(request(16_000))
        #expect((4000...4010).contains(charge.inputTokens))
        #expect((90...92).contains(charge.outputTokens))
        #expect(estimator.charge(request(model: "other")).inputTokens == 2800, "each model has its own")
    }

    @Test("never takes more output than is allowed")
    func outputLimit() {
        #expect(TokenEstimator().charge(request(output: 16)).outputTokens == 16)
    }

    @Test("counts what came from the cache: it need not come from there the next time")
    func cached() {
        var estimator = TokenEstimator()
        for _ in 0..<50 { estimator.learn(TokenUsage(input: 400, output: 90, cacheRead: 1600), of: request()) }
        #expect((2000...2010).contains(estimator.charge(request()).inputTokens))
    }

    @Test("Vendors that count what is used leave the cache's reads out; those that count what is allowed take the larger")
    func counting() {
        let usage = TokenUsage(input: 100, output: 50, cacheRead: 1000, cacheWriteFiveMinutes: 20, cacheWriteOneHour: 3)
        #expect(TokenCounting.used.charge(usage, maximumOutputTokens: 512) == Charge(inputTokens: 123, outputTokens: 50))
        #expect(TokenCounting.allowed.charge(usage, maximumOutputTokens: 512) == Charge(inputTokens: 1123, outputTokens: 0))
        #expect(TokenCounting.allowed.charge(usage, maximumOutputTokens: 4096) == Charge(inputTokens: 4096, outputTokens: 0))
    }
}

@Suite("What an account may use")
struct ProviderLimitsTests {
    private func provider(
        dialect: ProviderConfiguration.Dialect = .anthropicMessages, url: String = ProviderConfiguration.anthropicURL,
        change: (inout ProviderLimits) -> Void = { _ in }
    ) -> ProviderConfiguration {
        var limits = ProviderLimits()
        change(&limits)
        return ProviderConfiguration(
            name: "vendor", dialect: dialect, baseURL: url, apiKey: nil, isSimulated: false, limits: limits)
    }

    private func fault(_ provider: ProviderConfiguration) -> String? {
        do throws(ProviderConfiguration.Fault) {
            try provider.limits.check(provider)
            return nil
        } catch {
            return error.description
        }
    }

    @Test("Without a word the lowest tier is assumed, and the vendor's word may raise it up to the highest")
    func unnamed() {
        let provider = provider()
        #expect(provider.limits.limits(of: "claude-haiku-4", at: provider).requests == 1000)
        #expect(provider.limits.limits(of: "claude-fable-5-1", at: provider).inputTokens == 500_000)
        #expect(provider.limits.ceilings(of: "claude-haiku-4", at: provider).requests == 10_000)
        #expect(fault(provider) == nil)
    }

    @Test("A tier that is named holds; numbers that are given come before it")
    func named() {
        let provider = provider {
            $0.tier = "build"
            $0.inputTokensPerMinute = 30_000
        }
        #expect(
            provider.limits.limits(of: "claude-haiku-4", at: provider)
                == PerDimension(requests: 5000, inputTokens: 30_000, outputTokens: 1_000_000))
        #expect(
            provider.limits.ceilings(of: "claude-haiku-4", at: provider)
                == PerDimension(requests: 5000, inputTokens: 30_000, outputTokens: 1_000_000))
    }

    @Test("Numbers above the tier are refused, unless that is allowed by name")
    func aboveTier() {
        #expect(fault(provider { $0.requestsPerMinute = 1000 }) == nil)
        #expect(fault(provider { $0.requestsPerMinute = 1001 })?.contains("1001 is more than the 1000 of tier start") == true)
        #expect(
            fault(
                provider {
                    $0.requestsPerMinute = 1001
                    $0.mayExceedTier = true
                }) == nil)
        #expect(
            fault(
                provider {
                    $0.requestsPerMinute = 5000
                    $0.tier = "build"
                }) == nil)
        #expect(fault(provider { $0.requestsPerMinute = 0 }) != nil)
        #expect(fault(provider { $0.tier = "gold" })?.contains("start, build, scale") == true)
        #expect(fault(provider(dialect: .openAIChatCompletions) { $0.tier = "gold" }) == "vendor has no tiers")
    }

    @Test("A gateway in the vendor's place has no limits but those that are named, given or stated")
    func gateway() {
        let open = provider(url: "http://gateway")
        #expect(open.limits.limits(of: "claude-haiku-4", at: open) == PerDimension(all: nil))
        #expect(open.limits.ceilings(of: "claude-haiku-4", at: open) == PerDimension(all: nil))
        let named = provider(url: "http://gateway") { $0.tier = "build" }
        #expect(named.limits.limits(of: "claude-haiku-4", at: named).requests == 5000)
    }

    @Test("An endpoint without published tiers has no limits but those that are given or stated")
    func openEndpoint() {
        let provider = provider(dialect: .openAIChatCompletions) { $0.requestsPerMinute = 77 }
        #expect(
            provider.limits.limits(of: "m", at: provider) == PerDimension(requests: 77, inputTokens: nil, outputTokens: nil))
        #expect(fault(provider) == nil)
    }
}
