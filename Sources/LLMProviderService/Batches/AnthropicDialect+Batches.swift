import CurlClient

/// Anthropic's Message Batches API.
extension AnthropicDialect {
    static let batches = "/v1/messages/batches"

    /// What stands around the requests of a batch.
    static let batchOpening = Array(#"{"requests":["#.utf8)
    static let batchClosing = Array("]}".utf8)

    /// One request of a batch.
    func batchItem(_ call: VendorCall, customID: String) -> [UInt8] {
        Array(#"{"custom_id":\#(JSONText.string(customID).text),"params":"#.utf8) + body(call) + [UInt8(ascii: "}")]
    }

    /// What became of a request of a batch.
    func outcome(of line: BatchResultLine.Outcome, schema: JSONSchema) -> AttemptOutcome {
        switch line {
        case .succeeded(let message): outcome(of: message, schema: schema, requestID: message["id"]?.text ?? "")
        case .errored(let type, let said): .failure(failure(type, said))
        case .canceled:
            .failure(
                AttemptFailure(
                    kind: .overloaded, message: "the batch was cancelled before the provider came to the request",
                    remedy: .wait(.zero)))
        case .expired:
            .failure(
                AttemptFailure(
                    kind: .overloaded, message: "the provider did not come to the request in a batch's time", remedy: .retry))
        case .unreadable:
            .failure(unreadable("the results of the batch say nothing readable about the request", requestID: ""))
        }
    }

    /// Whom else than its request a line of results concerns.
    func reach(of line: BatchResultLine.Outcome) -> AttemptFailure.Reach {
        guard case .errored(let type, let said) = line else { return .request }
        return failure(type, said).reach
    }

    private func failure(_ type: String, _ said: JSONValue) -> AttemptFailure {
        failure(
            HTTPResponse(status: Self.statuses[type] ?? 500, headers: HTTPHeaders(), body: said.bytes, elapsed: .zero),
            requestID: said["request_id"]?.text ?? "")
    }

    /// The statuses that errors of these types have outside batches.
    private static let statuses = [
        "invalid_request_error": 400, "authentication_error": 401, "billing_error": 402, "permission_error": 403,
        "not_found_error": 404, "request_too_large": 413, "rate_limit_error": 429, "api_error": 500, "timeout_error": 504,
        "overloaded_error": 529,
    ]
}
