extension CurlClient {
    /// What is the same for every request of one client.
    public struct Configuration: Sendable {
        /// Through which proxy requests go.
        public enum Proxy: Sendable, Equatable {
            /// None, whatever the environment says.
            case none
            /// The one that `http_proxy`, `https_proxy` and `no_proxy` name.
            case environment
            /// The one at this URL.
            case url(String)
        }

        /// Which HTTP version is spoken. Over plain TCP it is always 1.1: libcurl 7.88 loses every reused connection when it
        /// speaks version 2 without TLS (curl issue 10634).
        public enum Version: Sendable, Equatable {
            /// Version 1.1 only.
            case http1
            /// Version 2 where the server offers it during the TLS handshake, else 1.1.
            case negotiated
        }

        /// Transfers running at once; the next ones wait their turn.
        public var maxTransfersInFlight: Int
        /// Requests waiting for a place; one more fails with ``CurlError/Code/overloaded``.
        public var maxWaitingRequests: Int
        /// Bytes of status line, header fields and trailers of one exchange, at most 262,144 because libcurl has a limit of its
        /// own above that.
        public var maxHeaderBytes: Int
        /// Bytes of one request's body.
        public var maxRequestBytes: Int
        /// How long an unused connection is kept for the next request.
        public var maxIdleTime: Duration
        /// A file with the certificate authorities to trust, in PEM, instead of the system's.
        public var certificateAuthorityFile: String?
        /// Which proxy.
        public var proxy: Proxy
        /// Which HTTP version.
        public var version: Version
        /// Whether the server may compress its answer. Limits always count what comes out of the decompression.
        public var acceptsCompression: Bool
        /// The value of `User-Agent`, unless a request brings its own.
        public var userAgent: String

        /// Creates a configuration; see the properties for units and limits.
        public init(
            maxTransfersInFlight: Int = 256,
            maxWaitingRequests: Int = 4096,
            maxHeaderBytes: Int = 64 << 10,
            maxRequestBytes: Int = 32 << 20,
            maxIdleTime: Duration = .seconds(55),
            certificateAuthorityFile: String? = nil,
            proxy: Proxy = .none,
            version: Version = .negotiated,
            acceptsCompression: Bool = true,
            userAgent: String = "huleedu"
        ) {
            precondition(maxTransfersInFlight > 0 && maxWaitingRequests >= 0, "a client needs room for one transfer")
            precondition((1...262_144).contains(maxHeaderBytes), "maxHeaderBytes lies between 1 and 262144")
            precondition(maxRequestBytes >= 0, "a limit is not negative")
            self.maxTransfersInFlight = maxTransfersInFlight
            self.maxWaitingRequests = maxWaitingRequests
            self.maxHeaderBytes = maxHeaderBytes
            self.maxRequestBytes = maxRequestBytes
            self.maxIdleTime = maxIdleTime
            self.certificateAuthorityFile = certificateAuthorityFile
            self.proxy = proxy
            self.version = version
            self.acceptsCompression = acceptsCompression
            self.userAgent = userAgent
        }
    }
}
