/// A request on its way to the loop, with the caller that waits for it.
struct PendingTransfer: Sendable {
    typealias Outcome = Result<HTTPResponse, CurlError>

    let id: UInt64
    let request: HTTPRequest
    let submitted: ContinuousClock.Instant
    /// Where the body goes of an answer with status 200; nil where it is kept.
    let body: ArrivingBody?
    let continuation: CheckedContinuation<Outcome, Never>

    var deadline: ContinuousClock.Instant { submitted.advanced(by: request.timeout) }

    func finish(_ outcome: Outcome) {
        continuation.resume(returning: outcome)
    }
}
