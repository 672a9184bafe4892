import CurlClient
import Testing

@Suite("A request that can't be sent as given")
struct RefusedRequestTests {
    /// The code with which a request is refused; the server must never see a connection.
    private func refusal(_ change: (inout HTTPRequest) -> Void) async throws -> CurlError.Code? {
        var code: CurlError.Code?
        try await withServer(.init(maxRequestBytes: 1000)) { connection in
            while connection.readRequest() != nil { connection.answer("ok") }
        } test: { server, client in
            var request = HTTPRequest(url: server.url, body: [1])
            change(&request)
            let error = await failure(client, request)
            code = error?.code
            if error != nil {
                #expect(error?.requestMayHaveBeenSent == false)
                #expect(server.connectionCount == 0)
            }
        }
        return code
    }

    @Test(
        "a value with a line break or another control character",
        arguments: ["a\r\nX-Injected: 1", "a\nb", "a\rb", "a\u{0}b", "\u{7F}", "a\u{1B}b"])
    func headerValue(value: String) async throws {
        #expect(try await refusal { $0.headers = [("x-key", value)] } == .invalidRequest)
    }

    @Test("a name that is no token", arguments: ["", "a b", "a:", "a\r\nb", "ä", "a\u{0}", "(x)"])
    func headerName(name: String) async throws {
        #expect(try await refusal { $0.headers = [(name, "v")] } == .invalidRequest)
    }

    @Test("a field that says where the request ends", arguments: ["Content-Length", "transfer-encoding", "EXPECT"])
    func framing(name: String) async throws {
        #expect(try await refusal { $0.headers = [(name, "5")] } == .invalidRequest)
    }

    @Test(
        "a method that is no token",
        arguments: ["", "PO ST", "POST\r\n", "GET /x HTTP/1.1\r\nx:", String(repeating: "A", count: 33)])
    func method(method: String) async throws {
        #expect(try await refusal { $0.method = method } == .invalidRequest)
    }

    @Test(
        "a URL of another scheme, with credentials, or not a URL",
        arguments: [
            "", "127.0.0.1", "ftp://127.0.0.1/", "file:///etc/passwd", "gopher://127.0.0.1/", "http:127.0.0.1", "http://",
            "http://a b/", "http://127.0.0.1/\r\nx: y", "http://user:password@127.0.0.1/", "http://127.0.0.1:99999/",
            "http://ä.example/", "https" + "://" + String(repeating: "a", count: 8200),
        ])
    func url(url: String) async throws {
        #expect(try await refusal { $0.url = url } == .invalidURL)
    }

    @Test("a body over the limit, and not one of exactly the limit")
    func bodySize() async throws {
        #expect(try await refusal { $0.body = [UInt8](repeating: 1, count: 1000) } == nil)
        #expect(try await refusal { $0.body = [UInt8](repeating: 1, count: 1001) } == .invalidRequest)
    }

    @Test("a negative response limit, or too many header fields")
    func otherLimits() async throws {
        #expect(try await refusal { $0.maxResponseBytes = -1 } == .invalidRequest)
        #expect(try await refusal { $0.headers = Array(repeating: ("a", "b"), count: 257) } == .invalidRequest)
        #expect(try await refusal { $0.headers = Array(repeating: ("a", "b"), count: 256) } == nil)
    }
}
