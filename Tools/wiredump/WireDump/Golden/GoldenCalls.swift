package import Wire

/// How each method of a service is called and answers, well and not.
package struct GoldenCalls: Sendable {
    /// The status of a call that does not go well, as a server that answers from fixtures gives it.
    package static let failure = RPCError(.notFound, "as it was recorded")

    private let schema: MessageSchema
    private let codec: FixtureCodec
    private let methods: [MessageSchema.Method]

    package init(service: String, schema: MessageSchema) {
        self.schema = schema
        codec = FixtureCodec(schema: schema)
        methods = schema.methods.filter { $0.service == service }
    }

    /// Fixtures: every field of a method's messages, which it answers likewise, and a request with nothing in it, for which there is
    /// nothing. A request that has no fields has the first alone.
    package var lines: [String] {
        methods.flatMap { schema.messages[$0.input]?.fields.isEmpty == true ? [well($0)] : [well($0), failed($0)] }
    }

    private func well(_ method: MessageSchema.Method) -> String {
        let filling = GoldenFilling(schema: schema, style: .names)
        let (request, answer) = (filling.json(method.input), filling.json(method.output))
        // An empty message counts in a stream.
        return line(
            method, requests: method.clientStreams ? [request, "{}"] : [request], status: .ok,
            answers: method.serverStreams ? [answer, "{}"] : [answer])
    }

    private func failed(_ method: MessageSchema.Method) -> String {
        line(method, requests: ["{}"], status: Self.failure.code, answers: [])
    }

    private func line(_ method: MessageSchema.Method, requests: [String], status: StatusCode, answers: [String]) -> String {
        var text = JSONText()
        text.object { text in
            text.key("method")
            text.string("\(method.service)/\(method.name)")
            text.key("requests")
            text.array { text in for request in requests { text.json(request) } }
            text.key("status")
            text.string(status.name)
            text.key("answers")
            text.array { text in for answer in answers { text.json(answer) } }
        }
        return text.text
    }

    // MARK: - Frame by frame

    /// The same calls as the frames that both sides send, the client without a timeout, each on stream 1 of a connection of its own.
    ///
    /// - Throws: ``FixtureFault`` where a line of ``lines`` is no fixture.
    package func transcripts() throws(FixtureFault) -> [String] {
        var transcripts: [String] = []
        for line in lines { transcripts.append(Self.transcript(try codec.fixture(line))) }
        return transcripts
    }

    private static func transcript(_ call: CallFixture) -> String {
        var text = JSONText()
        text.object { text in
            text.key("method")
            text.string(call.name)
            for (side, frames) in [("client", clientFrames(call)), ("server", serverFrames(call))] {
                text.key(side)
                text.array { text in for frame in frames { text.string(frame.encoded().hexadecimal) } }
            }
        }
        return text.text
    }

    package static func clientFrames(_ call: CallFixture) -> [Frame] {
        let streams = call.kind?.clientStreams == true
        let envelope = RequestEnvelope(
            method: call.method, payload: streams ? [] : call.requests[0], metadata: call.metadata)
        let flags: FrameFlags = streams ? .remoteOpen : call.kind == nil ? [] : .remoteClosed
        return [frame(.request, flags, envelope.encoded())] + (streams ? stream(call.requests) : [])
    }

    private static func serverFrames(_ call: CallFixture) -> [Frame] {
        guard call.status == .ok else { return [frame(.response, [], ResponseEnvelope.failure(failure).encoded())] }
        guard call.kind?.serverStreams == true else {
            return [frame(.response, [], ResponseEnvelope.success(call.answerBytes.first ?? []).encoded())]
        }
        return stream(call.answerBytes)
    }

    /// Messages and the end after them.
    private static func stream(_ messages: [[UInt8]]) -> [Frame] {
        messages.map { frame(.data, [], $0) } + [frame(.data, [.remoteClosed, .noData], [])]
    }

    private static func frame(_ type: FrameType, _ flags: FrameFlags, _ payload: [UInt8]) -> Frame {
        Frame(stream: StreamID(rawValue: 1), type: type, flags: flags, payload: payload)
    }
}
