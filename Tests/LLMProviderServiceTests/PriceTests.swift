import Testing

@testable import LLMProviderService

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
