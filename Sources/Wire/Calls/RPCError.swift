/// A call that did not succeed, in the words its caller may read.
///
/// Handlers throw it to choose what the peer sees; clients throw it for what the peer answered and for what went wrong on the way.
/// Any other error that leaves a handler reaches the peer as `INTERNAL` without its text.
public struct RPCError: Error, Sendable, CustomStringConvertible {
    /// Never `.ok`.
    public let code: StatusCode
    /// One sentence for the caller. It is chosen, never an internal error's description, and never holds essay text.
    public let message: String
    /// True when no handler has seen the request, so that sending it again is safe whatever the method does.
    public let isRefused: Bool
    /// How long to wait before sending a refused request again; nil where the server does not know. It travels in whole milliseconds.
    public let retryAfter: Duration?
    /// What led to this on the side where it was made; it does not travel.
    public let cause: (any Error)?

    /// - Parameter retryAfter: only of a refusal; more than zero.
    public init(
        _ code: StatusCode, _ message: String, isRefused: Bool = false, retryAfter: Duration? = nil, cause: (any Error)? = nil
    ) {
        precondition(code != .ok, "an error is never OK")
        precondition(retryAfter.map { isRefused && $0 > .zero } ?? true, "a refusal alone says when to come again")
        self.code = code
        self.message = message
        self.isRefused = isRefused
        self.retryAfter = retryAfter
        self.cause = cause
    }

    /// What the caller learns of an error that ends a handler, in the handler's task: what the handler chose, that it was told to stop, or
    /// that the server failed.
    public init(ofHandler error: any Error) {
        if let error = error as? RPCError {
            self = error
        } else if error is CancellationError || Task.isCancelled {
            // What a handler meets when it is told to stop comes in many words; none of them is a fault.
            self.init(.cancelled, "the call was cancelled", cause: error)
        } else {
            self.init(.internal, "the server failed; its log says why", cause: error)
        }
    }

    public var description: String { "\(code.name): \(message)" }

    /// What of it arrives at a caller.
    var asTravelled: RPCError { RPCError(code, message, isRefused: isRefused, retryAfter: retryAfter) }
}
