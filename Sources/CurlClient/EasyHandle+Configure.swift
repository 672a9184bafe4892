private import CCurl

extension EasyHandle {
    /// Writes down everything about a request that libcurl must know, security first.
    mutating func configure(
        _ request: HTTPRequest, remaining: Duration, configuration: CurlClient.Configuration
    ) throws(CurlError) {
        try secure(configuration)
        do throws(CurlError) {
            try set(CURLOPT_URL, request.url)
        } catch {
            throw CurlError(
                code: .invalidURL, message: "the URL can't be parsed", requestMayHaveBeenSent: false, curlCode: error.curlCode)
        }
        try set(CURLOPT_CONNECTTIMEOUT_MS, Self.milliseconds(request.connectTimeout))
        try set(CURLOPT_TIMEOUT_MS, Self.milliseconds(remaining))
        try set(CURLOPT_MAXAGE_CONN, max(1, Int(configuration.maxIdleTime.components.seconds)))
        try set(CURLOPT_TCP_KEEPALIVE, 1)
        try set(CURLOPT_TCP_KEEPIDLE, 60)
        try set(CURLOPT_TCP_KEEPINTVL, 60)
        // Without TLS nothing tells before the first answer whether the server speaks version 2, and with PIPEWAIT libcurl would let
        // every other request wait for that answer.
        let mayUseVersion2 = configuration.version == .negotiated && HTTPSyntax.hasScheme("https", request.url)
        try set(CURLOPT_HTTP_VERSION, Int(mayUseVersion2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1))
        // Waiting for the handshake of a connection that can be shared is better than opening one per request.
        try set(CURLOPT_PIPEWAIT, mayUseVersion2 ? 1 : 0)
        if configuration.acceptsCompression { try set(CURLOPT_ACCEPT_ENCODING, "") }
        // Each transfer has one of its own. libcurl's usual 64 KiB are more than most requests have.
        try set(CURLOPT_UPLOAD_BUFFERSIZE, min(max(request.body.count, 16 << 10), 64 << 10))
        try setMethod(request)
        try setHeaders(Self.headerLines(request, userAgent: configuration.userAgent))
    }

    /// What a request must never be able to loosen.
    private func secure(_ configuration: CurlClient.Configuration) throws(CurlError) {
        try set(CURLOPT_NOSIGNAL, 1)
        try keepSocketsPrivate()
        try set(CURLOPT_PROTOCOLS_STR, "http,https")
        // Custom fields, a key among them, would be sent again to wherever a redirect points.
        try set(CURLOPT_FOLLOWLOCATION, 0)
        try set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1)
        try set(CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
        try set(CURLOPT_SSL_VERIFYPEER, 1)
        try set(CURLOPT_SSL_VERIFYHOST, 2)
        try set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        if let file = configuration.certificateAuthorityFile {
            try set(CURLOPT_CAINFO, file)
            // The folder that libcurl was built with would be trusted as well.
            try unset(CURLOPT_CAPATH)
        }
        try set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        switch configuration.proxy {
        case .none: try set(CURLOPT_PROXY, "")
        case .environment: break
        case .url(let url): try set(CURLOPT_PROXY, url)
        }
    }

    private func setMethod(_ request: HTTPRequest) throws(CurlError) {
        switch (request.method, request.body.isEmpty) {
        case ("GET", true):
            try set(CURLOPT_HTTPGET, 1)
        case ("HEAD", true):
            try set(CURLOPT_NOBODY, 1)
        case (let method, _):
            try set(CURLOPT_POST, 1)
            try set(CURLOPT_POSTFIELDSIZE_LARGE, offset: request.body.count)
            try set(CURLOPT_CUSTOMREQUEST, method)
        }
    }

    /// libcurl's notation: `Name: value`, `Name;` for an empty value, `Name:` to leave one of its own fields out.
    static func headerLines(_ request: HTTPRequest, userAgent: String) -> [String] {
        // Without `Expect:` a body over one megabyte waits a second for a go-ahead that providers don't send.
        var lines = ["Expect:"]
        func has(_ name: String) -> Bool { request.headers.contains { HTTPHeaders.isSameName($0.name, name) } }
        if !has("user-agent") { lines.append("User-Agent: \(userAgent)") }
        // libcurl would declare the body a form.
        if !has("content-type") { lines.append("Content-Type:") }
        for (name, value) in request.headers {
            let isBlank = value.utf8.allSatisfy { $0 == 0x20 || $0 == 0x09 }
            lines.append(isBlank ? "\(name);" : "\(name): \(value)")
        }
        return lines
    }

    /// Whole milliseconds, rounded up, between one (zero would mean "for ever") and one day.
    static func milliseconds(_ duration: Duration) -> Int {
        let (seconds, attoseconds) = duration.components
        guard seconds < 86_400 else { return 86_400_000 }
        guard seconds >= 0 else { return 1 }
        let (whole, rest) = attoseconds.quotientAndRemainder(dividingBy: 1_000_000_000_000_000)
        return max(1, Int(seconds) * 1000 + Int(whole) + (rest > 0 ? 1 : 0))
    }
}
