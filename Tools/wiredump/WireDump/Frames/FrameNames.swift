package import Wire

/// What frames are called in output.
package enum FrameNames {
    package static func type(_ type: FrameType) -> String {
        switch type {
        case .request: "request"
        case .response: "response"
        case .data: "data"
        case .ping: "ping"
        case .pong: "pong"
        case .goAway: "go-away"
        case .window: "window"
        case .cancel: "cancel"
        default: "type \(type.rawValue)"
        }
    }

    /// What a frame of the connection's own says beside its type; nil where that is nothing, or cannot be read.
    package static func content(_ frame: Frame) -> String? {
        // What cannot be read is shown by its length alone.
        guard let control = try? ControlFrame(frame) else { return nil }
        switch control {
        case .ping(let token), .pong(let token): return String(token, radix: 16)
        case .goAway(let goAway):
            let grace = ClockText.duration(UInt64(max(.zero, goAway.grace) / .nanoseconds(1)))
            return "\(goAway.code.name) after stream \(goAway.lastAccepted.rawValue), grace \(grace): \(goAway.reason.echoed)"
        case .window(_, let credit): return "\(credit) bytes more"
        case .cancel(_, let code): return code.name
        }
    }

    package static func flags(_ flags: FrameFlags) -> [String] {
        let known: [(FrameFlags, String)] = [
            (.remoteClosed, "closed"), (.remoteOpen, "open"), (.noData, "no-data"),
            (.more, "more"),
        ]
        let names = known.filter { flags.contains($0.0) }.map(\.1)
        let rest = flags.subtracting([.remoteClosed, .remoteOpen, .noData, .more]).rawValue
        return rest == 0 ? names : names + ["0x" + String(rest, radix: 16)]
    }
}
