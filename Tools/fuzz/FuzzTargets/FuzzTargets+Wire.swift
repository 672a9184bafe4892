import Fuzzing
import Wire

extension FuzzTargets {
    static let maximumPayloadBytes = 1 << 10

    /// A stream of frames: what is found does not depend on how the bytes arrive, and no more than a frame is kept.
    static let frames = FuzzTarget("frames") { input in
        let whole = try events(in: input, pieceBytes: max(1, input.count))
        let bytewise = try events(in: input, pieceBytes: 1)
        try FuzzFinding.require(whole == bytewise, "frames depend on how their bytes arrive")
    }

    static func events(in input: [UInt8], pieceBytes: Int) throws -> [FrameDecoder.Event] {
        var decoder = FrameDecoder(maximumPayloadBytes: maximumPayloadBytes)
        var events: [FrameDecoder.Event] = []
        for start in stride(from: 0, to: input.count, by: pieceBytes) {
            decoder.append(input[start..<min(start + pieceBytes, input.count)])
            do {
                while let event = try decoder.next() { events.append(event) }
            } catch {
                return events
            }
            let limit = maximumPayloadBytes + FrameHeader.byteCount
            try FuzzFinding.require(decoder.bufferedByteCount < limit, "\(decoder.bufferedByteCount) bytes are kept")
        }
        return events
    }

    /// Frames of a connection's own: what is read can be written, and reads the same.
    static let controlFrames = FuzzTarget("control-frames") { input in
        for case .frame(let frame) in try events(in: input, pieceBytes: max(1, input.count)) {
            guard let control = accepted({ () throws(DecodingError) in try ControlFrame(frame) }) ?? nil else { continue }
            let again = accepted { () throws(DecodingError) in try ControlFrame(control.frame) } ?? nil
            try FuzzFinding.require(again == control, "a control frame reads differently once it has been written")
            try FuzzFinding.require(control.frame.type == frame.type, "a control frame changes its type")
        }
    }

    /// What a peer says of itself: what is read can be written, and reads the same.
    static let hello = FuzzTarget("hello") { input in
        guard let hello = accepted({ () throws(DecodingError) in try Hello(decoding: input) }) else { return }
        let again = accepted { () throws(DecodingError) in try Hello(decoding: hello.encoded()) }
        try FuzzFinding.require(again == hello, "Hello reads differently once it has been written")
    }

    /// A request: what is read can be written, and reads the same.
    static let requestEnvelope = FuzzTarget("request-envelope") { input in
        guard let request = accepted({ () throws(DecodingError) in try RequestEnvelope(decoding: input) }) else { return }
        let again = accepted { () throws(DecodingError) in try RequestEnvelope(decoding: request.encoded()) }
        try FuzzFinding.require(again == request, "a request reads differently once it has been written")
    }

    /// A response: what is read can be written, and is written the same the next time.
    static let responseEnvelope = FuzzTarget("response-envelope") { input in
        guard let response = accepted({ () throws(DecodingError) in try ResponseEnvelope(decoding: input) }) else { return }
        let bytes = response.encoded()
        let again = accepted { () throws(DecodingError) in try ResponseEnvelope(decoding: bytes) }
        try FuzzFinding.require(again?.encoded() == bytes, "a response reads differently once it has been written")
    }

    /// A message of a contract: the pre-check lets nothing through that protobuf-c trips over, and what is read can be written.
    static func message(_ type: any WireMessage.Type) -> FuzzTarget {
        FuzzTarget(type.typeName) { input in try check(input, as: type) }
    }

    private static func check<Message: WireMessage>(_ input: [UInt8], as type: Message.Type) throws {
        let message: Message
        do throws(DecodingError) {
            message = try Message(decoding: input)
        } catch {
            try FuzzFinding.require(
                !(error.code == .malformed && error.path.isEmpty && error.message.hasPrefix("no \(type.typeName)")),
                "protobuf-c refuses what the pre-check let through")
            return
        }
        let bytes = try message.encoded()
        let again: Message
        do throws(DecodingError) {
            again = try Message(decoding: bytes)
        } catch {
            // Fewer bytes have a smaller budget, so this may be dearer than its budget; it may not be anything else.
            return try FuzzFinding.require(error.code == .tooExpensive, "what was written does not read: \(error)")
        }
        try FuzzFinding.require(try again.encoded() == bytes, "a message reads differently once it has been written")
    }

    static func accepted<Value>(_ decode: () throws(DecodingError) -> Value) -> Value? {
        do throws(DecodingError) {
            return try decode()
        } catch {
            return nil
        }
    }
}
