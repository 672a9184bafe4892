package import Wire

/// Puts the frames of one connection together to calls.
package struct CallTracker: Sendable {
    package enum Event: Sendable {
        /// A message of a call that goes on, as the call stands with it.
        case message(Call, CallMessage)
        case ended(Call)
        /// A frame that means nothing where it stands, and why.
        case stray(StreamID, String)
    }

    /// Calls that are followed at once on one connection; of more only the frames are seen.
    static let maximumCalls = 65_536
    /// Messages of a call, and their bytes, that are kept until it ends.
    static let keptMessages = 1000
    static let keptBytes = 8 << 20

    private let connection: Int
    private var open: [StreamID: Call] = [:]

    package init(connection: Int) {
        self.connection = connection
    }

    package mutating func receive(_ frame: Frame, from side: Side, at time: UInt64) -> [Event] {
        switch (frame.type, side) {
        case (.request, .client): request(frame, at: time)
        case (.response, .server): response(frame, at: time)
        case (.data, _): data(frame, from: side, at: time)
        case (.request, .server), (.response, .client):
            [.stray(frame.stream, "a \(FrameNames.type(frame.type)) from the wrong side")]
        default: []
        }
    }

    /// The connection is over: what still runs has no answer.
    package mutating func finish(at time: UInt64) -> [Event] {
        let calls = open.values.sorted { ($0.begin, $0.id.stream) < ($1.begin, $1.id.stream) }
        open = [:]
        return calls.map { call in
            var call = call
            call.end = max(time, call.begin)
            return .ended(call)
        }
    }

    private mutating func request(_ frame: Frame, at time: UInt64) -> [Event] {
        let request: RequestEnvelope
        do throws(DecodingError) {
            request = try RequestEnvelope(decoding: frame.payload)
        } catch {
            return [.stray(frame.stream, "no request: \(error.description)")]
        }
        guard open[frame.stream] == nil else { return [.stray(frame.stream, "a request on a stream that is in use")] }
        var call = Call(id: .init(connection: connection, stream: frame.stream), begin: time, end: time)
        call.method = request.method
        call.metadata = request.metadata
        call.timeoutNanoseconds = request.timeoutNanoseconds
        guard open.count < Self.maximumCalls else { return [.stray(frame.stream, "more calls at once than are followed")] }
        open[frame.stream] = call
        // A stream of requests that begins without a payload has none yet.
        let isMessage = !frame.flags.contains(.remoteOpen) || !request.payload.isEmpty
        return isMessage ? note(request.payload, on: frame.stream, from: .client, at: time) : []
    }

    private mutating func response(_ frame: Frame, at time: UInt64) -> [Event] {
        let response: ResponseEnvelope
        do throws(DecodingError) {
            response = try ResponseEnvelope(decoding: frame.payload)
        } catch {
            return [.stray(frame.stream, "no response: \(error.description)")]
        }
        adopt(frame.stream, at: time)
        switch response {
        case .success(let payload):
            let messages = note(payload, on: frame.stream, from: .server, at: time)
            return messages + end(frame.stream, .answered(.ok, message: ""), at: time)
        case .failure(let error):
            return end(frame.stream, .answered(error.code, message: error.message), at: time)
        }
    }

    private mutating func data(_ frame: Frame, from side: Side, at time: UInt64) -> [Event] {
        adopt(frame.stream, at: time)
        var events = frame.flags.contains(.noData) ? [] : note(frame.payload, on: frame.stream, from: side, at: time)
        if side == .server, frame.flags.contains(.remoteClosed) {
            events += end(frame.stream, .answered(.ok, message: ""), at: time)
        }
        return events
    }

    /// Follows a call from here on whose request was not captured.
    private mutating func adopt(_ stream: StreamID, at time: UInt64) {
        guard open[stream] == nil, open.count < Self.maximumCalls else { return }
        open[stream] = Call(id: .init(connection: connection, stream: stream), begin: time, end: time)
    }

    private mutating func note(_ bytes: [UInt8], on stream: StreamID, from side: Side, at time: UInt64) -> [Event] {
        guard var call = open[stream] else { return [] }
        let message = CallMessage(side: side, nanoseconds: time, bytes: bytes)
        if call.messages.count < Self.keptMessages, call.keptBytes + bytes.count <= Self.keptBytes {
            call.messages.append(message)
            call.keptBytes += bytes.count
        }
        let known = call.count[side] ?? (0, 0)
        call.count[side] = (known.messages + 1, known.bytes + bytes.count)
        open[stream] = call
        return [.message(call, message)]
    }

    private mutating func end(_ stream: StreamID, _ outcome: Call.Outcome, at time: UInt64) -> [Event] {
        guard var call = open.removeValue(forKey: stream) else { return [] }
        call.outcome = outcome
        call.end = time
        return [.ended(call)]
    }
}
