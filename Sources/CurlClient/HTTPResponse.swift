/// A complete answer, whatever its status says.
public struct HTTPResponse: Sendable {
    /// The status code of the final response, 200 to 599; interim responses (1xx) are dropped.
    public let status: Int
    /// The header fields of the final response; trailers are dropped.
    public let headers: HTTPHeaders
    /// The body after decompression.
    public let body: [UInt8]
    /// The time from the call of `send` to the last byte.
    public let elapsed: Duration

    /// Creates a response, for callers that stand in for the client in tests.
    public init(status: Int, headers: HTTPHeaders, body: [UInt8], elapsed: Duration) {
        self.status = status
        self.headers = headers
        self.body = body
        self.elapsed = elapsed
    }
}
