/// A refusal in the words of the real provider, before it takes the form of one of its dialects.
struct ProviderError: Error, Sendable, Equatable {
    /// The error types of the Messages API that the fake provider uses.
    enum Kind: String, Sendable {
        case invalidRequest = "invalid_request_error"
        case authentication = "authentication_error"
        case notFound = "not_found_error"
        case requestTooLarge = "request_too_large"
        case rateLimit = "rate_limit_error"
        case api = "api_error"
        case timeout = "timeout_error"
        case overloaded = "overloaded_error"
    }

    let status: Int
    let kind: Kind
    let message: String
    /// `error.details.error_code`, where there is one.
    var errorCode: String?
    /// Seconds for `retry-after`, where there is one.
    var retryAfter: Int?
    /// The field that is at fault, for the dialect that names it.
    var parameter: String?

    static func invalid(_ message: String, parameter: String? = nil) -> ProviderError {
        ProviderError(status: 400, kind: .invalidRequest, message: message, parameter: parameter)
    }

    /// The Messages API's wording for what is wrong at a place in the request.
    static func invalid(at path: String, _ problem: String) -> ProviderError {
        invalid("\(path): \(problem)", parameter: path)
    }

    static func unauthenticated(_ message: String) -> ProviderError {
        ProviderError(status: 401, kind: .authentication, message: message)
    }

    static func notFound(_ message: String) -> ProviderError {
        ProviderError(status: 404, kind: .notFound, message: message)
    }

    static let tooLarge = ProviderError(
        status: 413, kind: .requestTooLarge, message: "Request exceeds the maximum allowed number of bytes.")
}
