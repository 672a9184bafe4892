extension FaultPlan.Fault {
    /// Throws what the fault makes the provider say instead of an answer, if it is of that sort.
    func refuse() throws(ProviderError) {
        switch self {
        case .rateLimited(let seconds):
            throw ProviderError(
                status: 429, kind: .rateLimit, message: "This request would exceed your organization's rate limit.",
                retryAfter: seconds)
        case .rampLimited(let seconds):
            throw ProviderError(
                status: 429, kind: .rateLimit, message: "Your usage is growing faster than its ramp allows.",
                errorCode: "ramp_limit_exceeded", retryAfter: seconds)
        case .spendLimit:
            throw ProviderError(
                status: 429, kind: .rateLimit, message: "Your organization has reached its enforced spend limit.",
                errorCode: "enforced_spend_limit_reached")
        case .usageLimit:
            throw .invalid("You have reached your specified API usage limits. You will regain access on 2027-01-01 at 00:00 UTC.")
        case .overloaded:
            throw ProviderError(status: 529, kind: .overloaded, message: "Overloaded")
        case .serverError(let status):
            throw ProviderError(status: status, kind: status == 504 ? .timeout : .api, message: "Internal server error")
        case .garbageBody, .wrongShape, .truncatedBody, .resetBeforeAnswer, .resetBeforeReading, .slow, .drip, .refusal,
            .maxTokens, .invalidVerdict, .proseVerdict, .streamError:
            break
        }
    }

    /// Damages an answer, or its delivery, if the fault is of that sort.
    func spoil(_ reply: inout OutgoingReply) {
        switch self {
        case .garbageBody: reply.pieces = [Array("<html>\u{0}502 upstream {\"content\": [".utf8) + [0xFF, 0xFE]]
        case .wrongShape: reply.pieces = [Array(#"{"type":"message","content":"","usage":null}"#.utf8)]
        case .streamError where reply.isStream:
            reply.pieces = reply.pieces.prefix(reply.pieces.count / 2) + [MessagesStream.encoded(MessagesStream.breakdown)]
        case .truncatedBody: reply.delivery = .truncated
        case .resetBeforeAnswer, .resetBeforeReading: reply.delivery = .reset
        case .slow(let delay): reply.delay += delay
        case .drip(let bytes, let interval): reply.delivery = .drip(bytes: bytes, interval: interval)
        case .rateLimited, .rampLimited, .spendLimit, .usageLimit, .overloaded, .serverError, .refusal, .maxTokens,
            .invalidVerdict, .proseVerdict, .streamError:
            break
        }
    }
}
