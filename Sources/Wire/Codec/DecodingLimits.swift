/// What a message may cost before it is refused unread.
public struct DecodingLimits: Sendable, Hashable {
    /// Messages within messages, the outermost counted as one.
    public var maxDepth: Int
    /// Bytes that unpacking may allocate beyond ``allocationPerWireByte`` times the message's size.
    public var allocationAllowanceBytes: Int
    /// Bytes that unpacking may allocate for each byte on the wire.
    public var allocationPerWireByte: Int

    public init(maxDepth: Int = 64, allocationAllowanceBytes: Int = 64 << 10, allocationPerWireByte: Int = 8) {
        self.maxDepth = maxDepth
        self.allocationAllowanceBytes = allocationAllowanceBytes
        self.allocationPerWireByte = allocationPerWireByte
    }

    public static let `default` = DecodingLimits()
}
