import Wire

// What servers do otherwise than they should. Some of it other implementations of the format do.
extension BrokenRule {
    static let all = calls + silence + faults + limits + streams + messages + agreed + cases

    private static let calls: [BrokenRule] = [
        .answering("answers one of many calls twice", ["WC002"]) { frame, _ in
            frame.stream.rawValue == 39 && frame.type == .response ? [frame, frame] : nil
        },
        .asking("refuses streams below an earlier one", ["WC004", "WC088"]) { frame, past in
            frame.type == .request && frame.stream.rawValue < past.highest ? .answered(frame.failed(.invalidArgument)) : nil
        },
        .asking("refuses streams that have ended", ["WC005"]) { frame, past in
            frame.type == .request && past.ended.contains(frame.stream.rawValue) ? .answered(frame.failed(.invalidArgument)) : nil
        },
        .asking("answers frames of unknown types", ["WC006"]) { frame, past in
            // What is agreed on is known.
            frame.type.rawValue > 3 && past.hello == nil ? .answered(frame.failed(.invalidArgument)) : nil
        },
        .asking("answers responses", ["WC007"]) { frame, _ in
            frame.type == .response ? .answered(frame.failed(.invalidArgument)) : nil
        },
        .asking("refuses unknown flags", ["WC008"]) { frame, _ in
            frame.type == .request && frame.flags.rawValue > 7 ? .answered(frame.failed(.invalidArgument)) : nil
        },
        .asking("refuses unknown fields of envelopes", ["WC009"]) { frame, _ in
            frame.envelope?.payload == [] && frame.payload.suffix(4) == [0xC2, 0x3E, 1, 0]
                ? .answered(frame.failed(.invalidArgument)) : nil
        },
        .asking("complains of late data", ["WC010", "WC073"]) { frame, past in
            frame.type == .data && past.ended.contains(frame.stream.rawValue) ? .answered(frame.failed(.invalidArgument)) : nil
        },
        .asking("refuses flags of unary calls", ["WC011"]) { frame, _ in
            frame.envelope?.method.method == "Check" && (1...7).contains(frame.flags.rawValue)
                ? .answered(frame.failed(.invalidArgument)) : nil
        },
        .asking("refuses unknown fields of messages", ["WC012"]) { frame, _ in
            frame.envelope?.payload == [0xC2, 0x3E, 1, 0] ? .answered(frame.failed(.invalidArgument)) : nil
        },
    ]

    private static let silence: [BrokenRule] = {
        var ignoring = BrokenRule.asking("ignores data on streams that never ran", ["WC025"]) { frame, past in
            frame.type == .data && past.requests[frame.stream.rawValue] == nil ? .dropped : nil
        }
        ignoring.isSilent = true
        var waiting = BrokenRule("waits for 16 MiB and more", ["WC027"])
        waiting.closesAtImpossibleLength = false
        waiting.isSilent = true
        return [ignoring, waiting]
    }()

    private static let faults: [BrokenRule] = [
        .answering("does not mark calls to unknown services as refused", ["WC020", "unimplemented_service"]) { frame, past in
            let service = past.requests[frame.stream.rawValue]?.envelope?.method.service
            return service == "no.such.Service" || service?.hasPrefix("grpc.") == true ? [frame.failed(.unimplemented)] : nil
        },
        .answering("says INVALID_ARGUMENT of an unknown method", ["WC021", "unimplemented_method"]) { frame, past in
            ["NoSuchMethod", "UnimplementedCall"].contains(past.method(frame))
                && past.requests[frame.stream.rawValue]?.envelope?.method.service.hasPrefix("huleedu.") == true
                ? [frame.failed(.invalidArgument)] : nil
        },
        .asking("closes the connection of whoever sends an envelope that cannot be read", ["WC022", "WC029"]) { frame, _ in
            frame.type == .request && frame.payload.count < 4 && frame.envelope == nil ? .closed : nil
        },
        .answering("says INTERNAL of a message that cannot be read", ["WC023"]) { frame, past in
            past.requests[frame.stream.rawValue]?.envelope?.payload == [0x0A, 5, 1] ? [frame.failed(.internal)] : nil
        },
        .asking("serves even streams", ["WC024"]) { frame, _ in
            frame.type == .request && !frame.stream.isClientInitiated ? .answered(frame.answer(.success([]))) : nil
        },
        .asking("takes a timeout below zero for none", ["WC026"]) { frame, _ in
            (frame.envelope?.timeoutNanoseconds ?? 0) < 0 ? .passed(frame.with { $0.timeoutNanoseconds = 0 }) : nil
        },
    ]

