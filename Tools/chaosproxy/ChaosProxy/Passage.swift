import Glibc
import NIOCore

/// What passes through a proxy, for whoever looks on.
public enum Passage: Sendable, Hashable {
    /// Client and server are connected. An end that has no address of the internet's is nil.
    case opened(client: Peer?, server: Peer?)
    /// Bytes that were passed on.
    case bytes([UInt8], Direction)
    /// Nothing more passes.
    case closed

    /// One end of a connection.
    public struct Peer: Sendable, Hashable {
        /// Four bytes or sixteen.
        public let address: [UInt8]
        public let port: UInt16

        init?(_ socket: SocketAddress?) {
            guard let text = socket?.ipAddress, let port = socket?.port.flatMap(UInt16.init(exactly:)) else { return nil }
            let family = text.contains(":") ? AF_INET6 : AF_INET
            var address = [UInt8](repeating: 0, count: family == AF_INET6 ? 16 : 4)
            // What is bound to one network card has its name after the address.
            let plain = String(text.prefix { $0 != "%" })
            guard inet_pton(family, plain, &address) == 1 else { return nil }
            self.address = address
            self.port = port
        }
    }
}
