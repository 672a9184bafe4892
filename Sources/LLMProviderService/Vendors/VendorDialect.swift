import CurlClient

/// Puts calls into a vendor's words and reads its answers.
protocol VendorDialect: Sendable {
    /// The path of the method and the headers that go with it, the key among them.
    func headers(key: Secret?) -> [(name: String, value: String)]
    var path: String { get }
    /// The request's body; the same call gives the same bytes.
    func body(_ call: VendorCall) -> [UInt8]
    /// What an answer means.
    func outcome(of response: HTTPResponse, schema: JSONSchema) -> AttemptOutcome
}

extension ProviderConfiguration.Dialect {
    var vendor: any VendorDialect {
        switch self {
        case .anthropicMessages: AnthropicDialect()
        case .openAIChatCompletions: OpenAIDialect()
        }
    }
}

/// What answers that are no success mean, as both vendors use HTTP.
enum HTTPFailure {
    /// The pause after a 429 that does not say how long.
    private static let usualWait: Duration = .seconds(5)
    /// The longest pause that is taken from a vendor.
    private static let longestWaitSeconds = 3600.0

    /// - Parameters:
    ///   - code: the vendor's own word for the error.
    ///   - isSpent: whether the account has no money left or a limit on spending was reached.
    static func failure(
        _ response: HTTPResponse, code: String, message: String, isSpent: Bool, vendorRequestID: String
    ) -> AttemptFailure {
        func failure(_ kind: AttemptFailure.Kind, _ remedy: AttemptFailure.Remedy) -> AttemptFailure {
            AttemptFailure(
                kind: kind,
                message: "the provider answered \(response.status) \(code.passedOn(limit: 60)): \(message.passedOn(limit: 300))",
                remedy: remedy, httpStatus: response.status, vendorRequestID: vendorRequestID)
        }
        if isSpent { return failure(.billing, .none) }
        switch response.status {
        case 401, 403: return failure(.authentication, .none)
        case 402: return failure(.billing, .none)
        case 408, 409: return failure(.overloaded, .retry)
        case 429: return failure(.rateLimited, .wait(wait(response)))
        case 400..<500: return failure(.invalidRequest, .none)
        case 500...: return failure(.overloaded, response.headers["x-should-retry"] == "false" ? .none : .retry)
        default: return failure(.unreadableReply, .retry)
        }
    }

    private static func wait(_ response: HTTPResponse) -> Duration {
        pause(response.headers["retry-after-ms"], unitsPerSecond: 1000) ?? pause(
            response.headers["retry-after"], unitsPerSecond: 1)
            ?? usualWait
    }

    /// A pause that a header asks for; nil where it is no finite number, a date for example.
    private static func pause(_ text: String?, unitsPerSecond: Double) -> Duration? {
        guard let number = text.flatMap(Double.init), number.isFinite, number >= 0 else { return nil }
        return .seconds(min(number / unitsPerSecond, longestWaitSeconds))
    }
}
