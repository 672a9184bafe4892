import CurlClient
import Foundation
import Testing

@Suite("Limits of a response")
struct LimitTests {
    @Test("a body of exactly the limit is accepted and one byte more is not", arguments: [false, true])
    func bodySize(isChunked: Bool) async throws {
        try await withServer { connection in
            while connection.readRequest() != nil {
                if isChunked {
                    connection.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
                    connection.write("7d0\r\n" + String(repeating: "x", count: 2000) + "\r\n3e8\r\n")
                    connection.write(String(repeating: "y", count: 1000) + "\r\n0\r\n\r\n")
                } else {
                    connection.answer(String(repeating: "x", count: 3000))
                }
            }
        } test: { server, client in
            let fits = try await client.send(HTTPRequest(url: server.url, maxResponseBytes: 3000))
            #expect(fits.body.count == 3000)
            let error = await failure(client, HTTPRequest(url: server.url, maxResponseBytes: 2999))
            #expect(error?.code == .responseTooLarge)
            #expect(error?.requestMayHaveBeenSent == true)
        }
    }

    @Test("a limit of zero accepts an empty body only")
    func emptyBody() async throws {
        try await withServer { connection in
            while let (head, _) = connection.readRequest() { connection.answer(head.hasPrefix("POST /empty") ? "" : "x") }
        } test: { server, client in
            let empty = try await client.send(HTTPRequest(url: server.url + "/empty", maxResponseBytes: 0))
            #expect(empty.body.isEmpty)
            #expect(await failure(client, HTTPRequest(url: server.url + "/full", maxResponseBytes: 0))?.code == .responseTooLarge)
        }
    }

    @Test("what counts is the size after decompression")
    func compressedBody() async throws {
        // One hundred thousand zeros.
        let text =
            "H4sIAAAAAAACA+3BMQEAAADCoPVPbQ0PoAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAIBXA32VEdSghgEA"
        let compressed = try #require(Data(base64Encoded: text)).map { $0 }
        try await withServer { connection in
            while connection.readRequest() != nil {
                connection.write("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: \(compressed.count)\r\n\r\n")
                connection.write(compressed)
            }
        } test: { server, client in
            let fits = try await client.send(HTTPRequest(url: server.url, maxResponseBytes: 100_000))
            #expect(fits.body.count == 100_000)
            #expect(await failure(client, HTTPRequest(url: server.url, maxResponseBytes: 99_999))?.code == .responseTooLarge)
        }
    }

    @Test("header fields of exactly the limit are accepted and one byte more is not", arguments: [1000, 20_000, 262_144])
    func headerSize(limit: Int) async throws {
        try await withServer(.init(maxHeaderBytes: limit)) { connection in
            while let (head, _) = connection.readRequest() {
                let frame = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"
                var rest = limit - frame.utf8.count + (head.hasPrefix("POST /over") ? 1 : 0)
                var fields = ""
                while rest > 0 {
                    // Lines of at most 8000 bytes, none shorter than a field can be.
                    let length = rest < 8100 ? rest : 8000
                    fields += "x: " + String(repeating: "v", count: length - 5) + "\r\n"
                    rest -= length
                }
                connection.write("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\(fields)\r\n")
            }
        } test: { server, client in
            let exact = try await client.send(HTTPRequest(url: server.url + "/exact"))
            #expect(exact.status == 200)
            let error = await failure(client, HTTPRequest(url: server.url + "/over"))
            #expect(error?.code == .responseTooLarge)
        }
    }

    @Test("an endless header ends the transfer")
    func endlessHeader() async throws {
        try await withServer { connection in
            _ = connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\nx: ")
            for _ in 0..<400 { connection.write(String(repeating: "v", count: 1000)) }
            connection.waitForClose()
        } test: { server, client in
            let error = await failure(client, HTTPRequest(url: server.url))
            #expect(error?.code == .responseTooLarge)
        }
    }
}
