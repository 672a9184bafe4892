/// Reads numbers and runs of bytes from the front of what is left.
struct ByteReader {
    private var rest: ArraySlice<UInt8>
    private let isLittleEndian: Bool

    init(_ bytes: ArraySlice<UInt8>, isLittleEndian: Bool = false) {
        rest = bytes
        self.isLittleEndian = isLittleEndian
    }

    var count: Int { rest.count }

    mutating func uint8() -> UInt8? { rest.popFirst() }
    mutating func uint16() -> UInt16? { number(2).map { UInt16($0) } }
    mutating func uint32() -> UInt32? { number(4).map { UInt32($0) } }

    mutating func bytes(_ count: Int) -> ArraySlice<UInt8>? {
        guard count >= 0, count <= rest.count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    /// Everything that is left.
    mutating func remainder() -> ArraySlice<UInt8> {
        defer { rest = rest.suffix(0) }
        return rest
    }

    private mutating func number(_ count: Int) -> UInt64? {
        guard count <= rest.count else { return nil }
        var number: UInt64 = 0
        for place in 0..<count {
            number = number << 8 | UInt64(rest[rest.startIndex + (isLittleEndian ? count - 1 - place : place)])
        }
        rest = rest.dropFirst(count)
        return number
    }
}
