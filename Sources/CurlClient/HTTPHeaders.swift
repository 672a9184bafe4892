/// Header fields in the order in which they came, looked up without regard to case.
public struct HTTPHeaders: Sendable, Equatable {
    /// One field as it stood on the wire, white space around the value removed.
    public struct Field: Sendable, Equatable {
        /// The name, in the sender's spelling.
        public let name: String
        /// The value. Bytes that are no UTF-8 have become U+FFFD.
        public let value: String

        /// Creates a field.
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// All fields, in order.
    public private(set) var fields: [Field]

    /// Creates a collection from fields in order.
    public init(_ fields: [Field] = []) {
        self.fields = fields
    }

    /// The first value under `name`, or nil when there is none. A present but empty field gives an empty string.
    public subscript(name: String) -> String? {
        fields.first { Self.isSameName($0.name, name) }?.value
    }

    /// Every value under `name`, in order.
    public func values(of name: String) -> [String] {
        fields.filter { Self.isSameName($0.name, name) }.map(\.value)
    }

    mutating func append(_ field: Field) {
        fields.append(field)
    }

    /// Compares field names as HTTP does: ASCII letters without case, everything else exactly.
    static func isSameName(_ left: String, _ right: String) -> Bool {
        left.utf8.elementsEqual(right.utf8) { lowercased($0) == lowercased($1) }
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}
