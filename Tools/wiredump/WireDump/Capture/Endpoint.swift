/// One end of a TCP connection.
public struct Endpoint: Sendable, Hashable, Comparable, CustomStringConvertible {
    private let high: UInt64
    private let low: UInt64
    public let isIPv6: Bool
    public let port: UInt16

    /// - Parameter address: four bytes or sixteen.
    public init(address: some Collection<UInt8>, port: UInt16) {
        precondition(address.count == 4 || address.count == 16, "an address has four bytes or sixteen")
        isIPv6 = address.count == 16
        high = address.prefix(address.count - 8 < 0 ? 0 : 8).reduce(0) { $0 << 8 | UInt64($1) }
        low = address.suffix(8).reduce(0) { $0 << 8 | UInt64($1) }
        self.port = port
    }

    /// Four bytes or sixteen.
    public var address: [UInt8] {
        let halves = isIPv6 ? [high, low] : [low]
        let bytes = halves.flatMap { half in
            stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: half >> UInt64($0)) }
        }
        return isIPv6 ? bytes : Array(bytes.suffix(4))
    }

    /// The same address as one of IPv6.
    var mappedToIPv6: Endpoint {
        isIPv6 ? self : Endpoint(address: [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF] + address, port: port)
    }

    /// The address as people write it, without the port.
    public var host: String {
        let bytes = address
        guard isIPv6 else { return bytes.map { "\($0)" }.joined(separator: ".") }
        let groups = stride(from: 0, to: 16, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
        guard let zeros = Self.longestRunOfZeros(groups) else { return Self.text(groups[...]) }
        return Self.text(groups[..<zeros.lowerBound]) + "::" + Self.text(groups[zeros.upperBound...])
    }

    public var description: String { isIPv6 ? "[\(host)]:\(port)" : "\(host):\(port)" }

    private static func text(_ groups: ArraySlice<UInt16>) -> String {
        groups.map { String($0, radix: 16) }.joined(separator: ":")
    }

    /// The first of those that are longest, if it has two groups at least.
    private static func longestRunOfZeros(_ groups: [UInt16]) -> Range<Int>? {
        var longest = 0..<1
        var start = 0
        for (index, group) in groups.enumerated() {
            if group != 0 { start = index + 1 } else if index + 1 - start > longest.count { longest = start..<index + 1 }
        }
        return longest.count >= 2 ? longest : nil
    }

    public static func < (left: Endpoint, right: Endpoint) -> Bool {
        (left.high, left.low, left.port) < (right.high, right.low, right.port)
    }
}