    private static let limits: [BrokenRule] = [
        .asking("takes 256 KiB and no more", ["WC040", "large_unary"]) { frame, _ in
            (256 << 10 + 1...4 << 20).contains(frame.payload.count)
                ? .answered(frame.failed(.resourceExhausted, isRefused: true)) : nil
        },
        .asking("says INVALID_ARGUMENT of a request that is too long", ["WC041"]) { frame, _ in
            frame.type == .request && frame.payload.count > 4 << 20 ? .answered(frame.failed(.invalidArgument)) : nil
        },
        .asking("takes a KiB of metadata and no more", ["WC042"]) { frame, _ in
            (frame.envelope?.metadata.byteCount ?? 0) > 1024
                ? .answered(frame.failed(.resourceExhausted, isRefused: true)) : nil
        },
        .asking("takes any metadata", ["WC043"]) { frame, _ in
            (frame.envelope?.metadata.byteCount ?? 0) > 16 << 10 ? .passed(frame.with { $0.metadata = Metadata() }) : nil
        },
        .asking("runs any number of calls", ["WC044"]) { frame, _ in
            frame.stream.rawValue == 513 ? .answered(frame.answer(.success([]))) : nil
        },
    ]

    private static let streams: [BrokenRule] = [
        .answering("begins a stream with a response", ["WC060", "WC062", "WC063", "WC064", "WC065", "WC090"]) { frame, past in
            past.method(frame) == "Watch" && frame.isMessage ? [frame.answer(.success(frame.payload))] : nil
        },
        .asking(
            "refuses calls beside a stream", ["WC063", "WC065", "WC090", "cancel_after_begin", "cancel_after_first_response"]
        ) { frame, past in
            let isBesideStream = past.requests.contains { stream, request in
                stream != frame.stream.rawValue && !request.flags.isEmpty && request.envelope?.method.method != "Check"
                    && !past.ended.contains(stream)
            }
            return frame.type == .request && isBesideStream ? .answered(frame.failed(.resourceExhausted)) : nil
        },
        .answering("does not say that a stream asked for as a unary call was refused", ["WC061"]) { frame, past in
            past.method(frame) == "Watch" && frame.failure?.isRefused == true ? [frame.failed(.invalidArgument)] : nil
        },
        .answering("ends streams well whose time is over", ["WC062", "WC064", "timeout_on_sleeping_server"]) { frame, past in
            frame.failure?.code == .deadlineExceeded && past.requests[frame.stream.rawValue]?.flags.isEmpty == false
                ? [frame.end] : nil
        },
        .asking("complains of data from whoever has said that there is none", ["WC065"]) { frame, past in
            frame.type == .data && past.requests[frame.stream.rawValue]?.flags == .remoteClosed
                ? .answered(frame.failed(.invalidArgument)) : nil
        },
    ]

