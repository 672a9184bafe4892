import Contracts
import Testing
import Wire

@testable import WireDump

@Suite("Lint")
struct LintTests {
    static let get = MethodDescriptor(service: "huleedu.llm.v1.LLMProvider", method: "Get")
    private static let follow = MethodDescriptor(service: "huleedu.events.v1.EventFeed", method: "Follow")
    private static let collect = MethodDescriptor(service: "a.Service", method: "Collect")

    private static func linting(allowed: Set<LintRule> = []) throws -> Linting {
        Linting(schema: try MessageSchema(descriptorSet: ContractDescriptors.fileDescriptorSet), allowed: allowed)
    }

    static func findings(
        _ packets: some Sequence<CapturedPacket>, ports: Set<UInt16> = [7100], allowed: Set<LintRule> = []
    ) throws -> [LintFinding] {
        let reader = TrafficReader(ports: ports, keeping: .nothing, linting: try linting(allowed: allowed))
        return Reading(packets, reader: reader).findings
    }

    private static func frame(_ stream: UInt32, _ type: FrameType, _ flags: FrameFlags = [], _ payload: [UInt8] = []) -> Frame {
        Frame(stream: StreamID(rawValue: stream), type: type, flags: flags, payload: payload)
    }

    /// Calls of every kind in which nothing is wrong.
    private static func faultless() -> Conversation {
        var traffic = Conversation()
        traffic.request(1, get, [], timeout: 600_000_000_000)
        traffic.request(3, follow, [], flags: .remoteClosed)
        traffic.message(3, [], from: .server)
        traffic.respond(1, .success([]))
        traffic.end(3, from: .server)
        traffic.request(5, MethodDescriptor(service: "huleedu.wire.v1.Control", method: "Ping"), [])
        traffic.respond(5, .failure(RPCError(.unimplemented, "")))
        traffic.request(7, follow, [], flags: .remoteClosed)
        traffic.respond(7, .failure(RPCError(.notFound, "")))
        traffic.request(9, get, [])
        traffic.respond(9, .success([]))
        traffic.close()
        return traffic
    }

    /// Peers that have said Hello, and what they may say after that.
    private static func met() -> Conversation {
        var traffic = Conversation()
        greet(&traffic, StreamWindows())
        traffic.send(ControlFrame.ping(1).frame, from: .client)
        traffic.send(ControlFrame.pong(1).frame, from: .server)
        traffic.request(3, get, [], timeout: 1)
        traffic.send(ControlFrame.cancel(StreamID(rawValue: 3), .cancelled).frame, from: .client)
        traffic.request(5, follow, [], flags: .remoteClosed)
        traffic.message(5, [], from: .server)
        for stream in [StreamID(rawValue: 5), .control] {
            traffic.send(ControlFrame.window(stream, 10).frame, from: .client)
        }
        traffic.send(frame(5, .data, .more, []), from: .server)
        traffic.send(frame(5, .data, .more, []), from: .server)
        traffic.message(5, [], from: .server)
        traffic.end(5, from: .server)
        // Of a stream that has ended meanwhile.
        traffic.send(ControlFrame.window(StreamID(rawValue: 5), 10).frame, from: .client)
        traffic.request(7, get, [])
        traffic.request(9, follow, [], flags: .remoteClosed)
        // An answer may have been on its way to a client that cancels.
        traffic.respond(3, .success([]))
        traffic.request(11, follow, [], flags: .remoteClosed, timeout: 1)
        traffic.send(ControlFrame.cancel(StreamID(rawValue: 11), .cancelled).frame, from: .client)
        traffic.end(11, from: .server)
        let last = GoAway(lastAccepted: StreamID(rawValue: 7), code: .unavailable, grace: .seconds(30), reason: "shutting down")
        traffic.send(ControlFrame.goAway(last).frame, from: .server)
        traffic.respond(7, .success([]))
        traffic.close()
        return traffic
    }

