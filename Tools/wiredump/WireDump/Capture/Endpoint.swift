/// One end of a TCP connection.
public struct Endpoint: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Four bytes or sixteen.
    public let address: [UInt8]
    public let port: UInt16

    public init(address: [UInt8], port: UInt16) {
        self.address = address
        self.port = port
    }

    public var description: String {
        guard address.count == 16 else { return address.map(String.init).joined(separator: ".") + ":\(port)" }
        let groups = stride(from: 0, to: 16, by: 2).map { UInt16(address[$0]) << 8 | UInt16(address[$0 + 1]) }
        return "[" + groups.map { String($0, radix: 16) }.joined(separator: ":") + "]:\(port)"
    }

    public static func < (left: Endpoint, right: Endpoint) -> Bool {
        left.address == right.address
            ? left.port < right.port : left.address.lexicographicallyPrecedes(right.address)
    }
}
