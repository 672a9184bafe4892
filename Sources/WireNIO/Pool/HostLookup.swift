private import Glibc
import NIOCore
import NIOPosix

/// Tells the addresses of a host, as numbers.
typealias HostLookup = @Sendable (String) async throws -> [String]

/// Looks hosts up as the system does: in its file of hosts, and in the DNS.
enum SystemLookup {
    /// Why a host has no addresses.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// How long a lookup is waited for. The system's call cannot be called off, and may take longer while no server of names answers.
    private static let patience = TimeAmount.seconds(5)

    /// The addresses of a host, or the host itself where it is one, in the order in which the system would try them.
    ///
    /// The system's call waits for its answer, so that it is made on a thread for such calls.
    static let addresses: HostLookup = { host in
        let found = WirePool.eventLoop.makePromise(of: [String].self)
        let late = WirePool.eventLoop.scheduleTask(in: patience) { found.fail(Failure(description: "no answer came in time")) }
        defer { late.cancel() }
        NIOThreadPool.singleton.submit { state in
            guard state == .active else { return found.fail(Failure(description: "the process is about to end")) }
            found.completeWith(Result { try lookUp(host) })
        }
        return try await found.futureResult.orCancelled()
    }

    private static func lookUp(_ host: String) throws -> [String] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var first: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, nil, &hints, &first)
        guard status == 0 else { throw Failure(description: String(cString: gai_strerror(status))) }
        defer { freeaddrinfo(first) }
        var addresses: [String] = []
        var next = first
        while let entry = next?.pointee {
            if let address = numbers(of: entry), !addresses.contains(address) { addresses.append(address) }
            next = entry.ai_next
        }
        return addresses
    }

    /// Nil for a family of addresses that has none.
    private static func numbers(of entry: addrinfo) -> String? {
        var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let status = getnameinfo(entry.ai_addr, entry.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
        guard status == 0 else { return nil }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