    @Test(
        "finds nothing where nothing is wrong, wherever the capture begins and whatever it lacks",
        arguments: [[7100], []] as [Set<UInt16>], [false, true])
    func faultless(ports: Set<UInt16>, afterHello: Bool) throws {
        let packets = (afterHello ? Self.met() : Self.faultless()).packets
        #expect(try Self.findings(packets, ports: ports).isEmpty)
        for count in packets.indices {
            #expect(try Self.findings(packets.dropFirst(count), ports: ports).isEmpty, "without the first \(count)")
            #expect(try Self.findings(packets.prefix(count), ports: ports).isEmpty, "without all after \(count)")
            for other in packets.indices.dropFirst(count) {
                var lacking = packets
                lacking.remove(at: other)
                if other > count { lacking.remove(at: count) }
                // A request in an end that was captured is a call whose answer is missing in the capture alone.
                let findings = try Self.findings(lacking, ports: ports).map(\.rule)
                #expect(findings == [], "without \(count) and \(other)")
            }
        }
    }

    static func greet(_ traffic: inout Conversation, _ windows: StreamWindows) {
        let hello = Hello(features: .all, maximumFrameBytes: 4 << 20, windows: windows).encoded()
        traffic.request(1, Hello.method, hello)
        traffic.respond(1, .success(hello))
    }

    private typealias Case = (rule: LintRule, traffic: @Sendable (inout Conversation) -> Void)

