extension FaultPlan.Fault {
    /// The words that ``init(_:)`` takes, for help texts.
    public static let notation = """
        429:SECONDS, ramp:SECONDS, spend-limit, usage-limit, 529, 500, 502, 503, 504, garbage, wrong-shape, truncated, reset, \
        reset-early, slow:MILLISECONDS, drip:BYTES:MILLISECONDS, refusal, max-tokens, invalid-verdict, prose, stream-error
        """

    /// Reads a fault as it is written on a command line; see ``notation``.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        let numbers = parts.dropFirst().compactMap { Int($0) }.filter { $0 >= 0 }
        guard numbers.count == parts.count - 1 else { return nil }
        switch (parts[0], numbers.count) {
        case ("429", 1): self = .rateLimited(retryAfter: numbers[0])
        case ("ramp", 1): self = .rampLimited(retryAfter: numbers[0])
        case ("spend-limit", 0): self = .spendLimit
        case ("usage-limit", 0): self = .usageLimit
        case ("529", 0): self = .overloaded
        case ("500", 0), ("502", 0), ("503", 0), ("504", 0): self = .serverError(status: Int(parts[0]) ?? 500)
        case ("garbage", 0): self = .garbageBody
        case ("wrong-shape", 0): self = .wrongShape
        case ("truncated", 0): self = .truncatedBody
        case ("reset", 0): self = .resetBeforeAnswer
        case ("reset-early", 0): self = .resetBeforeReading
        case ("slow", 1): self = .slow(.milliseconds(numbers[0]))
        case ("drip", 2) where numbers[0] > 0: self = .drip(bytes: numbers[0], interval: .milliseconds(numbers[1]))
        case ("refusal", 0): self = .refusal
        case ("max-tokens", 0): self = .maxTokens
        case ("invalid-verdict", 0): self = .invalidVerdict
        case ("prose", 0): self = .proseVerdict
        case ("stream-error", 0): self = .streamError
        default: return nil
        }
    }
}
