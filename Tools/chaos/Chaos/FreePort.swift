import Glibc

/// Ports for processes that are told where to listen.
public enum FreePort {
    /// None was found.
    public struct NotFound: Error, CustomStringConvertible {
        public let description: String
    }

    /// A port that nobody listens on now.
    ///
    /// It is below those that Linux gives to connections, any of which could take it before its process listens, or while that is dead.
    public static func find() throws(NotFound) -> UInt16 {
        for port in (20_000..<32_768).shuffled().prefix(100) where isFree(UInt16(port)) { return UInt16(port) }
        throw NotFound(description: "of a hundred ports none is free")
    }

    private static func isFree(_ port: UInt16) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
