import Wire

/// One call on one line, or with everything that was said in it.
struct CallLine {
    static let csvHeader =
        "time_ns,connection,stream,client,server,method,status,nanoseconds,requests,request_bytes,responses,response_bytes"

    private let call: Call
    private let decoder: MessageDecoder
    private let palette: Palette

    init(_ call: Call, decoder: MessageDecoder, palette: Palette) {
        self.call = call
        self.decoder = decoder
        self.palette = palette
    }

    private var method: String { call.methodName ?? "(request not captured)" }

    private var status: String {
        switch call.outcome {
        case .answered(let code, _): code.name
        case .unanswered: "unanswered"
        }
    }

    private var paintedStatus: String {
        switch call.outcome {
        case .answered(let code, _): palette.paint(status, code == .ok ? .good : .bad)
        case .unanswered: palette.paint(status, .doubtful)
        }
    }

    func text(_ format: OutputFormat) -> String {
        switch format {
        case .text: line
        case .csv:
            "\(call.begin),\(call.id.connection),\(call.id.stream.rawValue),\(call.peers.client),\(call.peers.server),"
                + "\(Self.csv(call.methodName.map(JSONText.name) ?? "")),\(status),\(call.nanoseconds),"
                + "\(call.sent.messages),\(call.sent.bytes),\(call.received.messages),\(call.received.bytes)"
        case .json: json(withMessages: false)
        }
    }

    func linesWithMessages(_ format: OutputFormat) -> [String] {
        guard format == .text else { return [format == .csv ? text(.csv) : json(withMessages: true)] }
        var lines = [line]
        for entry in call.metadata.entries {
            lines.append("    \(JSONText.name(entry.key)): \(JSONText.quoted(shown(entry)))")
        }
        for message in call.messages {
            let offset = ClockText.duration(message.nanoseconds >= call.begin ? message.nanoseconds - call.begin : 0)
            lines.append(
                "    \(message.side == .client ? "->" : "<-") +\(offset)  \(decoder.json(message.bytes, as: type(message)))")
        }
        let dropped = call.sent.messages + call.received.messages - call.messages.count
        if dropped > 0 { lines.append("    and \(dropped) more messages") }
        return lines
    }

    private var line: String {
        var message = ""
        if case .answered(_, let text) = call.outcome, !text.isEmpty { message = "  " + JSONText.quoted(text) }
        let name = call.methodName.map(JSONText.name) ?? method
        return "\(ClockText.time(call.begin))  #\(call.id.text)  \(palette.paint(name, .name))  \(paintedStatus)  "
            + "\(ClockText.duration(call.nanoseconds))  ->\(call.sent.messages) \(call.sent.bytes) B  <-\(call.received.messages) \(call.received.bytes) B\(message)"
    }

    private func json(withMessages: Bool) -> String {
        var json = JSONText()
        json.object { json in
            json.key("time_ns")
            json.number(call.begin)
            json.key("connection")
            json.number(call.id.connection)
            json.key("stream")
            json.number(call.id.stream.rawValue)
            json.key("client")
            json.string("\(call.peers.client)")
            json.key("server")
            json.string("\(call.peers.server)")
            json.key("method")
            if call.method == nil { json.null() } else { json.string(method) }
            json.key("status")
            json.string(status)
            if case .answered(_, let text) = call.outcome, !text.isEmpty {
                json.key("message")
                json.string(text)
            }
            json.key("nanoseconds")
            json.number(call.nanoseconds)
            for (amount, name) in [(call.sent, "request"), (call.received, "response")] {
                json.key("\(name)s")
                json.number(amount.messages)
                json.key("\(name)_bytes")
                json.number(amount.bytes)
            }
            if withMessages { content(&json) }
        }
        return json.text
    }

    private func content(_ json: inout JSONText) {
        json.key("metadata")
        json.object { json in
            for entry in call.metadata.entries {
                json.key(entry.key)
                json.string(shown(entry))
            }
        }
        json.key("messages")
        json.array { json in
            for message in call.messages {
                json.object { json in
                    json.key("from")
                    json.string("\(message.side)")
                    json.key("time_ns")
                    json.number(message.nanoseconds)
                    json.key("content")
                    json.json(decoder.json(message.bytes, as: type(message)))
                }
            }
        }
    }

    private func shown(_ entry: Metadata.Entry) -> String {
        decoder.redaction.hides(entry.key) ? decoder.redaction.replacement(Array(entry.value.utf8)[...]) : entry.value
    }

    private func type(_ message: CallMessage) -> String? {
        guard let name = call.method, let method = decoder.schema.method(name.service, name.method) else { return nil }
        return message.side == .client ? method.input : method.output
    }

    /// A value that a column takes, whatever it holds.
    static func csv(_ text: String) -> String {
        guard text.contains(where: { ",\"\n\r".contains($0) }) else { return text }
        return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
