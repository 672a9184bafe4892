import Testing

@testable import LLMProviderService

@Suite("When a request is tried again")
struct RetryPolicyTests {
    private let policy = RetryPolicy()

    private func step(_ remedy: AttemptFailure.Remedy, attempts: Int64 = 1, waits: Int64 = 0, chance: Double = 1)
        -> RetryPolicy.Step
    {
        policy.step(
            after: AttemptFailure(kind: .overloaded, message: "", remedy: remedy), attempts: attempts, waits: waits,
            chance: chance)
    }

    @Test("What nothing will change is given up at once")
    func hopeless() {
        #expect(step(.none) == .giveUp)
    }

    @Test("There are as many attempts as the limit, and no more")
    func attempts() {
        #expect(step(.retry, attempts: 4) == .retry(after: .seconds(4)))
        #expect(step(.retry, attempts: 5) == .giveUp)
        #expect(step(.retry, attempts: 25) == .giveUp)
    }

    @Test("Pauses double up to the longest, and chance takes a part of them")
    func pauses() {
        var policy = policy
        policy.maximumAttempts = 1000
        let failure = AttemptFailure(kind: .overloaded, message: "", remedy: .retry)
        func pause(_ attempts: Int64, _ chance: Double) -> RetryPolicy.Step {
            policy.step(after: failure, attempts: attempts, waits: 0, chance: chance)
        }
        #expect(pause(1, 1) == .retry(after: .milliseconds(500)))
        #expect(pause(2, 1) == .retry(after: .seconds(1)))
        #expect(pause(6, 1) == .retry(after: .seconds(16)))
        #expect(pause(7, 1) == .retry(after: .seconds(30)))
        #expect(pause(999, 1) == .retry(after: .seconds(30)))
        #expect(pause(3, 0.5) == .retry(after: .seconds(1)))
        #expect(pause(3, 0) == .retry(after: .zero))
    }

    @Test("A vendor that asks to wait is waited for, however many attempts there were, but not for ever")
    func waits() {
        #expect(step(.wait(.seconds(7)), attempts: 5, chance: 0) == .wait(.seconds(7)))
        #expect(step(.wait(.seconds(7)), chance: 1) == .wait(.milliseconds(7250)))
        #expect(step(.wait(.seconds(7)), waits: 99, chance: 0) == .wait(.seconds(7)))
        #expect(step(.wait(.seconds(7)), waits: 100) == .giveUp)
    }
}

@Suite("Providers that asked to wait")
struct LanesTests {
    /// A clock that stands still until it is moved.
    private final class Hands: Sendable {
        private let start = ContinuousClock.now
        private let passed = Shared(Duration.zero)

        var now: ContinuousClock.Instant { start + passed.value }
        func pass(_ duration: Duration) { passed.set(passed.value + duration) }
    }

    @Test("One is left alone until its pause is over, the others are not")
    func pause() {
        let hands = Hands()
        let lanes = Lanes(["a", "b"], now: { hands.now })
        #expect(lanes.open == ["a", "b"])
        lanes.pause("a", for: .seconds(3600))
        #expect(lanes.open == ["b"])
        hands.pass(.seconds(3600) - .nanoseconds(1))
        #expect(lanes.open == ["b"])
        hands.pass(.nanoseconds(1))
        #expect(lanes.open == ["a", "b"])
    }

    @Test("A shorter pause does not end a longer one; a longer one goes on")
    func overlapping() {
        let hands = Hands()
        let lanes = Lanes(["a"], now: { hands.now })
        lanes.pause("a", for: .seconds(60))
        lanes.pause("a", for: .seconds(1))
        hands.pass(.seconds(2))
        #expect(lanes.open == [])
        lanes.pause("a", for: .seconds(120))
        hands.pass(.seconds(119))
        #expect(lanes.open == [])
        hands.pass(.seconds(1))
        #expect(lanes.open == ["a"])
    }
}

@Suite("What models cost")
struct PriceTests {
    private let prices = Prices(
        input: 1000, output: 5000, cacheRead: 100, cacheWriteFiveMinutes: 1250, cacheWriteOneHour: 2000, asOf: "2026-10-01")

    @Test("Each class of token has its price")
    func cost() {
        #expect(prices.cost(of: TokenUsage()) == 0)
        #expect(prices.cost(of: TokenUsage(input: 3)) == 3000)
        #expect(prices.cost(of: TokenUsage(output: 3)) == 15_000)
        #expect(prices.cost(of: TokenUsage(cacheRead: 3)) == 300)
        #expect(prices.cost(of: TokenUsage(cacheWriteFiveMinutes: 3)) == 3750)
        #expect(prices.cost(of: TokenUsage(cacheWriteOneHour: 3)) == 6000)
        #expect(
            prices.cost(
                of: TokenUsage(input: 1, output: 2, cacheRead: 3, cacheWriteFiveMinutes: 4, cacheWriteOneHour: 5)) == 26_300)
    }

    @Test("The cache saves what reading is cheaper and costs what writing is dearer")
    func savings() {
        #expect(prices.cacheSavings(of: TokenUsage(input: 10, output: 10)) == 0)
        #expect(prices.cacheSavings(of: TokenUsage(cacheRead: 10)) == 9000)
        #expect(prices.cacheSavings(of: TokenUsage(cacheWriteFiveMinutes: 10)) == -2500)
        #expect(prices.cacheSavings(of: TokenUsage(cacheWriteOneHour: 10)) == -10_000)
    }

    @Test("No count that a vendor may report makes a sum or a price overflow")
    func largest() {
        #expect(TokenUsage.count(nil) == 0)
        #expect(TokenUsage.count(-1) == 0)
        #expect(TokenUsage.count(.max) == 1_000_000_000)
        let count = TokenUsage.count(.max)
        var usage = TokenUsage()
        for _ in 0..<25 {
            usage =
                usage
                + TokenUsage(
                    input: count, output: count, cacheRead: count, cacheWriteFiveMinutes: count, cacheWriteOneHour: count)
        }
        #expect(prices.cost(of: usage) == 25_000_000_000 * 9350)
    }
}

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
            #expect(model.prices?.asOf.count == 10)
            #expect(model.prices.map { $0.cacheRead < $0.input && $0.input < $0.cacheWriteFiveMinutes } == true)
        }
    }
}
