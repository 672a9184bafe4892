import ChildProcesses
import CurlClient
import Glibc
import Synchronization

/// A TCP server that does exactly what a test tells it, byte by byte. Each connection is served on a thread of its own, so that a
/// script may block.
final class RawServer: Sendable {
    /// One accepted connection. Closed when the script returns.
    struct Connection {
        fileprivate let socket: Int32
        /// Counts accepted connections from zero.
        let number: Int

        /// Reads until the bytes seen end a request head; nil when the peer closed first.
        func readHead() -> String? {
            var bytes: [UInt8] = []
            while !bytes.suffix(4).elementsEqual("\r\n\r\n".utf8) {
                guard let next = read(atMost: 1), !next.isEmpty, bytes.count < 1 << 20 else { return nil }
                bytes += next
            }
            return String(decoding: bytes, as: UTF8.self)
        }

        /// Reads one complete request with `Content-Length`.
        func readRequest() -> (head: String, body: [UInt8])? {
            guard let head = readHead() else { return nil }
            let lengthLine = head.lowercased().split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
            let length = lengthLine.flatMap { Int($0.dropFirst(15).filter(\.isNumber)) } ?? 0
            var body: [UInt8] = []
            while body.count < length {
                guard let next = read(atMost: length - body.count), !next.isEmpty else { return nil }
                body += next
            }
            return (head, body)
        }

        /// Empty at the end of the stream, nil on an error.
        func read(atMost limit: Int) -> [UInt8]? {
            var buffer = [UInt8](repeating: 0, count: limit)
            let count = recv(socket, &buffer, limit, 0)
            return count < 0 ? nil : Array(buffer.prefix(count))
        }

        func write(_ text: String) { write(Array(text.utf8)) }

        func write(_ bytes: [UInt8]) {
            var sent = 0
            while sent < bytes.count {
                let count = bytes[sent...].withUnsafeBytes { send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                guard count > 0 else { return }
                sent += count
            }
        }

        func answer(_ body: String, headers: String = "") {
            write("HTTP/1.1 200 OK\r\ncontent-length: \(body.utf8.count)\r\n\(headers)\r\n\(body)")
        }

        /// Makes the end of the connection a reset.
        func resetOnClose() {
            var option = linger(l_onoff: 1, l_linger: 0)
            setsockopt(socket, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        }

        /// Blocks until the peer has closed.
        func waitForClose() {
            while let bytes = read(atMost: 4096), !bytes.isEmpty {}
        }
    }

    private let listener: Int32
    let port: Int
    private let accepted = Mutex(0)
    private let script: @Sendable (Connection) -> Void

    var url: String { "http://127.0.0.1:\(port)" }
    var connectionCount: Int { accepted.withLock { $0 } }

    init(_ script: @escaping @Sendable (Connection) -> Void) {
        self.script = script
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let size = length
        let listener = listener
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(listener, pointer, size) == 0 && listen(listener, 1024) == 0 && getsockname(listener, pointer, &length) == 0
            }
        }
        precondition(isBound, "a test server needs a port")
        port = Int(UInt16(bigEndian: address.sin_port))
        startThread { [self] in acceptLoop() }
    }

    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
    }

    private func acceptLoop() {
        while true {
            let socket = accept(listener, nil, nil)
            guard socket >= 0 else { break }
            // A socket that lives on in a program started by another test stays open to its peer.
            _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
            let number = accepted.withLock { count in
                defer { count += 1 }
                return count
            }
            startThread { [script] in
                script(Connection(socket: socket, number: number))
                close(socket)
            }
        }
        close(listener)
    }
}

/// Runs a test body against a server and a client, and puts both away.
func withServer(
    _ configuration: CurlClient.Configuration = .init(),
    script: @escaping @Sendable (RawServer.Connection) -> Void,
    test: (RawServer, CurlClient) async throws -> Void
) async throws {
    let server = RawServer(script)
    let client = CurlClient(configuration: configuration)
    do {
        try await test(server, client)
    } catch {
        await client.shutdown()
        server.stop()
        throw error
    }
    await client.shutdown()
    server.stop()
}

/// The error that a request fails with, or nil when it succeeds.
func failure(_ client: CurlClient, _ request: HTTPRequest) async -> CurlError? {
    do throws(CurlError) {
        _ = try await client.send(request)
        return nil
    } catch {
        return error
    }
}
