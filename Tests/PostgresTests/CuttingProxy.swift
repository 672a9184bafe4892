import Glibc
import Postgres
import PostgresTestSupport
import Synchronization

/// Stands between libpq and the server on a socket file, counts round trips and cuts connections around a commit.
final class CuttingProxy: Sendable {
    enum Cut: Sendable {
        case never
        /// The server never sees the commit.
        case beforeCommitArrives
        /// The server commits and its answer is lost.
        case afterCommitIsAnswered
        /// The server hears nothing and the client hears nothing, though both ends stay open.
        case silence
    }

    private struct State {
        var cut = Cut.never
        var syncs = 0
        var cuts = 0
    }

    /// Folder of the socket that clients connect to.
    let folder: String
    private let target: String
    private let listener: Int32
    private let state = Mutex(State())

    /// - Parameter target: the server's socket file.
    init(target: String) {
        folder = TestCluster.temporaryFolder("proxy")
        self.target = target
        listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        let status = withSocketAddress(folder + "/.s.PGSQL.5432") { bind(listener, $0, $1) }
        precondition(status == 0 && listen(listener, 64) == 0, "the proxy cannot listen")
        thread { [self] in acceptAll() }
    }

    /// Synchronisation points that clients have sent: round trips asked for.
    var syncs: Int { state.withLock { $0.syncs } }
    /// Connections cut.
    var cuts: Int { state.withLock { $0.cuts } }

    func setCut(_ cut: Cut) { state.withLock { $0.cut = cut } }

    /// The connection string of a database behind the proxy.
    func connectionString(database: TestDatabase) -> String {
        // Later values win.
        database.connectionString + " host='\(folder)'"
    }

    private func acceptAll() {
        while true {
            let client = accept(listener, nil, nil)
            guard client >= 0 else { return }
            thread { [self] in serve(client) }
        }
    }

    private func serve(_ client: Int32) {
        let server = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard withSocketAddress(target, { connect(server, $0, $1) }) == 0 else {
            close(client)
            close(server)
            return
        }
        let link = Link(client: client, server: server)
        thread { [self] in
            copyAnswers(link)
            link.end()
        }
        copyRequests(link)
        link.end()
    }

    private func copyRequests(_ link: Link) {
        var reader = FrontendReader()
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = read(link.client, &chunk, chunk.count)
            guard count > 0 else { return }
            let seen = reader.take(chunk.prefix(count))
            let cut = state.withLock { state in
                state.syncs += seen.syncs
                return state.cut
            }
            if seen.hasCommit { link.sawCommit() }
            switch cut {
            case .silence: continue
            case .beforeCommitArrives where seen.hasCommit:
                state.withLock { $0.cuts += 1 }
                return
            default: break
            }
            guard writeAll(link.server, chunk.prefix(count)) else { return }
        }
    }

    private func copyAnswers(_ link: Link) {
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = read(link.server, &chunk, chunk.count)
            guard count > 0 else { return }
            let cut = state.withLock { $0.cut }
            switch cut {
            case .afterCommitIsAnswered where link.hasCommit:
                state.withLock { $0.cuts += 1 }
                return
            case .silence: continue
            default: break
            }
            guard writeAll(link.client, chunk.prefix(count)) else { return }
        }
    }
}

/// Two sockets that end together.
private final class Link: Sendable {
    let client: Int32
    let server: Int32
    private let state = Mutex((hasCommit: false, ends: 0))

    init(client: Int32, server: Int32) {
        self.client = client
        self.server = server
    }

    var hasCommit: Bool { state.withLock { $0.hasCommit } }
    func sawCommit() { state.withLock { $0.hasCommit = true } }

    /// Called once per direction: the first ends the traffic, the second releases the descriptors.
    func end() {
        shutdown(client, Int32(SHUT_RDWR))
        shutdown(server, Int32(SHUT_RDWR))
        let isLast = state.withLock { state in
            state.ends += 1
            return state.ends == 2
        }
        guard isLast else { return }
        close(client)
        close(server)
    }
}

/// Cuts what a client sends into messages.
private struct FrontendReader {
    private var rest: [UInt8] = []
    private var isStarted = false

    mutating func take(_ bytes: ArraySlice<UInt8>) -> (syncs: Int, hasCommit: Bool) {
        rest += bytes
        var syncs = 0
        var hasCommit = false
        while true {
            // The first message has no letter in front.
            let header = isStarted ? 5 : 4
            guard rest.count >= header else { break }
            let length = rest[(header - 4)..<header].reduce(0) { $0 << 8 | Int($1) }
            guard rest.count >= header - 4 + length else { break }
            let body = rest[header..<(header - 4 + length)]
            if isStarted {
                if rest[0] == UInt8(ascii: "S") { syncs += 1 }
                // `COMMIT` is prepared anew each time only on connections that prepare nothing; tests that cut use such.
                if rest[0] == UInt8(ascii: "P"), String(decoding: body, as: UTF8.self).contains("\0COMMIT\0") { hasCommit = true }
            }
            isStarted = true
            rest.removeFirst(header - 4 + length)
        }
        return (syncs, hasCommit)
    }
}

private func writeAll(_ descriptor: Int32, _ bytes: ArraySlice<UInt8>) -> Bool {
    var rest = Array(bytes)
    while !rest.isEmpty {
        // Without a signal when the other side has gone.
        let count = send(descriptor, rest, rest.count, Int32(MSG_NOSIGNAL))
        guard count > 0 else { return false }
        rest.removeFirst(count)
    }
    return true
}

private func withSocketAddress<R>(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
    return withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
    }
}

private final class Box {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}

/// Runs blocking code on a thread of its own.
private func thread(_ body: @escaping @Sendable () -> Void) {
    var thread = pthread_t()
    let status = pthread_create(
        &thread, nil,
        { argument in
            argument.map { Unmanaged<Box>.fromOpaque($0).takeRetainedValue().body() }
            return nil
        }, Unmanaged.passRetained(Box(body)).toOpaque())
    precondition(status == 0, "no thread can be started")
    pthread_detach(thread)
}
