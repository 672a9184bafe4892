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

    package init(side: Side, nanoseconds: UInt64, bytes: [UInt8]) {
        (self.side, self.nanoseconds, self.bytes) = (side, nanoseconds, bytes)
    }
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

        /// Reads what ``text`` writes.
        package init?(_ text: String) {
            let parts = text.drop { $0 == "#" }.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count == 2, let connection = Int(parts[0]), connection >= 1, let stream = UInt32(parts[1]) else {
                return nil
            }
            self.init(connection: connection, stream: StreamID(rawValue: stream))
        }

        package var text: String { "\(connection)/\(stream.rawValue)" }
    }

    /// A connection and its two ends.
    package struct Peers: Sendable, Hashable {
        package let connection: Int
        package let client: Endpoint
        package let server: Endpoint

        package init(connection: Int, client: Endpoint, server: Endpoint) {
            self.connection = connection
            self.client = client
            self.server = server
        }
    }

    /// Messages and bytes that one side sent.
    package struct Amount: Sendable, Hashable {
        package var messages = 0
        package var bytes = 0
    }

    package let id: ID
    package let peers: Peers
    /// Nil where the request was not captured.
    package var method: MethodDescriptor?
    package var metadata = Metadata()
    package var timeoutNanoseconds: Int64 = 0
    package var begin: UInt64
    package var end: UInt64
    /// Those that came first, as many as are kept.
    package var messages: [CallMessage] = []
    var keptBytes = 0
    /// Of those too that are not kept.
    package var sent = Amount()
    package var received = Amount()
    package var outcome: Outcome = .unanswered

    package init(id: ID, peers: Peers, begin: UInt64, end: UInt64) {
        self.id = id
        self.peers = peers
        self.begin = begin
        self.end = end
    }

    package var nanoseconds: UInt64 { end >= begin ? end - begin : 0 }

    /// Service and method, as `package.Service/Method`; nil where the request was not captured.
    package var methodName: String? { method.map { "\($0.service)/\($0.method)" } }

    /// Takes over what its request says beside the message.
    ///
    /// - Returns: memory that it takes up for that.
    mutating func note(_ request: RequestEnvelope, _ keeping: CallTracker.Keeping) -> Int {
        method = request.method
        timeoutNanoseconds = request.timeoutNanoseconds
        guard keeping == .messages else { return 0 }
        metadata = request.metadata
        keptBytes += metadata.byteCount
        return metadata.byteCount
    }

    /// Takes a message over, as far as its call keeps messages.
    ///
    /// - Returns: memory that it takes up.
    mutating func note(_ bytes: [UInt8], from side: Side, at time: UInt64, _ keeping: CallTracker.Keeping) -> Int {
        switch side {
        case .client: sent = Amount(messages: sent.messages + 1, bytes: sent.bytes + bytes.count)
        case .server: received = Amount(messages: received.messages + 1, bytes: received.bytes + bytes.count)
        }
        guard keeping == .messages, messages.count < CallTracker.keptMessages,
            keptBytes + bytes.count <= CallTracker.keptBytesOfCall
        else { return 0 }
        messages.append(CallMessage(side: side, nanoseconds: time, bytes: bytes))
        keptBytes += bytes.count
        return bytes.count
    }
}
