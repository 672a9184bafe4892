package import Wire

/// Which end of a connection sent something.
public enum Side: Sendable, Hashable, CaseIterable {
    /// Who opened the connection, and makes the calls.
    case client
    case server
}

/// What was sent within a call, without its envelope.
package struct CallMessage: Sendable, Hashable {
    package let side: Side
    package let nanoseconds: UInt64
    package let bytes: [UInt8]
}

/// One call, from its request to its end, as far as that was captured.
package struct Call: Sendable {
    package enum Outcome: Sendable, Hashable {
        case answered(StatusCode, message: String)
        /// Its connection ended first, or the capture did.
        case unanswered
    }

    package struct ID: Sendable, Hashable {
        /// Of the connection, counted from one in the order in which they appeared.
        package let connection: Int
        package let stream: StreamID

        package init(connection: Int, stream: StreamID) {
            self.connection = connection
            self.stream = stream
        }

        package var text: String { "\(connection)/\(stream.rawValue)" }
    }

    package let id: ID
    /// Nil where the request was not captured.
    package var method: MethodDescriptor?
    package var metadata = Metadata()
    package var timeoutNanoseconds: Int64 = 0
    package var begin: UInt64
    package var end: UInt64
    /// Those that came first, as many as are kept.
    package var messages: [CallMessage] = []
    var keptBytes = 0
    /// Messages and bytes by who sent them, of those too that are not kept.
    package var count: [Side: (messages: Int, bytes: Int)] = [:]
    package var outcome: Outcome = .unanswered

    package func messageCount(_ side: Side) -> Int { count[side]?.messages ?? 0 }
    package func byteCount(_ side: Side) -> Int { count[side]?.bytes ?? 0 }
    package var nanoseconds: UInt64 { end >= begin ? end - begin : 0 }
}
