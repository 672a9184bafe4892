import Testing

@testable import Wire

@Suite("Frames about a connection")
struct ControlFrameTests {
    static let frames: [ControlFrame] = [
        .ping(0), .pong(.max), .ping(0x0102_0304_0506_0708), .cancel(StreamID(rawValue: 7), .deadlineExceeded),
        .goAway(GoAway(lastAccepted: StreamID(rawValue: 9), code: .unavailable, grace: .milliseconds(30_000), reason: "slut")),
        .goAway(GoAway(lastAccepted: .control, code: .internal, reason: "")), .window(.control, 1),
        .window(StreamID(rawValue: 5), .max),
    ]

    private func code(of frame: Frame) -> DecodingError.Code? {
        do throws(DecodingError) {
            _ = try ControlFrame(frame)
            return nil
        } catch {
            return error.code
        }
    }

    @Test("read as they were written, and with more behind what is known", arguments: frames)
    func roundTrip(control: ControlFrame) throws {
        let frame = control.frame
        #expect(frame.type.isControl && frame.flags.isEmpty)
        #expect(try ControlFrame(frame) == control)
        let longer = Frame(stream: frame.stream, type: frame.type, flags: [.noData], payload: frame.payload + [65, 66])
        #expect(try ControlFrame(longer)?.frame.type == frame.type)
    }

