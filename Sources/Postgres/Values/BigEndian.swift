/// Reading and writing integers in network order, the order of PostgreSQL's binary formats.
extension FixedWidthInteger {
    /// The bytes, most significant first.
    var bigEndianBytes: [UInt8] {
        withUnsafeBytes(of: bigEndian) { Array($0) }
    }

    /// Reads an integer from exactly as many bytes as it has; nil for any other count.
    init?(bigEndianBytes bytes: ArraySlice<UInt8>) {
        guard bytes.count == MemoryLayout<Self>.size else { return nil }
        var value: Self = 0
        for byte in bytes {
            value = (value << 8) | Self(truncatingIfNeeded: byte)
        }
        self = value
    }
}

extension Array where Element == UInt8 {
    /// Appends an integer, most significant byte first.
    mutating func append(bigEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }
}
