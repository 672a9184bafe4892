import Wire
import WireDump

// What is agreed on beyond plain ttrpc, as far as the server has it.
extension ConformanceCheck {
    private static let tooManyPings = 20
    private static let mostPings = 16

    static let extended = [
        agreeing("WC080", "Hello is answered with version 1, features that were offered, and a frame's length") { _, _ in },
        agreeing("WC081", "Hello again is FAILED_PRECONDITION, refused, and what is agreed stays so", .ping) { _, peer in
            try await peer.request(3, Hello.method, ConformanceSubject.hello([]).encoded())
            try await peer.expect(.failedPrecondition, on: 3, isRefused: true)
            try await peer.expectPong()
        },
        agreeing("WC082", "a Hello of version 0 is INVALID_ARGUMENT, refused, and the connection a plain one") { server, _ in
            try await server.connected { peer in
                try await peer.request(1, Hello.method, [0x12, 1, 1])
                try await peer.expect(.invalidArgument, on: 1, isRefused: true)
                try await peer.say(.ping(1))
                try await peer.request(3, server.method)
                try await peer.expect(.ok, on: 3)
            }
        },
        agreeing("WC083", "a ping is answered with a pong of the same bytes", .ping) { _, peer in
            try await peer.expectPong(0x0102_0304_0506_0708)
            try await peer.expectPong(.max)
        },
        agreeing("WC084", "a ping without its feature is ignored", .ping) { server, _ in
            try await server.connected { peer in
                _ = try await peer.agree([])
                try await peer.say(.ping(1))
                try await peer.request(3, server.method)
                try await peer.expect(.ok, on: 3)
            }
        },
        agreeing("WC085", "sixteen pings are answered at once, and of too many the connection is closed", [.ping, .goAway]) {
            _, peer in
            for token in 0..<UInt64(mostPings) { try await peer.say(.ping(token)) }
            for token in 0..<UInt64(mostPings) { try await peer.expectControl(.pong(token)) }
            // At once, as the connection may be closed at any of them.
            try await peer.send((0..<UInt64(tooManyPings)).flatMap { ControlFrame.ping($0).frame.encoded() })
            try await peer.expectGoodbye(.resourceExhausted)
        },
        agreeing("WC086", "a ping that is too short closes the connection", [.ping, .goAway]) { _, peer in
            try await peer.send(StreamID.control.rawValue, .ping, [], [1, 2, 3])
            try await peer.expectGoodbye(.invalidArgument)
        },
        agreeing("WC087", "a frame about the connection has at most 1036 bytes, and a longer one closes it", [.ping, .goAway]) {
            _, peer in
            var payload = [UInt8](repeating: 7, count: ControlFrame.maximumPayloadBytes)
            try await peer.send(StreamID.control.rawValue, .ping, [], payload)
            try await peer.expectControl(.pong(0x0707_0707_0707_0707))
            payload.append(7)
            try await peer.send(StreamID.control.rawValue, .ping, [], payload)
            try await peer.expectGoodbye(.invalidArgument)
        },
        agreeing("WC088", "a call on the connection's own stream is INVALID_ARGUMENT") { server, peer in
            try await peer.request(StreamID.control.rawValue, server.method)
            try await peer.expect(.invalidArgument, on: StreamID.control.rawValue)
            try await peer.request(3, server.method)
            try await peer.expect(.ok, on: 3)
        },
        agreeing("WC089", "a cancel for a call that has ended, or never was, is ignored", .cancel) { server, peer in
            try await peer.request(3, server.method)
            try await peer.expect(.ok, on: 3)
            for stream in [3, 77] as [UInt32] { try await peer.say(.cancel(StreamID(rawValue: stream), .cancelled)) }
            try await peer.request(5, server.method)
            try await peer.expect(.ok, on: 5)
        },
        agreeing("WC090", "handlers of cancelled calls stop: 300 run one after the other where 256 may at once", .cancel) {
            server, peer in
            try await server.need(ConformanceSubject.watch)
            for number in 1...300 as ClosedRange<UInt32> {
                let stream = 1001 + number * 2
                try await peer.request(stream, ConformanceSubject.watch, flags: .remoteClosed)
                try await peer.expectMessage(on: stream)
                try await peer.say(.cancel(StreamID(rawValue: stream), .cancelled))
            }
        },
    ]

