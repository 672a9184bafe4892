import CurlClient
import Glibc
import Testing

@Suite("A failing exchange")
struct FailureTests {
    @Test("nobody listens: could not connect, and nothing was sent")
    func refused() async throws {
        let server = RawServer { _ in }
        server.stop()
        let client = CurlClient()
        // The listener closes on its own thread; until then connections are accepted and closed.
        var error: CurlError?
        for _ in 0..<200 where error?.code != .couldNotConnect {
            error = await failure(client, HTTPRequest(url: server.url, body: [1]))
        }
        #expect(error?.code == .couldNotConnect)
        #expect(error?.requestMayHaveBeenSent == false)
        await client.shutdown()
    }

    @Test("a host without address: could not resolve, and nothing was sent")
    func unresolved() async throws {
        let client = CurlClient()
        let error = await failure(client, HTTPRequest(url: "http://no-such-host.invalid/", timeout: .seconds(60)))
        #expect(error?.code == .couldNotResolve || error?.code == .timeout)
        #expect(error?.requestMayHaveBeenSent == false)
        await client.shutdown()
    }

    @Test("a server that lets nobody in: the connect timeout, and nothing was sent")
    func connectTimeout() async throws {
        let full = FullListener()
        let client = CurlClient()
        let error = await failure(
            client, HTTPRequest(url: "http://127.0.0.1:\(full.port)/", body: [1], connectTimeout: .milliseconds(200)))
        #expect(error?.code == .timeout)
        #expect(error?.requestMayHaveBeenSent == false)
        await client.shutdown()
        full.close()
    }

    @Test("a server that never answers: the total timeout, and the request may have been sent")
    func answerTimeout() async throws {
        try await withServer { connection in
            connection.waitForClose()
        } test: { server, client in
            let error = await failure(client, HTTPRequest(url: server.url, body: [1], timeout: .milliseconds(200)))
            #expect(error?.code == .timeout)
            #expect(error?.requestMayHaveBeenSent == true)
        }
    }

    @Test("a timeout of zero or less fails at once, unsent", arguments: [Duration.zero, .seconds(-1)])
    func noTime(timeout: Duration) async throws {
        try await withServer {
            $0.waitForClose()
        } test: { server, client in
            let error = await failure(client, HTTPRequest(url: server.url, timeout: timeout))
            #expect(error?.code == .timeout)
            #expect(error?.requestMayHaveBeenSent == false)
            #expect(server.connectionCount == 0)
        }
    }

    @Test("an answer that drips in time is complete, and one that drips for ever is a timeout")
    func slowDrip() async throws {
        try await withServer { connection in
            while let (head, _) = connection.readRequest() {
                connection.write("HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n")
                guard !head.hasPrefix("POST /never") else { return connection.waitForClose() }
                for _ in 0..<20 {
                    connection.write("x")
                    usleep(2000)  // The drip itself: forty milliseconds in all, far below the timeout.
                }
            }
        } test: { server, client in
            let dripped = try await client.send(HTTPRequest(url: server.url + "/soon"))
            #expect(dripped.body.count == 20)
            let error = await failure(client, HTTPRequest(url: server.url + "/never", timeout: .milliseconds(200)))
            #expect(error?.code == .timeout)
            #expect(error?.requestMayHaveBeenSent == true)
        }
    }

    @Test(
        "the connection ends, or is reset, after the upload: lost, and the request may have been sent", arguments: [false, true])
    func lostAfterUpload(isReset: Bool) async throws {
        try await withServer { connection in
            _ = connection.readRequest()
            if isReset { connection.resetOnClose() }
        } test: { server, client in
            let error = await failure(client, HTTPRequest(url: server.url, body: [1, 2, 3]))
            #expect(error?.code == .connectionLost)
            #expect(error?.requestMayHaveBeenSent == true)
            #expect(server.connectionCount == 1)
        }
    }

    @Test("the connection is reset during the upload: lost, and the server can't have had the request")
    func lostDuringUpload() async throws {
        try await withServer { connection in
            _ = connection.readHead()
            connection.resetOnClose()
        } test: { server, client in
            let body = [UInt8](repeating: 7, count: 30 << 20)
            let error = await failure(client, HTTPRequest(url: server.url, body: body))
            #expect(error?.code == .connectionLost)
            #expect(error?.requestMayHaveBeenSent == false)
        }
    }

    @Test("an answer cut off after any byte is an error, and the request may have been sent")
    func truncatedAnswer() async throws {
        let answer = Array("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nbody".utf8)
        try await withServer { connection in
            guard let (_, body) = connection.readRequest(), let text = String(validating: body, as: UTF8.self),
                let count = Int(text)
            else { return }
            connection.write(Array(answer.prefix(count)))
        } test: { server, client in
            for count in answer.indices {
                let error = await failure(client, HTTPRequest(url: server.url, body: Array("\(count)".utf8)))
                #expect([.connectionLost, .protocolViolation].contains(error?.code), "after \(count) bytes")
                #expect(error?.requestMayHaveBeenSent == true, "after \(count) bytes")
            }
            let whole = try await client.send(HTTPRequest(url: server.url, body: Array("\(answer.count)".utf8)))
            #expect(whole.body == Array("body".utf8))
        }
    }

    @Test("a chunked answer cut off before its end is an error")
    func truncatedChunks() async throws {
        try await withServer { connection in
            _ = connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n")
        } test: { server, client in
            #expect(await failure(client, HTTPRequest(url: server.url))?.code == .connectionLost)
        }
    }

    @Test(
        "what is not HTTP is a violation or a lost connection, never a response",
        arguments: [
            "hello\r\n\r\n", "HTTP/0.9 200 OK\r\n\r\n", "HTTP/1.1 OK\r\n\r\nbody", "HTTP/1.1 20 OK\r\n\r\n",
            "HTTP/1.1 999 Odd\r\ncontent-length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\nbody", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
            "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\nbody", "\u{0}\u{1}\u{2}",
        ])
    func notHTTP(answer: String) async throws {
        try await withServer { connection in
            _ = connection.readRequest()
            connection.write(answer)
        } test: { server, client in
            let error = await failure(client, HTTPRequest(url: server.url, body: [1]))
            #expect([.protocolViolation, .connectionLost].contains(error?.code))
            #expect(error?.requestMayHaveBeenSent == true)
        }
    }
}

/// A socket that listens but whose queue of connections is full, so that the kernel drops every further attempt.
struct FullListener {
    let port: Int
    private let sockets: [Int32]

    init() {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let size = length
        var sockets = [listener]
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                precondition(bind(listener, pointer, size) == 0 && listen(listener, 0) == 0)
                precondition(getsockname(listener, pointer, &length) == 0)
                for _ in 0..<4 {
                    let filler = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
                    _ = connect(filler, pointer, size)
                    sockets.append(filler)
                }
            }
        }
        port = Int(UInt16(bigEndian: address.sin_port))
        self.sockets = sockets
    }

    func close() {
        for socket in sockets { Glibc.close(socket) }
    }
}
