/// Key–value pairs that accompany a request, in order; a key may occur more than once.
///
/// Keys are lower-cased on entry, as ttrpc's Go client does; values are proto3 strings, so binary values need a text encoding.
public struct Metadata: Sendable, Hashable {
    public struct Entry: Sendable, Hashable {
        public let key: String
        public let value: String

        /// Bytes of key and value, and thirty-two for the entry itself, as HTTP/2 counts: empty entries are not free.
        public var byteCount: Int { key.utf8.count + value.utf8.count + 32 }
    }

    public private(set) var entries: [Entry]

    public init() {
        entries = []
    }

    public init(_ pairs: [(String, String)]) {
        entries = pairs.map { Entry(key: Self.lowered($0), value: $1) }
    }

    /// The values of a key, in the order in which they were added.
    public func values(for key: String) -> [String] {
        let key = Self.lowered(key)
        return entries.filter { $0.key == key }.map(\.value)
    }

    /// The first value of a key.
    public subscript(key: String) -> String? {
        let key = Self.lowered(key)
        return entries.first { $0.key == key }?.value
    }

    public mutating func append(_ value: String, for key: String) {
        entries.append(Entry(key: Self.lowered(key), value: value))
    }

    /// The same without a key.
    public func removing(_ key: String) -> Metadata {
        let key = Self.lowered(key)
        guard entries.contains(where: { $0.key == key }) else { return self }
        var metadata = self
        metadata.entries.removeAll { $0.key == key }
        return metadata
    }

    /// A key in lower case; one that is already, as nearly all are, is not made anew.
    private static func lowered(_ key: String) -> String {
        let isLow = key.utf8.withContiguousStorageIfAvailable { $0.allSatisfy { $0 < 0x80 && !(0x41...0x5A).contains($0) } }
        return isLow == true ? key : key.lowercased()
    }

    /// What the entries weigh against a size limit, in bytes.
    public var byteCount: Int {
        entries.reduce(0) { $0 + $1.byteCount }
    }
}
