/// A value in JSON (RFC 8259).
enum JSONValue: Equatable {
    case null
    case boolean(Bool)
    /// As it was written.
    case number(String)
    case string(String)
    case array([JSONValue])
    /// In the order written; no key is there twice.
    case object([Member])

    struct Member: Equatable {
        let key: String
        let value: JSONValue
    }
}
