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
    private static let longestWait: Duration = .seconds(3600)

    /// - Parameters:
    ///   - code: the vendor's own word for the error.
    ///   - isSpent: whether the account has no money left or a limit on spending was reached.
    static func failure(
        _ response: HTTPResponse, code: String, message: String, isSpent: Bool, vendorRequestID: String
    ) -> AttemptFailure {
        func failure(_ kind: AttemptFailure.Kind, _ remedy: AttemptFailure.Remedy) -> AttemptFailure {
            AttemptFailure(
                kind: kind, message: "the provider answered \(response.status) \(code): \(shortened(message))", remedy: remedy,
                httpStatus: response.status, vendorRequestID: vendorRequestID)
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
        if let text = response.headers["retry-after-ms"], let milliseconds = Double(text), milliseconds >= 0 {
            return min(.milliseconds(milliseconds), longestWait)
        }
        if let text = response.headers["retry-after"], let seconds = Double(text), seconds >= 0 {
            return min(.seconds(seconds), longestWait)
        }
        return usualWait
    }

    private static func shortened(_ message: String) -> String {
        message.count > 300 ? message.prefix(300) + "…" : message
    }
}
