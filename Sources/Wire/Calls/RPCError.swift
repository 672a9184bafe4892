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
    /// What led to this on the side where it was made; it does not travel.
    public let cause: (any Error)?

    public init(_ code: StatusCode, _ message: String, isRefused: Bool = false, cause: (any Error)? = nil) {
        precondition(code != .ok, "an error is never OK")
        self.code = code
        self.message = message
        self.isRefused = isRefused
        self.cause = cause
    }

    public var description: String { "\(code.name): \(message)" }
}
