/// What is to be sent, and how long and how much may come back.
public struct HTTPRequest: Sendable {
    /// The verb, for example `POST`. It must be an HTTP token.
    public var method: String
    /// An absolute `http` or `https` URL without user name or password.
    public var url: String
    /// Header fields in the order in which they are written. `Content-Length`, `Transfer-Encoding` and `Expect` belong to the
    /// client and are refused, like names that are no token and values that hold control characters.
    public var headers: [(name: String, value: String)]
    /// The bytes of the body; empty for none.
    public var body: [UInt8]
    /// The longest that resolving, connecting and the TLS handshake may take together.
    public var connectTimeout: Duration
    /// The longest that the whole exchange may take, from the call of `send` on, waiting for a free place included.
    public var timeout: Duration
    /// The most bytes of body, after decompression, that are accepted. One byte more fails with ``CurlError/Code/responseTooLarge``.
    public var maxResponseBytes: Int
    /// True when it does no harm if the server acts on the request twice.
    ///
    /// A connection that was kept open may die just as it is used again. The client repeats such a request once on a fresh
    /// connection by itself, but only when the server can't have received all of it, or when this is true. It is false by
    /// default, because a provider call that is repeated is paid twice.
    public var isIdempotent: Bool

    /// Creates a request; see the properties for units and limits.
    public init(
        method: String = "POST",
        url: String,
        headers: [(name: String, value: String)] = [],
        body: [UInt8] = [],
        connectTimeout: Duration = .seconds(5),
        timeout: Duration = .seconds(120),
        maxResponseBytes: Int = 4 << 20,
        isIdempotent: Bool = false
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.connectTimeout = connectTimeout
        self.timeout = timeout
        self.maxResponseBytes = maxResponseBytes
        self.isIdempotent = isIdempotent
    }
}
