import Testing

@testable import LLMProviderService

@Suite("Costs beside an oracle")
struct PriceOracleTests {
    /// The vendor's price list in its own unit, dollars for a million tokens, apart from the manifest.
    private static let list: [String: [String]] = [
        "simulated-judge": ["1", "5", "0.10", "1.25", "2"],
        "claude-haiku-4-5": ["1", "5", "0.10", "1.25", "2"],
        "claude-sonnet-5-5": ["2", "10", "0.10", "2.50", "4"],
        "claude-opus-5-5": ["4", "20", "0.20", "5", "8"],
    ]

    /// The same numbers in every run.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
            return mixed ^ mixed >> 31
        }
    }

    @Test("The cost of 100,000 random usages is the oracle's to the nano-dollar")
    func oracle() throws {
        let provider = ProviderConfiguration(
            name: "p", dialect: .anthropicMessages, baseURL: "", apiKey: nil, isSimulated: true)
        #expect(Set(ModelManifest.names(of: provider)) == Set(Self.list.keys))
        var random = Generator(state: 20_261_001)
        let names = Self.list.keys.sorted()
        for _ in 0..<100_000 {
            let name = names[Int.random(in: 0..<names.count, using: &random)]
            let prices = try #require(ModelManifest.description(of: name, at: provider)?.prices)
            let counts = (0..<5).map { _ in
                Int64.random(in: 0...(TokenUsage.largestCount >> Int64.random(in: 0...30, using: &random)), using: &random)
            }
            let usage = TokenUsage(
                input: counts[0], output: counts[1], cacheRead: counts[2], cacheWriteFiveMinutes: counts[3],
                cacheWriteOneHour: counts[4])
            let cost = prices.bill(for: usage, on: Day(2026, 10, 1)).cost
            guard let list = Self.list[name], Self.dollars(counts, list) == Self.text(nanodollars: cost) else {
                Issue.record("\(name): \(cost) nano-dollars for \(usage)")
                return
            }
        }
    }

    /// The oracle: each product and the sum as a row of decimal digits, the way it is done on paper, in dollars with nine decimals.
    private static func dollars(_ counts: [Int64], _ list: [String]) -> String {
        var sum: [Int] = []
        for (count, price) in zip(counts, list) {
            let parts = price.split(separator: ".")
            let decimals = parts.count > 1 ? String(parts[1]) : ""
            // A price for a million tokens with three decimals is one for a token with nine.
            let padded = String(parts[0]) + decimals + String(repeating: "0", count: 3 - decimals.count)
            sum = add(sum, multiply(digits("\(count)"), digits(padded)))
        }
        while sum.count < 10 { sum.append(0) }
        while sum.count > 10, sum.last == 0 { sum.removeLast() }
        let written = sum.reversed().map(String.init).joined()
        return written.dropLast(9) + "." + written.suffix(9)
    }

    /// The least one first.
    private static func digits(_ text: String) -> [Int] { text.reversed().compactMap(\.wholeNumberValue) }

    private static func multiply(_ left: [Int], _ right: [Int]) -> [Int] {
        var product: [Int] = []
        for (place, digit) in right.enumerated() {
            for _ in 0..<digit { product = add(product, Array(repeating: 0, count: place) + left) }
        }
        return product
    }

    private static func add(_ left: [Int], _ right: [Int]) -> [Int] {
        var sum: [Int] = []
        var carry = 0
        for place in 0..<max(left.count, right.count) {
            let digit = (place < left.count ? left[place] : 0) + (place < right.count ? right[place] : 0) + carry
            sum.append(digit % 10)
            carry = digit / 10
        }
        return carry == 0 ? sum : sum + [carry]
    }

    private static func text(nanodollars: Int64) -> String {
        let fraction = "\(nanodollars % 1_000_000_000)"
        return "\(nanodollars / 1_000_000_000)." + String(repeating: "0", count: 9 - fraction.count) + fraction
    }
}
