import Wire

// What servers do otherwise than they should that answer Hello.
extension BrokenRule {
    static let agreed: [BrokenRule] = [
        .answering(
            "answers Hello with what is none",
            Set((80...90).map { "WC0\($0)" })
        ) { frame, past in
            frame.stream.rawValue == 1 && past.method(frame) == "Hello" && frame.failure == nil
                ? [frame.answer(.success([0xFF]))] : nil
        },
        .asking("takes Hello at any time", ["WC081"]) { frame, _ in
            frame.stream.rawValue == 3 && frame.envelope?.method == Hello.method
                ? .answered(frame.answer(.success(Hello(features: [], maximumFrameBytes: 4 << 20).encoded()))) : nil
        },
        .asking("takes version 0", ["WC082"]) { frame, _ in
            frame.envelope?.method == Hello.method && frame.envelope?.payload == [0x12, 1, 1]
                ? .answered(frame.answer(.success(Hello(features: [], maximumFrameBytes: 4 << 20).encoded()))) : nil
        },
        .answering("answers pings with other bytes", ["WC081", "WC083", "WC085", "WC087"]) { frame, _ in
            frame.type == .pong ? [frame.with(payload: frame.payload.map { $0 &+ 1 })] : nil
        },
        .asking("answers pings that are not agreed on", ["WC082", "WC084"]) { frame, past in
            guard frame.type == .ping, let hello = past.hello, hello?.features.contains(.ping) != true else { return nil }
            return .answered(Frame(stream: frame.stream, type: .pong, payload: frame.payload))
        },
        silently("answers any number of pings", "WC085") { frame, past in
            guard frame.type == .ping, frame.payload.count == 8, past.hello??.features.contains(.ping) == true else { return nil }
            return .answered(Frame(stream: frame.stream, type: .pong, payload: frame.payload))
        },
        silently("ignores pings that are too short", "WC086") { frame, _ in
            frame.type == .ping && frame.stream == .control && frame.payload == [1, 2, 3]
                ? .dropped : nil
        },
        silently("ignores pings that are too long", "WC087") { frame, _ in
            frame.type == .ping && frame.payload.count > ControlFrame.maximumPayloadBytes ? .dropped : nil
        },
        .asking("serves calls on the connection's own stream", ["WC088"]) { frame, _ in
            frame.type == .request && frame.stream == .control ? .answered(frame.answer(.success([]))) : nil
        },
        .asking("complains of cancels for calls that do not run", ["WC089"]) { frame, past in
            let runs = past.requests[frame.stream.rawValue] != nil && !past.ended.contains(frame.stream.rawValue)
            return frame.type == .cancel && !runs ? .answered(frame.failed(.invalidArgument)) : nil
        },
        .asking("goes on with calls that are cancelled", ["WC090"]) { frame, _ in
            frame.type == .cancel ? .dropped : nil
        },
    ]

    private static func silently(
        _ fault: String, _ check: String, _ reaction: @escaping @Sendable (Frame, Past) -> Reaction?
    ) -> BrokenRule {
        var rule = BrokenRule.asking(fault, [check], reaction)
        rule.isSilent = true
        return rule
    }
}
