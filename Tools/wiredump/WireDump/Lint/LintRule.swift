/// What may be wrong on the wire, by the rules of `proto/PROTOCOL.md`. The numbers stay what they are.
package enum LintRule: Int, Sendable, Hashable, CaseIterable {
    case impossibleLength = 1
    case oversizedFrame, unknownType, unknownFlags, evenStream, streamInUse, streamTakenAgain, streamOutOfOrder, streamTooHigh
    case wrongSide, responseWithoutRequest, dataWithoutRequest, dataInUnaryCall, dataAfterClose, frameAfterEnd, messageWithEnd
    case noDataWithPayload, responseFlags, unreadableEnvelope, unknownMethod, unfitFlags, unreadableMessage, largeMetadata
    case timeoutOutOfBounds, deadlinePassed, unknownStatus, refused, tooManyCalls, unanswered, endInsideFrame
    case controlWithoutHello, unreadableControl, windowExceeded, excessCredit, pieceOutOfPlace

    package enum Severity: String, Sendable, Hashable {
        /// Against the protocol: a peer refuses it, or may.
        case error
        /// Allowed or of no consequence here, and suspect.
        case warning
    }

    /// `WD001` and so on.
    package var id: String {
        let digits = String(rawValue)
        return "WD" + String(repeating: "0", count: 3 - digits.count) + digits
    }

    /// Reads what ``id`` writes, in any case.
    package init?(id: String) {
        guard let rule = Self.allCases.first(where: { $0.id == id.uppercased() }) else { return nil }
        self = rule
    }

    package var severity: Severity { text.severity }
    package var title: String { text.title }
    /// One sentence: what the rule is, and what comes of breaking it.
    package var explanation: String { text.explanation }

    private var text: (severity: Severity, title: String, explanation: String) {
        switch self {
        case .impossibleLength:
            (.error, "length that no frame has", "The first byte of a length is zero; a server closes the connection otherwise.")
        case .oversizedFrame:
            (.error, "frame over 4 MiB", "A payload is at most 4 MiB, envelope included; a longer one is dropped as it arrives.")
        case .unknownType:
            (
                .warning, "unknown type of frame",
                "Frames are requests, responses or data, or after Hello about their connection; others are ignored."
            )
        case .unknownFlags:
            (.warning, "unknown flags", "Flags are 1, 2 and 4, and 8 where both have agreed on pieces; others are ignored.")
        case .evenStream:
            (.error, "request on an even stream", "A client takes an odd stream for each call; others are INVALID_ARGUMENT.")
        case .streamInUse:
            (.error, "request on a stream that runs", "A stream may not be taken again until its call has ended.")
        case .streamTakenAgain:
            (
                .warning, "stream taken again",
                "A client takes another stream for each call; ttrpc servers of Go refuse an old one."
            )
        case .streamOutOfOrder:
            (
                .warning, "stream below an earlier one",
                "Streams rise from call to call; ttrpc servers of Go refuse one that does not."
            )
        case .streamTooHigh:
            (.error, "stream of 2^31 or above", "A client makes a new connection before its streams reach 2^31.")
        case .wrongSide: (.error, "frame from the wrong side", "Clients send requests, and servers send responses.")
        case .responseWithoutRequest:
            (.error, "response without a request", "A server answers on streams that a client has taken.")
        case .dataWithoutRequest:
            (
                .error, "data without a request",
                "Data belongs to a stream that a request has begun; that of a client is answered INVALID_ARGUMENT."
            )
        case .dataInUnaryCall:
            (.error, "data in a unary call", "Nobody sends data frames for unary calls; some servers do not survive them.")
        case .dataAfterClose:
            (.error, "data after the client's end", "A client that has said that it sends no more sends no more.")
        case .frameAfterEnd:
            (.error, "frame after the end of a call", "What a server sends last ends the stream for both sides.")
        case .messageWithEnd:
            (
                .warning, "message and end in one frame",
                "The end is a data frame of its own with flags 5; some peers fail otherwise."
            )
        case .noDataWithPayload:
            (.warning, "payload that is said to be none", "A frame with flag 4 has no message inside; its payload is not read.")
        case .responseFlags: (.warning, "flags in a response", "The flags of a response are 0.")
        case .unreadableEnvelope:
            (
                .error, "envelope that cannot be read",
                "The payload of a request frame is a Request and that of a response frame a Response."
            )
        case .unknownMethod: (.error, "unknown method", "The contracts have no such method; a server answers UNIMPLEMENTED.")
        case .unfitFlags:
            (
                .error, "flags that do not fit the method",
                "A unary request has no flags, one for a stream of answers has flag 1 and one that sends a stream has flag 2."
            )
        case .unreadableMessage:
            (
                .error, "message that cannot be read",
                "A message is what its contract says; a server refuses another with INVALID_ARGUMENT."
            )
        case .largeMetadata:
            (
                .error, "metadata over 16 KiB",
                "Keys and values, and 32 bytes for each pair, come to at most 16 KiB; more is RESOURCE_EXHAUSTED."
            )
        case .timeoutOutOfBounds:
            (
                .warning, "timeout out of bounds",
                "A timeout is above 0 and at most 600 s, or 3600 s of a stream; a server does not wait longer."
            )
        case .deadlinePassed:
            (.warning, "answer after the deadline", "An answer that comes when the timeout of its request is over is for nobody.")
        case .unknownStatus: (.warning, "unknown status", "Codes are 0 to 16; others are read as UNKNOWN.")
        case .refused: (.warning, "request refused", "The server says that no handler has seen the request.")
        case .tooManyCalls:
            (.warning, "more than 256 calls at once", "A server runs at most 256 calls of a connection, and refuses more.")
        case .unanswered: (.warning, "call without an answer", "The connection ended before the call did.")
        case .endInsideFrame: (.warning, "end inside a frame", "A connection ends between two frames.")
        case .controlWithoutHello:
            (
                .warning, "control frame without Hello",
                "Frames about a connection are sent once its client's Hello has been answered well; before they are ignored."
            )
        case .unreadableControl:
            (
                .error, "control frame that cannot be read",
                "A frame about a connection has its bytes and its place; a peer closes the connection otherwise."
            )
        case .windowExceeded:
            (
                .error, "message beyond the window",
                "Once both have agreed on windows a message is sent only where there is credit; a peer closes the connection otherwise."
            )
        case .excessCredit:
            (
                .error, "credit for more than was sent",
                "Credit gives back what has been taken of what was sent; a peer closes the connection otherwise."
            )
        case .pieceOutOfPlace:
            (
                .error, "piece out of place",
                "At most 64 messages and 16 MiB of them have begun and not ended, none inside another of its stream; a peer closes the connection otherwise."
            )
        }
    }
}
