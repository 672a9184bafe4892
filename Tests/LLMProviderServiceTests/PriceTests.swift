import Testing

@testable import LLMProviderService

@Suite("What models cost")
struct PriceTests {
    private let tariff = Tariff(
        asOf: Day(2026, 10, 1), input: 1000, output: 5000, cacheRead: 100, cacheWriteFiveMinutes: 1250, cacheWriteOneHour: 2000)

    @Test("Each class of token has its price")
    func cost() {
        #expect(tariff.bill(for: TokenUsage()).cost == 0)
        #expect(tariff.bill(for: TokenUsage(input: 3)).cost == 3000)
        #expect(tariff.bill(for: TokenUsage(output: 3)).cost == 15_000)
        #expect(tariff.bill(for: TokenUsage(cacheRead: 3)).cost == 300)
        #expect(tariff.bill(for: TokenUsage(cacheWriteFiveMinutes: 3)).cost == 3750)
        #expect(tariff.bill(for: TokenUsage(cacheWriteOneHour: 3)).cost == 6000)
        #expect(
            tariff.bill(
                for: TokenUsage(input: 1, output: 2, cacheRead: 3, cacheWriteFiveMinutes: 4, cacheWriteOneHour: 5)
            ).cost == 26_300)
    }

    @Test("The cache saves what reading is cheaper and costs what writing is dearer")
    func savings() {
        #expect(tariff.bill(for: TokenUsage(input: 10, output: 10)).cacheSavings == 0)
        #expect(tariff.bill(for: TokenUsage(cacheRead: 10)).cacheSavings == 9000)
        #expect(tariff.bill(for: TokenUsage(cacheWriteFiveMinutes: 10)).cacheSavings == -2500)
        #expect(tariff.bill(for: TokenUsage(cacheWriteOneHour: 10)).cacheSavings == -10_000)
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
        #expect(tariff.bill(for: usage).cost == 25_000_000_000 * 9350)
    }

    @Test("A call costs what holds on its day: the border is the first day of the next tariff")
    func history() {
        let dearer = Tariff(
            asOf: Day(2026, 12, 1), input: 1001, output: 5001, cacheRead: 101, cacheWriteFiveMinutes: 1251,
            cacheWriteOneHour: 2001)
        let cheaper = Tariff(
            asOf: Day(2027, 1, 1), input: 999, output: 4999, cacheRead: 99, cacheWriteFiveMinutes: 1249, cacheWriteOneHour: 1999)
        let history = PriceHistory(tariff, cheaper, dearer)
        #expect(history.tariff(on: Day(2020, 1, 1)) == tariff)
        #expect(history.tariff(on: Day(2026, 11, 30)) == tariff)
        #expect(history.tariff(on: Day(2026, 12, 1)) == dearer)
        #expect(history.tariff(on: Day(2026, 12, 31)) == dearer)
        #expect(history.tariff(on: Day(2027, 1, 1)) == cheaper)
        #expect(history.tariffs(from: Day(2026, 11, 30)) == [tariff, dearer, cheaper])
        #expect(history.tariffs(from: Day(2026, 12, 1)) == [dearer, cheaper])
        #expect(history.tariffs(from: Day(2027, 1, 1)) == [cheaper])
        #expect(history.bill(for: TokenUsage(input: 10), on: Day(2026, 12, 24)) == Bill(cost: 10_010))
    }
}
