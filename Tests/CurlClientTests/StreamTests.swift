import CurlClient
import Synchronization
import Testing

@Suite("Bodies that are read as they come")
struct StreamTests {
    private struct Enough: Error {}

    @Test("are read whole and in order, however slow the reader is, and the server waits for it")
    func slowReader() async throws {
        let size = 8 << 20
        let sent = Mutex(0)
        try await withServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.write("HTTP/1.1 200 OK\r\ncontent-length: \(size)\r\n\r\n")
            for start in stride(from: 0, to: size, by: 1 << 16) {
                connection.write((start..<start + (1 << 16)).map { UInt8(truncatingIfNeeded: $0 / 251) })
                sent.withLock { $0 = start + (1 << 16) }
            }
            connection.waitForClose()
        } test: { server, client in
            var count = 0
            var isInOrder = true
            var mostAhead = 0
            let response = try await client.stream(HTTPRequest(url: server.url, maxResponseBytes: size)) { bytes in
                if count == 0 {
                    // The server gets no further than what the sockets and the reader's place hold. A server that is only slow is taken for
                    // one that is held up too early, which hides a fault now and then but never makes one.
                    var last = -1
                    while last != sent.withLock({ $0 }) {
                        last = sent.withLock { $0 }
                        try await Task.sleep(for: .milliseconds(100))
                    }
                    mostAhead = last
                }
                for byte in bytes {
                    isInOrder = isInOrder && byte == UInt8(truncatingIfNeeded: count / 251)
                    count += 1
                }
            }
            #expect(response.status == 200 && response.body.isEmpty)
            #expect(count == size && isInOrder)
            #expect(mostAhead < size)
        }
    }

    @Test("end when the reader has enough")
    func enough() async throws {
        try await withServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.write("HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\nbegin")
            connection.waitForClose()
        } test: { server, client in
            await #expect(throws: Enough.self) {
                try await client.stream(HTTPRequest(url: server.url)) { _ in throw Enough() }
            }
        }
    }

    @Test("that are cut off, or over the limit, are an error after what came; those of other answers are kept")
    func ends() async throws {
        try await withServer { connection in
            while let (head, _) = connection.readRequest() {
                if head.hasPrefix("POST /cut") {
                    return connection.write("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n12345")
                } else if head.hasPrefix("POST /error") {
                    connection.write("HTTP/1.1 404 No\r\ncontent-length: 2\r\n\r\nno")
                } else {
                    connection.answer("12345")
                }
            }
        } test: { server, client in
            var read: [UInt8] = []
            let cut = await #expect(throws: CurlError.self) {
                try await client.stream(HTTPRequest(url: server.url + "/cut")) { read += $0 }
            }
            #expect(cut?.code == .connectionLost && read == Array("12345".utf8))
            for (limit, isWithin) in [(5, true), (4, false)] {
                let request = HTTPRequest(url: server.url, maxResponseBytes: limit)
                if isWithin {
                    #expect(try await client.stream(request, receive: { _ in }).status == 200)
                } else {
                    let error = await #expect(throws: CurlError.self) { try await client.stream(request, receive: { _ in }) }
                    #expect(error?.code == .responseTooLarge)
                }
            }
            let error = try await client.stream(HTTPRequest(url: server.url + "/error")) { _ in Issue.record("no body is read") }
            #expect(error.status == 404 && error.body == Array("no".utf8))
        }
    }
}
