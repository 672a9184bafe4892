import CurlClient
import Testing

@Suite("An exchange")
struct ExchangeTests {
    @Test("carries method, path, headers and body to the server, and status, headers and body back")
    func roundTrip() async throws {
        try await withServer { connection in
            guard let (head, body) = connection.readRequest() else { return }
            let echo = head + String(decoding: body, as: UTF8.self)
            connection.write(
                "HTTP/1.1 207 Odd\r\nX-Two: a\r\nx-two:  b \r\nX-Empty:\r\ncontent-length: \(echo.utf8.count)\r\n\r\n\(echo)")
        } test: { server, client in
            let request = HTTPRequest(
                method: "PUT", url: server.url + "/a/b?c=d",
                headers: [("x-api-key", "secret"), ("X-Blank", ""), ("content-type", "text/plain")], body: Array("hällo".utf8))
            let response = try await client.send(request)
            #expect(response.status == 207)
            #expect(response.headers["x-two"] == "a")
            #expect(response.headers.values(of: "X-TWO") == ["a", "b"])
            #expect(response.headers["x-empty"] == "")
            #expect(response.headers["missing"] == nil)
            #expect(response.elapsed > .zero)
            let echo = String(decoding: response.body, as: UTF8.self)
            #expect(echo.hasPrefix("PUT /a/b?c=d HTTP/1.1\r\n"))
            for line in ["x-api-key: secret\r\n", "X-Blank:\r\n", "content-type: text/plain\r\n", "Content-Length: 6\r\n"] {
                #expect(echo.contains(line), "\(line)")
            }
            #expect(echo.hasSuffix("\r\n\r\nhällo"))
            #expect(!echo.lowercased().contains("expect:"))
            #expect(!echo.lowercased().contains("form-urlencoded"))
        }
    }

    @Test("drops interim responses and trailers")
    func interimResponses() async throws {
        try await withServer { connection in
            _ = connection.readRequest()
            connection.write("HTTP/1.1 100 Continue\r\nx-interim: 1\r\n\r\nHTTP/1.1 103 Early Hints\r\nx-hint: 1\r\n\r\n")
            connection.write(
                "HTTP/1.1 200 OK\r\nx-final: 1\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nx-trailer: 1\r\n\r\n")
        } test: { server, client in
            let response = try await client.send(HTTPRequest(url: server.url, body: [1]))
            #expect(response.status == 200)
            #expect(response.headers.fields.map(\.name) == ["x-final", "transfer-encoding"])
            #expect(response.body == Array("abc".utf8))
        }
    }

    @Test("never follows a redirect")
    func redirects() async throws {
        try await withServer { connection in
            _ = connection.readRequest()
            connection.write("HTTP/1.1 307 Elsewhere\r\nlocation: /other\r\ncontent-length: 0\r\n\r\n")
        } test: { server, client in
            let response = try await client.send(HTTPRequest(url: server.url, headers: [("x-api-key", "secret")], body: [1]))
            #expect(response.status == 307)
            #expect(server.connectionCount == 1)
        }
    }

    @Test("uses one connection for requests that follow each other")
    func connectionReuse() async throws {
        try await withServer { connection in
            while connection.readRequest() != nil { connection.answer("ok") }
        } test: { server, client in
            for _ in 0..<5 { _ = try await client.send(HTTPRequest(url: server.url, body: [1])) }
            #expect(server.connectionCount == 1)
        }
    }

    @Test("carries 200 transfers at once")
    func manyAtOnce() async throws {
        try await withServer { connection in
            while let (_, body) = connection.readRequest() { connection.answer(String(decoding: body, as: UTF8.self)) }
        } test: { server, client in
            let url = server.url
            let answers = try await withThrowingTaskGroup(of: (Int, [UInt8]).self) { group in
                for number in 0..<200 {
                    group.addTask { (number, try await client.send(HTTPRequest(url: url, body: Array("\(number)".utf8))).body) }
                }
                return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
            #expect(answers.count == 200)
            #expect(answers.allSatisfy { $0.value == Array("\($0.key)".utf8) })
        }
    }
}
