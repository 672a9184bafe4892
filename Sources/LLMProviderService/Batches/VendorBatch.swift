/// A batch as the vendor tells of it.
struct VendorBatch: Sendable, Hashable {
    let id: String
    /// It is over: there are results, and no more will come.
    let hasEnded: Bool
    /// How many there are of its requests, whatever has become of them; nil where the vendor does not say.
    let requests: Int64?
    /// In seconds since 1970.
    let createdAt: Double

    /// Nil for what is no batch.
    init?(_ value: JSONValue) {
        guard value["type"]?.text == "message_batch", let id = value["id"]?.text, Self.isSound(id),
            let status = value["processing_status"]?.text, let createdAt = value["created_at"]?.text.flatMap(InternetTime.seconds)
        else { return nil }
        self.id = id
        hasEnded = status == "ended"
        let counts = ["processing", "succeeded", "errored", "canceled", "expired"].compactMap {
            value["request_counts"]?[$0]?.integer
        }
        requests = counts.isEmpty ? nil : counts.reduce(0) { $0.addingReportingOverflow($1).partialValue }
        self.createdAt = createdAt
    }

    /// It becomes a part of paths.
    private static func isSound(_ id: String) -> Bool {
        (1...100).contains(id.utf8.count)
            && id.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
