import ChildProcesses
import Glibc
import Synchronization

/// An HTTP server that answers as a test says and remembers each request byte for byte. A connection has a thread of its own, so that an
/// answer may block.
final class VendorServer: Sendable {
    struct Request: Sendable, Hashable {
        /// The request line and the header fields.
        let head: String
        let body: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }
    }

    enum Answer: Sendable {
        case reply(Int, headers: String = "", body: String)
        /// As many lines as are asked for, each made when it is sent; then the end of the connection.
        case lines(Int, @Sendable (Int) -> String)
        /// The connection is closed instead.
        case cut
        /// The length promises more than comes before the end of the connection.
        case cutShort(String)
        /// Nothing comes until the caller has given up.
        case silence
    }

    let port: Int
    private let listener: Int32
    private let recorded = Mutex<[Request]>([])
    private let answer: @Sendable (Request) -> Answer

    var url: String { "http://127.0.0.1:\(port)" }
    var requests: [Request] { recorded.withLock { $0 } }

    init(_ answer: @escaping @Sendable (Request) -> Answer) {
        self.answer = answer
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let size = length
        let descriptor = listener
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, size) == 0 && listen(descriptor, 1024) == 0
                    && getsockname(descriptor, pointer, &length) == 0
            }
        }
        precondition(isBound, "a test server needs a port")
        port = Int(UInt16(bigEndian: address.sin_port))
        startThread { [self] in acceptAll() }
    }

    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
    }

    private func acceptAll() {
        while true {
            let connection = accept(listener, nil, nil)
            guard connection >= 0 else { break }
            // A socket that lives on in a program started by another test stays open to its peer.
            _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
            startThread { [self] in
                while serveOne(connection) {}
                close(connection)
            }
        }
        close(listener)
    }

    /// Whether the connection goes on.
    private func serveOne(_ connection: Int32) -> Bool {
        guard let request = read(connection) else { return false }
        recorded.withLock { $0.append(request) }
        switch answer(request) {
        case .reply(let status, let headers, let body):
            write("HTTP/1.1 \(status) X\r\ncontent-length: \(body.utf8.count)\r\n\(headers)\r\n\(body)", to: connection)
            return true
        case .lines(let count, let line):
            write("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n", to: connection)
            for number in 0..<count where !write(line(number) + "\n", to: connection) { break }
            return false
        case .cut: return false
        case .cutShort(let body):
            write("HTTP/1.1 200 OK\r\ncontent-length: \(body.utf8.count + 100)\r\n\r\n\(body)", to: connection)
            return false
        case .silence:
            _ = receive(1, from: connection)
            return false
        }
    }

    private func read(_ connection: Int32) -> Request? {
        var head: [UInt8] = []
        while !head.suffix(4).elementsEqual("\r\n\r\n".utf8) {
            guard let next = receive(1, from: connection) else { return nil }
            head += next
        }
        let text = String(decoding: head, as: UTF8.self)
        let line = text.lowercased().split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
        let length = line.flatMap { Int($0.dropFirst(15).filter(\.isNumber)) } ?? 0
        var body: [UInt8] = []
        while body.count < length {
            guard let next = receive(length - body.count, from: connection) else { return nil }
            body += next
        }
        return Request(head: text, body: body)
    }

    private func receive(_ limit: Int, from connection: Int32) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: limit)
        let count = recv(connection, &buffer, limit, 0)
        return count > 0 ? Array(buffer.prefix(count)) : nil
    }

    /// Whether the peer still takes anything.
    @discardableResult
    private func write(_ text: String, to connection: Int32) -> Bool {
        var rest = Array(text.utf8)
        while !rest.isEmpty {
            let count = send(connection, rest, rest.count, Int32(MSG_NOSIGNAL))
            guard count > 0 else { return false }
            rest.removeFirst(count)
        }
        return true
    }
}

/// Something that a thread waits for until a test lets it go.
final class Gate: Sendable {
    private let isOpen = Atomic(false)

    func open() { isOpen.store(true, ordering: .releasing) }

    func pass() {
        while !isOpen.load(ordering: .acquiring) { usleep(1000) }
    }
}

/// A value that threads of a test share.
final class Shared<Value: Sendable>: Sendable {
    private let stored: Mutex<Value>

    init(_ value: Value) { stored = Mutex(value) }

    var value: Value { stored.withLock { $0 } }
    func set(_ value: Value) { stored.withLock { $0 = value } }
    func update<Result: Sendable>(_ change: (inout sending Value) -> sending Result) -> Result { stored.withLock(change) }
}