    @Test("have the bytes that the protocol gives them")
    func bytes() {
        let ping = ControlFrame.ping(0x0102_0304_0506_0708).frame.encoded()
        #expect(ping == [0, 0, 0, 8, 255, 255, 255, 255, 0x81, 0, 1, 2, 3, 4, 5, 6, 7, 8])
        #expect(ControlFrame.pong(1).frame.encoded() == [0, 0, 0, 8, 255, 255, 255, 255, 0x82, 0, 0, 0, 0, 0, 0, 0, 0, 1])
        let goAway = GoAway(lastAccepted: StreamID(rawValue: 259), code: .unavailable, grace: .seconds(30), reason: "a")
        #expect(
            ControlFrame.goAway(goAway).frame.encoded()
                == [0, 0, 0, 13, 255, 255, 255, 255, 0x83, 0, 0, 0, 1, 3, 0, 0, 0, 14, 0, 0, 0x75, 0x30, 97])
        let cancel = ControlFrame.cancel(StreamID(rawValue: 5), .cancelled).frame.encoded()
        #expect(cancel == [0, 0, 0, 4, 0, 0, 0, 5, 0x85, 0, 0, 0, 0, 1])
        let window = ControlFrame.window(StreamID(rawValue: 5), 1 << 17).frame.encoded()
        #expect(window == [0, 0, 0, 4, 0, 0, 0, 5, 0x84, 0, 0, 2, 0, 0])
    }

    @Test(
        "carry a code that is none, or is OK, as UNKNOWN, a time as far as it goes, and a reason that is no text as far as it is")
    func borders() throws {
        for code: [UInt8] in [[0, 0, 0, 0], [0, 0, 0, 17], [255, 255, 255, 255]] {
            let cancel = Frame(stream: StreamID(rawValue: 1), type: .cancel, payload: code)
            #expect(try ControlFrame(cancel) == .cancel(StreamID(rawValue: 1), .unknown))
        }
        let long = ControlFrame.goAway(GoAway(lastAccepted: .control, code: .unavailable, grace: .seconds(Int64.max), reason: ""))
        guard case .goAway(let goAway) = try ControlFrame(long.frame) else { return #expect(Bool(false), "no go-away") }
        #expect(goAway.grace == .milliseconds(UInt32.max))
        let payload: [UInt8] = [0, 0, 0, 1, 0, 0, 0, 14, 0, 0, 0, 0, 97, 255]
        guard case .goAway(let odd) = try ControlFrame(Frame(stream: .control, type: .goAway, payload: payload)) else {
            return #expect(Bool(false), "no go-away")
        }
        #expect(odd.reason == "a\u{FFFD}")
    }

    @Test("are refused when they are cut anywhere, and on a stream where they have no place", arguments: frames)
    func refused(control: ControlFrame) {
        let frame = control.frame
        let known = frame.type == .goAway ? 12 : frame.payload.count
        for count in 0..<known {
            let cut = Frame(stream: frame.stream, type: frame.type, payload: Array(frame.payload.prefix(count)))
            #expect(code(of: cut) == .truncated)
        }
        let wrong: [UInt32] = frame.type == .window ? [] : frame.type == .cancel ? [.max] : [0, 1, .max - 1]
        for stream in wrong {
            let astray = Frame(stream: StreamID(rawValue: stream), type: frame.type, payload: frame.payload)
            #expect(code(of: astray) == .malformed)
        }
    }

    @Test("have at most 1036 bytes, of which a reason has 1024")
    func longest() throws {
        let longest = String(repeating: "a", count: GoAway.maximumReasonBytes)
        #expect(GoAway.maximumReasonBytes == 1024 && ControlFrame.maximumPayloadBytes == 1036)
        let goAway = GoAway(lastAccepted: .control, code: .unavailable, reason: longest)
        let frame = ControlFrame.goAway(goAway).frame
        #expect(goAway.reason == longest && frame.payload.count == 1036)
        #expect(try ControlFrame(frame) == .goAway(goAway))
        #expect(code(of: Frame(stream: .control, type: .goAway, payload: frame.payload + [97])) == .malformed)
        for type in [FrameType.ping, .pong, .cancel] {
            let stream = type == .cancel ? StreamID(rawValue: 1) : .control
            #expect(code(of: Frame(stream: stream, type: type, payload: Array(repeating: 0, count: 1036))) == nil)
            #expect(code(of: Frame(stream: stream, type: type, payload: Array(repeating: 0, count: 1037))) == .malformed)
        }
        // What is longer is cut before the character that does not fit, and what is no text grows as it is mended.
        #expect(GoAway(lastAccepted: .control, code: .unavailable, reason: longest + "a").reason == longest)
        let odd = GoAway(lastAccepted: .control, code: .unavailable, reason: longest.dropLast() + "ö")
        #expect(odd.reason == longest.dropLast())
        let broken = Frame(
            stream: .control, type: .goAway, payload: frame.payload.prefix(12) + Array(repeating: 255, count: 1024))
        guard case .goAway(let mended) = try ControlFrame(broken) else { return #expect(Bool(false), "no go-away") }
        #expect(mended.reason == String(repeating: "\u{FFFD}", count: 341))
        #expect(try ControlFrame(ControlFrame.goAway(mended).frame) == .goAway(mended))
    }

    @Test("are refused where they give a credit of nothing")
    func nothing() {
        for stream in [StreamID.control, StreamID(rawValue: 1)] {
            #expect(code(of: Frame(stream: stream, type: .window, payload: [0, 0, 0, 0])) == .malformed)
        }
    }

    @Test("are no others than those", arguments: [0, 1, 2, 3, 4, 0x7F, 0x80, 0x90, 0xFF])
    func unknown(type: UInt8) throws {
        #expect(try ControlFrame(Frame(stream: .control, type: FrameType(rawValue: type), payload: [])) == nil)
        #expect(FrameType(rawValue: type).isControl == (type >= 0x80))
    }
}

@Suite("How many pings a peer may send")
struct PingAllowanceTests {
    @Test("is a burst, then one each second, then after a pause a burst again")
    func borders() {
        let begin = ContinuousClock.now
        var allowance = PingAllowance()
        /// How many are taken of as many as a burst has and one.
        func taken(after seconds: Double) -> Int {
            (0...PingAllowance.burst).count { _ in allowance.take(at: begin + .seconds(seconds)) }
        }
        #expect(taken(after: 0) == PingAllowance.burst)
        #expect(taken(after: 0.999) == 0)
        #expect(taken(after: 1) == 1)
        #expect(taken(after: 1.999) == 0)
        #expect(taken(after: 4) == 3)
        #expect(taken(after: 1000) == PingAllowance.burst)
    }
}
