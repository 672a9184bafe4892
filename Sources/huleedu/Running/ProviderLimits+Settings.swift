import LLMProviderService
import ServiceKit

extension ProviderLimits {
    /// The limits that the environment names for a provider: PREFIX_TIER, PREFIX_REQUESTS_PER_MINUTE, PREFIX_INPUT_TOKENS_PER_MINUTE,
    /// PREFIX_OUTPUT_TOKENS_PER_MINUTE, PREFIX_LIMITS_ABOVE_TIER=1, PREFIX_CONCURRENT_REQUESTS, PREFIX_SPACING_MILLISECONDS.
    ///
    /// - Throws: `SettingsError` for a value that can't be read.
    init(_ settings: Settings, prefix: String) throws(SettingsError) {
        self.init()
        func number(_ name: String, in range: ClosedRange<Int>) throws(SettingsError) -> Int? {
            let variable = "\(prefix)_\(name)"
            guard settings.text(variable) != nil else { return nil }
            return try settings.integer(variable, default: range.lowerBound, in: range)
        }
        let numbers = 1...1_000_000_000_000
        tier = settings.text("\(prefix)_TIER")
        requestsPerMinute = try number("REQUESTS_PER_MINUTE", in: numbers)
        inputTokensPerMinute = try number("INPUT_TOKENS_PER_MINUTE", in: numbers)
        outputTokensPerMinute = try number("OUTPUT_TOKENS_PER_MINUTE", in: numbers)
        concurrentRequests = try number("CONCURRENT_REQUESTS", in: 1...10_000)
        spacing = .milliseconds(try number("SPACING_MILLISECONDS", in: 0...3_600_000) ?? 0)
        mayExceedTier = try number("LIMITS_ABOVE_TIER", in: 0...1) == 1
    }
}