    private static let messages: [BrokenRule] = [
        .answering("ends streams of answers with a response", ["WC066", "WC072", "WC073"]) { frame, _ in
            frame == frame.end ? [frame.answer(.success([]))] : nil
        },
        .answering(
            "answers a stream of requests with a stream",
            ["WC067", "WC068", "WC069", "WC070", "WC071", "WC076", "client_streaming"]
        ) { frame, past in
            guard past.method(frame) == "Collect", case .success(let answer) = try? ResponseEnvelope(decoding: frame.payload)
            else { return nil }
            return [frame.end.with(flags: [], payload: answer), frame.end]
        },
        .asking("drops empty messages", ["WC068", "WC070"]) { frame, _ in
            frame.isMessage && frame.payload.isEmpty ? .dropped : nil
        },
        .asking("drops a message that is an end as well", ["WC069"]) { frame, _ in
            frame.isMessage && frame.flags.contains(.remoteClosed) ? .passed(frame.end) : nil
        },
        .asking("drops what a request to stream holds", ["WC070"]) { frame, _ in
            frame.envelope?.method.method == "Collect" ? .passed(frame.with { $0.payload = [] }) : nil
        },
        .asking("takes flags 1 and 2 for 1", ["WC071"]) { frame, _ in
            frame.type == .request && frame.flags == [.remoteClosed, .remoteOpen] && frame.envelope?.method.method == "Collect"
                ? .passed(frame.with(flags: .remoteClosed)) : nil
        },
        .asking("refuses flag 4 of a request to stream", ["WC076"]) { frame, _ in
            frame.envelope?.method.method == "Collect" && frame.flags == [.remoteOpen, .noData]
                ? .answered(frame.failed(.invalidArgument)) : nil
        },
        .asking("refuses one request with flag 2", ["WC072"]) { frame, _ in
            frame.envelope?.method.method == "List" && frame.flags == .remoteOpen
                ? .answered(frame.failed(.invalidArgument)) : nil
        },
        .asking("closes the connection at a message that is too long", ["WC074"]) { frame, _ in
            frame.type == .data && frame.payload.count > 4 << 20 ? .closed : nil
        },
        .answering("ends a stream well at a message that cannot be read", ["WC075"]) { frame, past in
            past.method(frame) == "Discuss" && frame.failure?.code == .invalidArgument ? [frame.end] : nil
        },
    ]

    private static let cases: [BrokenRule] = [
        .answering("has no empty answers", ["empty_unary", "cancel_after_begin", "cancel_after_first_response"]) { frame, past in
            past.method(frame) == "Get" && frame.type == .response && frame.payload.isEmpty ? [frame.failed(.internal)] : nil
        },
        .answering("answers each message twice", ["WC073", "ping_pong", "cancel_after_first_response"]) { frame, past in
            past.method(frame) == "Discuss" && frame.isMessage ? [frame, frame] : nil
        },
        .answering("says goodbye at the end of a stream", ["WC073", "ping_pong", "empty_stream"]) { frame, past in
            past.method(frame) == "Discuss" && frame == frame.end ? [frame.with(flags: [], payload: [8, 1]), frame] : nil
        },
        .asking("keeps one value of each key of metadata", ["custom_metadata"]) { frame, _ in
            guard let envelope = frame.envelope, envelope.metadata.values(for: "x-interop-initial").count > 1 else { return nil }
            return .passed(
                frame.with { envelope in
                    let last = Dictionary(envelope.metadata.entries.map { ($0.key, $0.value) }) { $1 }
                    envelope.metadata = Metadata(last.map { ($0, $1) })
                })
        },
        .answering("loses an answer of a stream", ["WC066", "WC072", "server_streaming"]) { frame, past in
            past.method(frame) == "List" && frame.isMessage && frame.payload.first != 7 << 3 ? [] : nil
        },
        .answering("has no status with letters beyond ASCII", ["special_status_message"]) { frame, _ in
            guard let failure = frame.failure, !failure.message.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
            return [frame.failed(failure.code, failure.message.filter(\.isASCII))]
        },
        .answering("sends codes without messages", ["status_code_and_message", "special_status_message"]) { frame, _ in
            frame.failure?.code == .unknown ? [frame.failed(.unknown, "")] : nil
        },
    ]
}
