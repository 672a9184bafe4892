/// A `.proto` file as the generators see it.
struct SchemaFile {
    /// Path as imports name it, `huleedu/cj/v1/cj.proto`.
    let path: String
    let package: String
    /// The `swift_prefix` option: name of the Swift namespace.
    let namespace: String
    let messages: [SchemaMessage]
    let enums: [SchemaEnum]
    let services: [SchemaService]
    /// Whether code is wanted for it, or it was only imported.
    let isWanted: Bool
}

struct SchemaMessage {
    /// `huleedu.cj.v1.Essay`
    let fullName: String
    /// `Essay`
    let name: String
    let comment: String
    /// In the order in which they are declared.
    let fields: [SchemaField]
    let oneofs: [SchemaOneof]
    let messages: [SchemaMessage]
    let enums: [SchemaEnum]
}

struct SchemaField {
    enum Kind {
        case string, bytes, bool, int32, int64, uint32, uint64, float, double
        /// Full names.
        case message(String)
        case enumeration(String)
    }

    enum Presence {
        /// Has a default and no presence.
        case plain
        /// proto3 `optional`, or a single message.
        case optional
        case repeated
        /// Member of the oneof with this index.
        case member(Int)
    }

    let name: String
    let number: Int32
    let comment: String
    let kind: Kind
    let presence: Presence
    /// Place among the message's fields ordered by number, as protobuf-c's descriptor has them.
    let place: Int
}

struct SchemaOneof {
    let name: String
    let comment: String
}

struct SchemaEnum {
    struct Value {
        let name: String
        let number: Int32
        let comment: String
    }

    let fullName: String
    let name: String
    let comment: String
    let values: [Value]
}

struct SchemaService {
    struct Method {
        let name: String
        let comment: String
        /// Full names of the messages.
        let request: String
        let response: String
        let streaming: Streaming
        /// Whether a call has the effect of one, however often it runs.
        let isIdempotent: Bool
    }

    /// Which sides of a method send messages one after the other.
    enum Streaming {
        case neither, server, client, both
    }

    let fullName: String
    let name: String
    let comment: String
    let methods: [Method]
}

/// Why code can't be generated, for the author of the `.proto` file to read.
struct SchemaError: Error {
    let message: String

    init(_ message: String) {
        self.message = message
    }
}
