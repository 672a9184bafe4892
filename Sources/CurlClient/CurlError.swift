/// Why no complete response came back. A response of any status is not an error.
public struct CurlError: Error, Sendable, CustomStringConvertible {
    /// What went wrong, in a form to branch on.
    public enum Code: Sendable, Hashable, CaseIterable {
        /// The host name has no address, or the resolver did not answer.
        case couldNotResolve
        /// No connection: refused, unreachable, or no address answered.
        case couldNotConnect
        /// The connect timeout or the total timeout ran out.
        case timeout
        /// The TLS handshake failed, or the certificate is not to be trusted.
        case tls
        /// The connection ended, or the stream was reset, before the response was complete.
        case connectionLost
        /// The body is longer than the request allowed, or the header fields are longer than the configuration allows.
        case responseTooLarge
        /// The URL can't be parsed, is neither http nor https, or carries credentials.
        case invalidURL
        /// The method, a header field, a size or a timeout can't be sent as given; nothing was sent.
        case invalidRequest
        /// The task that was waiting was cancelled.
        case cancelled
        /// The peer's answer is not HTTP, or its coding is broken.
        case protocolViolation
        /// As many requests as configured are waiting for a place already.
        case overloaded
        /// The client has been, or was while the request ran, shut down.
        case shutDown
        /// libcurl could not do its work (out of memory, out of file descriptors, an option refused).
        case internalFailure
    }

    /// What went wrong.
    public let code: Code
    /// One sentence for a log. It holds no header value and no body.
    public let message: String
    /// False only when it is certain that the server has not received the complete request, so that repeating it can't make the
    /// server act twice.
    public let requestMayHaveBeenSent: Bool
    /// libcurl's own code, zero when the client decided.
    public let curlCode: Int32

    /// Creates an error, for callers that stand in for the client in tests.
    public init(code: Code, message: String, requestMayHaveBeenSent: Bool, curlCode: Int32 = 0) {
        self.code = code
        self.message = message
        self.requestMayHaveBeenSent = requestMayHaveBeenSent
        self.curlCode = curlCode
    }

    public var description: String {
        "\(code): \(message)" + (requestMayHaveBeenSent ? " (the request may have been sent)" : "")
    }

    /// An error found before anything could have been sent.
    static func notSent(_ code: Code, _ message: String) -> CurlError {
        CurlError(code: code, message: message, requestMayHaveBeenSent: false)
    }
}
