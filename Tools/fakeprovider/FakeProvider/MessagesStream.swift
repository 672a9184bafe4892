/// Tells a message as server-sent events, the way the Messages API streams it.
enum MessagesStream {
    /// Bytes of text or of a tool's input in one event.
    static let bytesPerDelta = 24

    /// The events of `message`, which has the shape of an answer that is not streamed.
    static func events(_ message: JSON) -> [JSON] {
        let usage = message["usage"] ?? [:]
        let opening = message.replacing("content", []).replacing("stop_reason", .null)
            .replacing("usage", usage.replacing("output_tokens", 1))
        var events: [JSON] = [["type": "message_start", "message": opening]]
        for (index, block) in (message["content"]?.elements ?? []).enumerated() {
            events += self.events(block, index: JSON(index))
            if index == 0 { events.insert(["type": "ping"], at: 2) }
        }
        events.append([
            "type": "message_delta",
            "delta": [
                "stop_reason": message["stop_reason"] ?? .null, "stop_sequence": .null,
                "stop_details": message["stop_details"] ?? .null,
            ],
            "usage": usage,
        ])
        events.append(["type": "message_stop"])
        return events
    }

    /// What comes after a 200 when the provider breaks down half-way.
    static let breakdown: JSON = ["type": "error", "error": ["type": "overloaded_error", "message": "Overloaded"]]

    /// One event as it is written.
    static func encoded(_ event: JSON) -> [UInt8] {
        Array("event: \(event["type"]?.text ?? "")\ndata: ".utf8) + event.encoded + Array("\n\n".utf8)
    }

    private static func events(_ block: JSON, index: JSON) -> [JSON] {
        let isTool = block["type"] == "tool_use"
        let start = isTool ? block.replacing("input", [:]) : block.replacing("text", "")
        let content = isTool ? block["input"]?.encoded ?? [] : Array((block["text"]?.text ?? "").utf8)
        let deltas = pieces(String(decoding: content, as: UTF8.self)).map { piece -> JSON in
            isTool
                ? ["type": "input_json_delta", "partial_json": .string(piece)] : ["type": "text_delta", "text": .string(piece)]
        }
        return [["type": "content_block_start", "index": index, "content_block": start]]
            + deltas.map { ["type": "content_block_delta", "index": index, "delta": $0] }
            + [["type": "content_block_stop", "index": index]]
    }

    /// Whole characters, about `bytesPerDelta` bytes at a time.
    private static func pieces(_ text: String) -> [String] {
        var pieces: [String] = []
        var piece = ""
        for character in text {
            piece.append(character)
            guard piece.utf8.count >= bytesPerDelta else { continue }
            pieces.append(piece)
            piece = ""
        }
        return piece.isEmpty ? pieces : pieces + [piece]
    }
}