    /// What a server does that is told to shut down, by which it ends.
    static let drain = agreeing(
        "WC099", "a server that shuts down says the last call it took, refuses later ones, and has its client close", .goAway
    ) { server, peer in
        try await server.need(ConformanceSubject.watch)
        try await peer.request(3, ConformanceSubject.watch, flags: .remoteClosed)
        try await peer.expectMessage(on: 3)
        try await peer.request(5, ConformanceSubject.beginDrain)
        // In whatever order: the answer, the end of the stream, and what is said of the connection.
        var last: UInt32?
        var hasAnswer = false
        var hasEnd = false
        while last == nil || !hasAnswer || !hasEnd {
            let frame = try await peer.next("an answer to BeginDrain, the end of Watch, and that the server goes away")
            switch frame.type {
            case .goAway: last = try peer.goAway(frame, .unavailable).lastAccepted.rawValue
            case .response where frame.stream.rawValue == 5:
                // What cannot be read is not an answer.
                guard case .success = try? ResponseEnvelope(decoding: frame.payload) else {
                    throw ConformanceFault(expected: "that BeginDrain is answered well", got: frame.told)
                }
                hasAnswer = true
            default: hasEnd = hasEnd || frame.flags.contains(.remoteClosed)
            }
        }
        guard last == 5 else {
            throw ConformanceFault(expected: "stream 5 as the last that was taken", got: "\(last.map(String.init) ?? "none")")
        }
        try await peer.request(7, server.method)
        try await peer.expect(.unavailable, on: 7, isRefused: true)
    }

    /// A check on a connection on which Hello has been said.
    ///
    /// - Parameter features: without any of which it is skipped.
    private static func agreeing(
        _ id: String, _ claim: String, _ features: Features = [],
        _ run: @escaping @Sendable (ConformanceSubject, RawConnection) async throws -> Void
    ) -> ConformanceCheck {
        ConformanceCheck(id, claim) { server in
            try await server.connected { peer in
                let agreed = try await peer.agree(.all)
                guard agreed.isSuperset(of: features) else {
                    throw CheckSkipped(reason: "the server has not all features that this needs")
                }
                try await run(server, peer)
            }
        }
    }
}

extension ConformanceSubject {
    static let beginDrain = MethodDescriptor(service: "huleedu.wire.v1.Drain", method: "BeginDrain")

    static func hello(_ features: Features) -> Hello {
        Hello(features: features, maximumFrameBytes: 4 << 20, agent: "wiredump")
    }
}

extension RawConnection {
    /// Says Hello, on stream 1.
    ///
    /// - Returns: what both can do.
    /// - Throws: ``CheckSkipped`` where the server is a plain one.
    func agree(_ features: Features) async throws -> Features {
        try await request(1, Hello.method, ConformanceSubject.hello(features).encoded())
        let expected = "an answer to Hello"
        let frame = try await next(expected)
        guard frame.type == .response, frame.stream.rawValue == 1 else {
            throw ConformanceFault(expected: expected, got: frame.told)
        }
        // What cannot be read is a plain server's, as is a failure.
        guard case .success(let payload) = try? ResponseEnvelope(decoding: frame.payload) else {
            throw CheckSkipped(reason: "the server says no Hello")
        }
        let answer: Hello
        do throws(DecodingError) {
            answer = try Hello(decoding: payload)
        } catch {
            throw ConformanceFault(expected: "a HelloResponse", got: "what is none: \(error.description)")
        }
        guard answer.version == 1, answer.features.isSubset(of: features) else {
            throw ConformanceFault(
                expected: "version 1 and features that were offered", got: "version \(answer.version), \(answer.features)")
        }
        return answer.features
    }

    func say(_ control: ControlFrame) async throws {
        try await send(control.frame.encoded())
    }

    func expectControl(_ control: ControlFrame) async throws {
        let expected = "\(control)"
        let frame = try await next(expected)
        guard frame.type == control.frame.type, frame.stream == control.frame.stream, frame.payload == control.frame.payload
        else {
            throw ConformanceFault(expected: expected, got: frame.told)
        }
    }

    func expectPong(_ token: UInt64 = 1) async throws {
        try await say(.ping(token))
        try await expectControl(.pong(token))
    }

    /// Reads that a server goes away.
    ///
    /// - Throws: ``ConformanceFault`` for another frame, or another code.
    func goAway(_ frame: Frame, _ code: StatusCode) throws -> GoAway {
        // What cannot be read is told as what it is.
        guard case .goAway(let goAway) = try? ControlFrame(frame), goAway.code == code else {
            throw ConformanceFault(expected: "that the server goes away with \(code.name)", got: frame.told)
        }
        return goAway
    }

    /// Expects that the server says why it closes the connection, and does, whatever it says before.
    func expectGoodbye(_ code: StatusCode) async throws {
        var frame = try await next("that the server goes away with \(code.name)")
        while frame.type == .pong { frame = try await next("that the server goes away with \(code.name)") }
        _ = try goAway(frame, code)
        try await expectClose()
    }
}
