import Wire

/// One frame on one line.
struct FrameLine {
    static let csvHeader = "time_ns,connection,stream,from,type,flags,bytes"

    private let frame: Frame
    private let side: Side
    private let connection: Int
    private let nanoseconds: UInt64

    init(_ frame: Frame, _ side: Side, connection: Int, nanoseconds: UInt64) {
        self.frame = frame
        self.side = side
        self.connection = connection
        self.nanoseconds = nanoseconds
    }

    func text(_ format: OutputFormat) -> String {
        let flags = FrameNames.flags(frame.flags)
        let type = FrameNames.type(frame.type)
        switch format {
        case .text:
            let arrow = side == .client ? "->" : "<-"
            let said = FrameNames.content(frame).map { "  " + $0 } ?? ""
            let suffix = (flags.isEmpty ? "" : "  " + flags.joined(separator: " ")) + said
            return "\(ClockText.time(nanoseconds))  #\(connection)/\(frame.stream.rawValue)  \(arrow) \(type)  "
                + "\(frame.payload.count) B\(suffix)"
        case .csv:
            return "\(nanoseconds),\(connection),\(frame.stream.rawValue),\(side),\(type),\(flags.joined(separator: " ")),"
                + "\(frame.payload.count)"
        case .json:
            var json = JSONText()
            json.object { json in
                json.key("time_ns")
                json.number(nanoseconds)
                json.key("connection")
                json.number(connection)
                json.key("stream")
                json.number(frame.stream.rawValue)
                json.key("from")
                json.string("\(side)")
                json.key("type")
                json.string(type)
                json.key("flags")
                json.array { json in for flag in flags { json.string(flag) } }
                json.key("bytes")
                json.number(frame.payload.count)
                if let content = FrameNames.content(frame) {
                    json.key("content")
                    json.string(content)
                }
            }
            return json.text
        }
    }
}
