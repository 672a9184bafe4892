/// A request as it came off the socket.
struct IncomingRequest: Sendable {
    let method: String
    /// Without query.
    let path: String
    /// What stands behind the question mark; empty where there is none.
    var query = ""
    /// Names in lower case.
    let headers: [String: String]
    let body: [UInt8]
    /// True when the body was longer than allowed; it has then been thrown away.
    let isTooLarge: Bool
}

/// An answer, and how it is to be delivered.
struct OutgoingReply: Sendable {
    /// What happens on the socket.
    enum Delivery: Sendable, Equatable {
        case whole
        /// Half of the body, then the end of the connection.
        case truncated
        /// The end of the connection instead of an answer.
        case reset
        case drip(bytes: Int, interval: Duration)
    }

    /// The call this answers; zero for what is no call.
    var sequence: UInt64 = 0
    var status: Int
    var headers: [(String, String)]
    /// The body, in the pieces in which it is written.
    var pieces: [[UInt8]]
    /// True when the length is not told in advance.
    var isStream = false
    var delivery = Delivery.whole
    /// How long to wait before the first byte.
    var delay = Duration.zero
    /// Cache entries that the first byte makes readable.
    var cacheKeys: [String] = []

    /// The body in one piece.
    var body: [UInt8] { Array(pieces.joined()) }

    static func json(_ status: Int, _ body: JSON, headers: [(String, String)] = []) -> OutgoingReply {
        OutgoingReply(status: status, headers: headers + [("content-type", "application/json")], pieces: [body.encoded])
    }

    static func events(_ events: [JSON]) -> OutgoingReply {
        OutgoingReply(
            status: 200, headers: [("content-type", "text/event-stream; charset=utf-8"), ("cache-control", "no-cache")],
            pieces: events.map(MessagesStream.encoded), isStream: true)
    }
}
