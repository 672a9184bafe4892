/// Writes the few kinds of field that the envelopes have.
struct EnvelopeWriter {
    /// What stands before a field's content, at most: a number of one byte and a length of five.
    static let fieldHeadBytes = 6

    private(set) var bytes: [UInt8] = []

    /// Makes room for what will be written.
    mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }

    mutating func string(_ field: UInt64, _ value: String) {
        guard !value.isEmpty else { return }
        delimited(field, value.utf8)
    }

    mutating func bytes(_ field: UInt64, _ value: [UInt8]) {
        guard !value.isEmpty else { return }
        delimited(field, value)
    }

    mutating func message(_ field: UInt64, _ fill: (inout EnvelopeWriter) -> Void) {
        var inner = EnvelopeWriter()
        fill(&inner)
        delimited(field, inner.bytes)
    }

    mutating func integer(_ field: UInt64, _ value: Int64) {
        guard value != 0 else { return }
        varint(field << 3)
        varint(UInt64(bitPattern: value))
    }

    private mutating func delimited(_ field: UInt64, _ value: some Collection<UInt8>) {
        varint(field << 3 | 2)
        varint(UInt64(value.count))
        bytes.append(contentsOf: value)
    }

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}

/// Reads the envelopes' fields one by one; what it does not know is stepped over.
struct EnvelopeReader {
    enum Value {
        case integer(UInt64)
        case bytes(UnsafeRawBufferPointer)
        /// A fixed-size number, which no envelope has.
        case other
    }

    private var scanner: WireScanner

    init(_ bytes: UnsafeRawBufferPointer) {
        scanner = WireScanner(bytes)
    }

    /// The next field, or nil at the end.
    mutating func next() throws(DecodingError) -> (field: UInt32, value: Value)? {
        guard !scanner.isAtEnd else { return nil }
        let tag = try scanner.tag()
        switch tag.type {
        case .varint: return (tag.field, .integer(try scanner.varint()))
        case .lengthDelimited: return (tag.field, .bytes(try scanner.lengthDelimited()))
        case .fixed32, .fixed64:
            try scanner.skip(tag.type)
            return (tag.field, .other)
        case .startGroup, .endGroup:
            throw DecodingError(.malformed, path: "\(tag.field)", message: "groups are not supported")
        }
    }
}

extension EnvelopeReader.Value {
    func text(_ name: String) throws(DecodingError) -> String {
        guard case .bytes(let bytes) = self else { throw mismatch(name) }
        guard UTF8Validation.isValid(bytes) else {
            throw DecodingError(.invalidUTF8, path: name, message: "expected UTF-8")
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    func content(_ name: String) throws(DecodingError) -> UnsafeRawBufferPointer {
        guard case .bytes(let bytes) = self else { throw mismatch(name) }
        return bytes
    }

    func number(_ name: String) throws(DecodingError) -> Int64 {
        guard case .integer(let value) = self else { throw mismatch(name) }
        return Int64(bitPattern: value)
    }

    private func mismatch(_ name: String) -> DecodingError {
        DecodingError(.wireTypeMismatch, path: name, message: "another wire type than the field's")
    }
}
