private import Glibc
import NIOPosix

/// Tells the addresses of a host, as numbers.
typealias HostLookup = @Sendable (String) async throws -> [String]

/// Looks hosts up as the system does: in its file of hosts, and in the DNS.
enum SystemLookup {
    /// Why a host has no addresses.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// The addresses of a host, or the host itself where it is one, in the order in which the system would try them.
    ///
    /// The system's call waits for its answer, so that it is made on a thread for such calls.
    static let addresses: HostLookup = { host in
        try await NIOThreadPool.singleton.runIfActive { try lookUp(host) }
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
