package import Wire

/// What frames are called in output.
package enum FrameNames {
    package static func type(_ type: FrameType) -> String {
        switch type {
        case .request: "request"
        case .response: "response"
        case .data: "data"
        default: "type \(type.rawValue)"
        }
    }

    package static func flags(_ flags: FrameFlags) -> [String] {
        let known: [(FrameFlags, String)] = [(.remoteClosed, "closed"), (.remoteOpen, "open"), (.noData, "no-data")]
        let names = known.filter { flags.contains($0.0) }.map(\.1)
        let rest = flags.subtracting([.remoteClosed, .remoteOpen, .noData]).rawValue
        return rest == 0 ? names : names + ["0x" + String(rest, radix: 16)]
    }
}