    private static let cases: [Case] = [
        (.impossibleLength, { $0.sendRaw([1, 0, 0, 0, 0, 0, 0, 1, 1, 0]) }),
        (
            .oversizedFrame,
            { $0.send(frame(1, FrameType(rawValue: 1), [], [UInt8](repeating: 0, count: 4 << 20 + 1)), from: .client) }
        ),
        (.unknownType, { $0.send(frame(0xFFFF_FFFF, FrameType(rawValue: 0x90)), from: .server) }),
        (.unknownFlags, { $0.request(1, get, [], flags: FrameFlags(rawValue: 8)) }),
        (.evenStream, { $0.request(2, get, []) }),
        (
            .streamInUse,
            {
                $0.request(1, get, [])
                $0.request(1, get, [])
                $0.respond(1, .failure(RPCError(.invalidArgument, "")))
                $0.respond(1, .success([]))
            }
        ),
        (
            .streamTakenAgain,
            {
                $0.request(1, get, [])
                $0.respond(1, .success([]))
                $0.request(1, get, [])
            }
        ),
        (
            .streamOutOfOrder,
            {
                $0.request(3, get, [])
                $0.request(1, get, [])
            }
        ),
        (.streamTooHigh, { $0.request(1 << 31 | 1, get, []) }),
        (.wrongSide, { $0.send(frame(1, .response), from: .client) }),
        (.responseWithoutRequest, { $0.respond(1, .success([])) }),
        (.dataWithoutRequest, { $0.message(1, [], from: .server) }),
        (
            .dataWithoutRequest,
            {
                $0.message(1, [], from: .client)
                $0.respond(1, .failure(RPCError(.invalidArgument, "")))
            }
        ),
        (
            .dataInUnaryCall,
            {
                $0.request(1, get, [])
                $0.message(1, [], from: .client)
            }
        ),
        (
            .dataAfterClose,
            {
                $0.request(1, follow, [], flags: .remoteClosed)
                $0.message(1, [], from: .client)
            }
        ),
        (
            .frameAfterEnd,
            {
                $0.request(1, get, [])
                $0.respond(1, .success([]))
                $0.respond(1, .success([]))
            }
        ),
        (
            .messageWithEnd,
            {
                $0.request(1, follow, [], flags: .remoteClosed)
                $0.send(frame(1, .data, .remoteClosed), from: .server)
            }
        ),
        (
            .noDataWithPayload,
            {
                $0.request(1, follow, [], flags: .remoteClosed)
                $0.send(frame(1, .data, [.remoteClosed, .noData], [1]), from: .server)
            }
        ),
        (
            .responseFlags,
            {
                $0.request(1, get, [])
                $0.send(frame(1, .response, .remoteClosed), from: .server)
            }
        ),
        (.unreadableEnvelope, { $0.send(frame(1, .request, [], [0xFF]), from: .client) }),
        (.unknownMethod, { $0.request(1, MethodDescriptor(service: "huleedu.llm.v1.LLMProvider", method: "Take"), []) }),
        (.unfitFlags, { $0.request(1, follow, []) }),
        (.unfitFlags, { $0.request(1, get, [], flags: .remoteClosed) }),
        (.unreadableMessage, { $0.request(1, get, [0x08, 0x01]) }),
        (
            .unreadableMessage,
            {
                $0.request(1, get, [])
                $0.respond(1, .success([0xFF]))
            }
        ),
        (.largeMetadata, { $0.request(1, get, [], metadata: Metadata([("k", String(repeating: "v", count: 16_352))])) }),
        (.timeoutOutOfBounds, { $0.request(1, get, [], timeout: 600_000_000_001) }),
        (.timeoutOutOfBounds, { $0.request(1, get, [], timeout: -1) }),
        (
            .deadlinePassed,
            {
                $0.request(1, get, [], timeout: 999_999)
                $0.respond(1, .success([]), after: 1_000_000)
            }
        ),
        (
            .unknownStatus,
            {
                $0.request(1, get, [])
                $0.send(frame(1, .response, [], [0x0A, 2, 8, 17]), from: .server)
            }
        ),
        (
            .refused,
            {
                $0.request(1, get, [])
                $0.respond(1, .failure(RPCError(.unavailable, "", isRefused: true)))
            }
        ),
        (.tooManyCalls, { for number in 0..<257 as Range<UInt32> { $0.request(2 * number + 1, get, []) } }),
        (
            .unanswered,
            {
                $0.request(1, get, [])
                $0.close()
            }
        ),
        (.controlWithoutHello, { $0.send(ControlFrame.ping(1).frame, from: .client) }),
        (
            .controlWithoutHello,
            {
                $0.request(1, Hello.method, Hello(features: .all, maximumFrameBytes: 1 << 20).encoded())
                $0.respond(1, .failure(RPCError(.unimplemented, "")))
                $0.send(ControlFrame.ping(1).frame, from: .client)
            }
        ),
        (.unreadableControl, { $0.send(frame(.max, .ping, [], [1, 2, 3]), from: .client) }),
        // Of one stream, by a message with a field that no contract knows, and of two.
        (
            .windowExceeded,
            {
                greet(&$0, StreamWindows(stream: 16 << 10, connection: 20 << 10))
                $0.request(3, follow, [], flags: .remoteClosed)
                $0.message(3, [0xFA, 0x7F, 0xF2, 0x7F] + [UInt8](repeating: 0, count: 16_370), from: .server)
                $0.message(3, [], from: .server)
                $0.end(3, from: .server)
            }
        ),
        (
            .windowExceeded,
            {
                greet(&$0, StreamWindows(stream: 16 << 10, connection: 20 << 10))
                for stream: UInt32 in [3, 5] { $0.request(stream, follow, [], flags: .remoteClosed) }
                for stream: UInt32 in [3, 5] {
                    $0.message(stream, [0xFA, 0x7F, 0x80, 0x60] + [UInt8](repeating: 0, count: 12_288), from: .server)
                }
                for stream: UInt32 in [3, 5] { $0.end(stream, from: .server) }
            }
        ),
        (
            .excessCredit,
            {
                greet(&$0, StreamWindows())
                $0.request(3, follow, [], flags: .remoteClosed)
                $0.message(3, [], from: .server)
                $0.send(ControlFrame.window(StreamID(rawValue: 3), 11).frame, from: .client)
                $0.end(3, from: .server)
            }
        ),
        (
            .excessCredit,
            {
                greet(&$0, StreamWindows())
                $0.send(ControlFrame.window(.control, 1).frame, from: .server)
            }
        ),
        (
            .pieceOutOfPlace,
            {
                greet(&$0, StreamWindows())
                $0.request(3, follow, [], flags: [.remoteClosed])
                $0.send(frame(3, .data, .more, [10]), from: .server)
                $0.respond(3, .success([]))
                $0.end(3, from: .server)
            }
        ),
        (
            .endInsideFrame,
            {
                $0.sendRaw([0, 0, 0])
                $0.close()
            }
        ),
    ]

