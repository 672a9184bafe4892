import CurlClient
import FoundationEssentials

/// Puts calls into a vendor's words and reads its answers.
protocol VendorDialect: Sendable {
    /// The path of the method and the headers that go with it, the key among them.
    func headers(key: Secret?) -> [(name: String, value: String)]
    var path: String { get }
    /// The request's body; the same call gives the same bytes.
    func body(_ call: VendorCall) -> [UInt8]
    /// What an answer means.
    func outcome(of response: HTTPResponse, schema: JSONSchema) -> AttemptOutcome
    /// What an answer says about the vendor's limits.
    ///
    /// - Parameter now: seconds since 1970.
    func limits(in headers: HTTPHeaders, now: Double) -> LimitReport
    /// How the vendor counts tokens.
    var counting: TokenCounting { get }
}

extension ProviderConfiguration.Dialect {
    /// Whether the vendor takes many requests at once and answers them later.
    var takesBatches: Bool { self == .anthropicMessages }

    var vendor: any VendorDialect {
        switch self {
        case .anthropicMessages: AnthropicDialect()
        case .openAIChatCompletions: OpenAIDialect()
        }
    }
}

/// What answers that are no success mean, as both vendors use HTTP.
enum HTTPFailure {
    /// - Parameters:
    ///   - code: the vendor's own word for the error.
    ///   - isSpent: whether the account has no money left or a limit on spending was reached.
    ///   - now: seconds since 1970.
    static func failure(
        _ response: HTTPResponse, code: String, message: String, isSpent: Bool, vendorRequestID: String,
        now: () -> Int64 = { Int64(Date.now.timeIntervalSince1970) }
    ) -> AttemptFailure {
        func failure(
            _ kind: AttemptFailure.Kind, _ remedy: AttemptFailure.Remedy? = nil, reach: AttemptFailure.Reach = .request
        ) -> AttemptFailure {
            AttemptFailure(
                kind: kind,
                message: "the provider answered \(response.status) \(code.passedOn(limit: 60)): \(message.passedOn(limit: 300))",
                remedy: remedy ?? kind.rules.remedy, reach: reach, httpStatus: response.status, vendorRequestID: vendorRequestID)
        }
        let pause = RetryAfter.pause(in: response.headers, now: now).map { AttemptFailure.Remedy.wait($0) }
        if isSpent { return failure(.billing, reach: .lane) }
        switch response.status {
        case 401: return failure(.authentication, reach: .account)
        // A key that may not use one model may use others.
        case 403: return failure(.authentication)
        case 402: return failure(.billing, reach: .account)
        case 408, 409: return failure(.overloaded)
        case 429: return failure(.rateLimited, pause)
        case 400..<500: return failure(.invalidRequest)
        case 500... where response.headers["x-should-retry"] == "false": return failure(.overloaded, .some(.none))
        // Unavailable, or overloaded in one vendor's number: it may say until when, as with too many requests.
        case 503, 529: return failure(.overloaded, pause)
        case 500...: return failure(.overloaded)
        default: return failure(.unreadableReply)
        }
    }
}
