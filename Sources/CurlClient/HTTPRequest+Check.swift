extension HTTPRequest {
    /// Whether a server may be asked twice: by the method's nature, or because the caller says so.
    var maySafelyBeRepeated: Bool {
        isIdempotent || ["GET", "HEAD", "OPTIONS"].contains(method)
    }

    /// Refuses what can't be put on the wire as given.
    ///
    /// libcurl copies header lines verbatim, so a line break in a value would become a header field, or a second request, of
    /// whoever chose the value.
    func check(maxRequestBytes: Int) throws(CurlError) {
        guard HTTPSyntax.isToken(method), method.utf8.count <= 32 else {
            throw .notSent(.invalidRequest, "the method is not an HTTP token of at most 32 characters")
        }
        guard HTTPSyntax.isAcceptableURL(url) else {
            throw .notSent(
                .invalidURL, "the URL is not an absolute http or https URL in visible ASCII of at most 8192 characters")
        }
        guard body.count <= maxRequestBytes else {
            throw .notSent(.invalidRequest, "the body has \(body.count) bytes, more than the \(maxRequestBytes) allowed")
        }
        guard maxResponseBytes >= 0 else {
            throw .notSent(.invalidRequest, "the largest response size is negative")
        }
        guard headers.count <= 256 else {
            throw .notSent(.invalidRequest, "there are more than 256 header fields")
        }
        for (name, value) in headers {
            guard HTTPSyntax.isToken(name) else {
                throw .notSent(.invalidRequest, "a header field's name is not an HTTP token")
            }
            guard HTTPSyntax.isFieldValue(value) else {
                throw .notSent(.invalidRequest, "the value of header field \(name) holds a control character")
            }
            guard !HTTPSyntax.isFraming(name) else {
                throw .notSent(.invalidRequest, "header field \(name) belongs to the client")
            }
        }
    }
}

/// The grammar of RFC 9110 as far as requests need it.
enum HTTPSyntax {
    private static let tokenPunctuation = Set("!#$%&'*+-.^_`|~".utf8)

    /// RFC 9110 §5.6.2.
    static func isToken(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: tokenPunctuation.contains(byte)
                }
            }
    }

    /// RFC 9110 §5.5: no control character but the tab.
    static func isFieldValue(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 == 0x09 || ($0 >= 0x20 && $0 != 0x7F) }
    }

    /// Fields that decide where a request ends; libcurl writes them.
    static func isFraming(_ name: String) -> Bool {
        ["content-length", "transfer-encoding", "expect"].contains { HTTPHeaders.isSameName($0, name) }
    }

    /// What can be told of a URL before libcurl parses it: its scheme, its length, and that it is one word of visible ASCII.
    static func isAcceptableURL(_ url: String) -> Bool {
        let bytes = url.utf8
        guard bytes.count <= 8192, bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return false }
        return hasScheme("https", url) || hasScheme("http", url)
    }

    static func hasScheme(_ scheme: String, _ url: String) -> Bool {
        HTTPHeaders.isSameName(String(url.prefix(scheme.count + 3)), scheme + "://")
    }
}
