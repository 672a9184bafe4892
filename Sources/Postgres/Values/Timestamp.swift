/// An instant as PostgreSQL's `timestamptz` keeps it: whole microseconds, no time zone.
public struct Timestamp: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Microseconds since 1970-01-01T00:00:00Z, without leap seconds.
    ///
    /// `Int64.max` and `Int64.min` stand for the server's `infinity` and `-infinity`.
    public var unixMicroseconds: Int64

    public init(unixMicroseconds: Int64) {
        self.unixMicroseconds = unixMicroseconds
    }

    /// Later than every other instant.
    public static let infinity = Timestamp(unixMicroseconds: .max)
    /// Earlier than every other instant.
    public static let negativeInfinity = Timestamp(unixMicroseconds: .min)

    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.unixMicroseconds < right.unixMicroseconds }

    /// The number of microseconds; formatting for people is left to the edge.
    public var description: String { "\(unixMicroseconds)us" }

    /// 2000-01-01T00:00:00Z, the server's zero.
    private static let epochOffset: Int64 = 946_684_800_000_000
}

extension Timestamp: ParameterEncodable, ColumnDecodable, ArrayElement {
    public static var parameterType: TypeID { .timestamptz }
    public static var arrayParameterType: TypeID { .timestamptzArray }

    public func encodeParameter() -> [UInt8]? {
        guard unixMicroseconds != .max, unixMicroseconds != .min else { return unixMicroseconds.bigEndianBytes }
        // What lies below the server's range after the shift is clamped to the lowest finite value, which the server refuses by itself.
        let (shifted, overflowed) = unixMicroseconds.subtractingReportingOverflow(Self.epochOffset)
        return (overflowed ? Int64.min + 1 : shifted).bigEndianBytes
    }

    public static func decodeColumn(_ bytes: ArraySlice<UInt8>?, type: TypeID) throws(DecodingMismatch) -> Timestamp {
        guard type == .timestamptz else { throw .unexpectedType(type, wanted: "Timestamp") }
        guard let bytes else { throw .unexpectedNull }
        guard let value = Int64(bigEndianBytes: bytes) else { throw .malformed }
        guard value != .max, value != .min else { return Timestamp(unixMicroseconds: value) }
        let (shifted, overflowed) = value.addingReportingOverflow(epochOffset)
        guard !overflowed else { throw DecodingMismatch("the instant lies beyond the range of Timestamp") }
        return Timestamp(unixMicroseconds: shifted)
    }
}
