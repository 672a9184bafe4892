import ArgumentParser
import Foundation

/// The addresses that a host has.
enum HostAddresses {
    /// Four bytes or sixteen of each.
    ///
    /// - Parameter host: an address or a name.
    /// - Throws: an error where it has none.
    static func of(_ host: String) throws -> [[UInt8]] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var first: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, nil, &hints, &first)
        guard code == 0 else {
            throw ValidationError("--host: '\(host)' has no address: \(String(cString: gai_strerror(code))).")
        }
        defer { freeaddrinfo(first) }
        var addresses: [[UInt8]] = []
        var next = first
        while let entry = next?.pointee {
            if let address = entry.ai_addr.flatMap({ bytes(UnsafeRawPointer($0), Int32(entry.ai_family)) }) {
                addresses.append(address)
            }
            next = entry.ai_next
        }
        return addresses
    }

    private static func bytes(_ address: UnsafeRawPointer, _ family: Int32) -> [UInt8]? {
        switch family {
        case AF_INET: withUnsafeBytes(of: address.load(as: sockaddr_in.self).sin_addr) { Array($0) }
        case AF_INET6: withUnsafeBytes(of: address.load(as: sockaddr_in6.self).sin6_addr) { Array($0) }
        default: nil
        }
    }
}