    @Test("finds each thing that is wrong, once, from its border on", arguments: cases.indices)
    func rules(number: Int) throws {
        let (rule, body) = Self.cases[number]
        var traffic = Conversation()
        body(&traffic)
        let findings = try Self.findings(traffic.packets)
        // An oversized request of zeros is no request either.
        #expect(findings.map(\.rule).filter { rule != .oversizedFrame || $0 != .unreadableEnvelope } == [rule])
        #expect(try Self.findings(traffic.packets, allowed: [rule]).allSatisfy { $0.rule != rule })
    }

    @Test("has a case for every rule, and a number by which it is found")
    func completeness() {
        #expect(Set(Self.cases.map(\.rule)) == Set(LintRule.allCases))
        #expect(LintRule(id: "wd001") == .impossibleLength && LintRule.allCases.last?.id == "WD035")
        #expect(LintRule.allCases.allSatisfy { LintRule(id: $0.id) == $0 && $0.explanation.hasSuffix(".") })
        for id in ["WD000", "WD036", "WD1", "1", ""] { #expect(LintRule(id: id) == nil) }
    }

    @Test("finds nothing within its borders")
    func borders() throws {
        var traffic = Conversation()
        traffic.request(1, Self.get, [], metadata: Metadata([("k", String(repeating: "v", count: 16_351))]), timeout: 1_000_000)
        traffic.respond(1, .success([]), after: 1_000_000)
        traffic.request(3, Self.get, [], timeout: 1000)
        traffic.respond(3, .failure(RPCError(.deadlineExceeded, "")))
        traffic.request(5, Self.follow, [], flags: .remoteClosed, timeout: 3_600_000_000_000)
        traffic.end(5, from: .server)
        for number in 3..<259 as Range<UInt32> { traffic.request(2 * number + 1, Self.get, []) }
        #expect(try Self.findings(traffic.packets).isEmpty)
    }

    @Test("takes a client's late messages for what they are, and streams of unknown contracts by their flags")
    func late() throws {
        var traffic = Conversation()
        traffic.request(1, Self.collect, [], flags: .remoteOpen)
        traffic.message(1, [1], from: .client)
        traffic.respond(1, .failure(RPCError(.unavailable, "")))
        traffic.message(1, [2], from: .client)
        traffic.end(1, from: .client)
        #expect(try Self.findings(traffic.packets).map(\.rule) == [.unknownMethod])
    }

    @Test("takes other protocols for such unless the port says that there are frames")
    func foreign() throws {
        var traffic = Conversation()
        traffic.sendRaw(Array("GET / HTTP/1.1\r\n\r\n".utf8))
        traffic.sendRaw(Array("HTTP/1.1 200 OK\r\n\r\n".utf8), from: .server)
        traffic.close()
        #expect(try Self.findings(traffic.packets, ports: []).isEmpty)
        #expect(try Self.findings(traffic.packets).map(\.rule) == [.impossibleLength])
    }

    @Test("tells what it finds as text and as JSON, and nothing that was said")
    func texts() throws {
        var traffic = Conversation()
        traffic.request(5, Self.get, [0x0A, 1, 0xFF])
        let finding = try #require(try Self.findings(traffic.packets).first)
        #expect(
            finding.text(.text)
                == "00:00:01.001000  #1/5  ->  error WD022  message that cannot be read: huleedu.llm.v1.GetRequest: request_id: "
                + "expected UTF-8")
        #expect(
            finding.text(.json)
                == #"{"time_ns":1001000000,"connection":1,"stream":5,"from":"client","rule":"WD022","severity":"error","#
                + #""title":"message that cannot be read","detail":"huleedu.llm.v1.GetRequest: request_id: expected UTF-8"}"#)
    }
}
