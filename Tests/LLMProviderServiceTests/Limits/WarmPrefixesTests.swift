import Testing

@testable import LLMProviderService

@Suite("Beginnings of prompts in the vendor's cache")
struct WarmPrefixesTests {
    private let second: Int64 = 1_000_000_000
    private let prefix = PromptPrefix(digest: 1, countsReads: false)
    private let other = PromptPrefix(digest: 2, countsReads: false)
    private let written = TokenUsage(input: 400, output: 9, cacheWriteFiveMinutes: 1600)
    private let read = TokenUsage(input: 400, output: 9, cacheRead: 1600)

    private func led(by number: UInt64 = 1) -> WarmPrefixes {
        var prefixes = WarmPrefixes(patience: 30 * second)
        prefixes.sent(prefix, number: number, at: 0)
        return prefixes
    }

    private func answered(_ usage: TokenUsage, sentAt: Int64 = 0) -> WarmPrefixes {
        var prefixes = led()
        prefixes.answered(prefix, number: 1, usage: usage, sentAt: sentAt, at: sentAt)
        return prefixes
    }

    @Test("The first request leads, and is alone in it")
    func leading() {
        var prefixes = WarmPrefixes(patience: 30 * second)
        #expect(prefixes.standing(of: prefix, at: 0) == .cold)
        prefixes.sent(prefix, number: 1, at: 0)
        #expect(prefixes.standing(of: prefix, at: 0) == .led)
        #expect(prefixes.standing(of: other, at: 0) == .cold)
        #expect(prefixes.nextHandOver(after: 0) == 30 * second)
        #expect(prefixes.nextHandOver(after: 30 * second) == nil)
        prefixes.failed(prefix, number: 2)
        #expect(prefixes.standing(of: prefix, at: 1) == .led, "another's failure changes nothing")
        prefixes.failed(prefix, number: 1)
        #expect(prefixes.standing(of: prefix, at: 1) == .cold)
        #expect(prefixes.count == 0)
    }

    @Test("One that is not answered within the patience leads no more; should it be answered later, that is as good")
    func overdue() {
        var prefixes = led()
        #expect(prefixes.standing(of: prefix, at: 30 * second - 1) == .led)
        #expect(prefixes.standing(of: prefix, at: 30 * second) == .cold)
        prefixes.sent(prefix, number: 2, at: 30 * second)
        prefixes.failed(prefix, number: 1)
        #expect(prefixes.standing(of: prefix, at: 31 * second) == .led)
        prefixes.answered(prefix, number: 1, usage: written, sentAt: 0, at: 32 * second)
        #expect(prefixes.standing(of: prefix, at: 32 * second) == .warm(tokens: 1600))
        prefixes.failed(prefix, number: 2)
        #expect(prefixes.standing(of: prefix, at: 33 * second) == .warm(tokens: 1600))
    }

    @Test("An answer that comes when what it wrote has ended leaves the one that leads by then alone")
    func late() {
        var prefixes = led()
        prefixes.sent(prefix, number: 2, at: 290 * second)
        prefixes.answered(prefix, number: 1, usage: written, sentAt: 0, at: 291 * second)
        #expect(prefixes.standing(of: prefix, at: 291 * second) == .led)
        prefixes.answered(prefix, number: 2, usage: written, sentAt: 290 * second, at: 580 * second)
        #expect(prefixes.standing(of: prefix, at: 580 * second) == .cold)
    }

    @Test("What was written is warm until shortly before its end, counted from when it was sent; reading renews it")
    func life() {
        let margin = WarmPrefixes.margin
        var prefixes = answered(written, sentAt: 7)
        let end = 7 + 300 * second - margin
        #expect(prefixes.standing(of: prefix, at: end - 1) == .warm(tokens: 1600))
        #expect(prefixes.standing(of: prefix, at: end) == .cold)
        prefixes.answered(prefix, number: 1, usage: read, sentAt: 100, at: 200)
        #expect(prefixes.standing(of: prefix, at: end + 92) == .warm(tokens: 1600))
        #expect(prefixes.standing(of: prefix, at: end + 93) == .cold)
        prefixes.answered(prefix, number: 1, usage: read, sentAt: 50, at: 300)
        #expect(prefixes.standing(of: prefix, at: end + 92) == .warm(tokens: 1600), "an answer that was overtaken takes nothing")
    }

    @Test("Who wrote it for an hour reads it for an hour; of what somebody else wrote five minutes are sure")
    func oneHour() {
        let hour = 3600 * second
        let long = TokenUsage(input: 400, cacheWriteOneHour: 1600)
        var prefixes = answered(long)
        prefixes.answered(prefix, number: 1, usage: read, sentAt: 10 * second, at: 10 * second)
        #expect(prefixes.standing(of: prefix, at: hour - 6 * second) == .warm(tokens: 1600))
        #expect(prefixes.standing(of: prefix, at: hour - 5 * second) == .cold)
        #expect(answered(read).standing(of: prefix, at: 285 * second) == .cold)
        // A part that is kept for five minutes makes the whole end then.
        let both = TokenUsage(cacheWriteFiveMinutes: 600, cacheWriteOneHour: 1000)
        #expect(answered(both).standing(of: prefix, at: 284 * second) == .warm(tokens: 1600))
        #expect(answered(both).standing(of: prefix, at: 285 * second) == .cold)
    }

    @Test("What the vendor does not keep, or says nothing of, keeps nobody back")
    func uncacheable() {
        #expect(answered(TokenUsage(input: 2000, output: 9)).standing(of: prefix, at: 1) == .warm(tokens: 0))
        #expect(answered(TokenUsage()).standing(of: prefix, at: 1) == .warm(tokens: 0))
        var prefixes = answered(written)
        prefixes.answered(prefix, number: 1, usage: TokenUsage(), sentAt: 1, at: 2)
        #expect(prefixes.standing(of: prefix, at: 3) == .warm(tokens: 1600), "silence is no news")
    }

    @Test("No more beginnings are remembered than is stated: those that ended go first, then the one that ends first")
    func bounded() {
        var prefixes = WarmPrefixes(patience: 30 * second)
        func prefix(_ number: Int) -> PromptPrefix { PromptPrefix(digest: number, countsReads: false) }
        let maximum = WarmPrefixes.maximum
        for number in 0..<maximum {
            prefixes.answered(prefix(number), number: 0, usage: written, sentAt: Int64(number), at: Int64(number))
        }
        #expect(prefixes.count == maximum)
        #expect(prefixes.standing(of: prefix(0), at: second) == .warm(tokens: 1600))
        prefixes.answered(prefix(maximum), number: 0, usage: written, sentAt: second, at: second)
        #expect(prefixes.count == maximum)
        #expect(prefixes.standing(of: prefix(0), at: second) == .cold)
        #expect(prefixes.standing(of: prefix(1), at: second) == .warm(tokens: 1600))
        prefixes.answered(prefix(maximum + 1), number: 0, usage: written, sentAt: 300 * second, at: 300 * second)
        #expect(prefixes.count == 1)
    }
}
