import Fuzzing
import Testing

@testable import Wire

@Suite("Envelopes")
struct EnvelopeTests {
    private let method = MethodDescriptor(service: "a.B", method: "C")

    /// A request as ttrpc's Go client writes it: fields in order, what is empty left out, each metadata entry a message.
    private var fromGo: [UInt8] {
        MessageBytes().field(1, text: "a.B").field(2, text: "C").field(3, bytes: [0, 0xFF]).field(4, varint: 5_000_000_000)
            .field(5, bytes: MessageBytes().field(1, text: "k").field(2, text: "one").bytes)
            .field(5, bytes: MessageBytes().field(1, text: "k").bytes).bytes
    }

    @Test("of requests are what Go sends, in both directions")
    func request() throws {
        let request = try RequestEnvelope(decoding: fromGo)
        #expect(request.method == method && request.payload == [0, 0xFF] && request.timeoutNanoseconds == 5_000_000_000)
        #expect(request.metadata == Metadata([("k", "one"), ("k", "")]))
        #expect(request.encoded() == fromGo)
    }

    @Test("of requests come back from any values")
    func randomRequests() throws {
        var generator = SeededGenerator(seed: 2)
        for _ in 0..<500 {
            let text = String(decoding: generator.bytes(Int.random(in: 0...9, using: &generator)), as: UTF8.self)
            let request = RequestEnvelope(
                method: MethodDescriptor(service: text, method: String(text.reversed())),
                payload: generator.bytes(Int.random(in: 0...300, using: &generator)),
                timeoutNanoseconds: Int64.random(in: .min ... .max, using: &generator),
                metadata: Metadata((0..<Int.random(in: 0...3, using: &generator)).map { ("key-\($0)", text) }))
            #expect(try RequestEnvelope(decoding: request.encoded()) == request)
        }
    }

    @Test("with nothing in them are empty")
    func empty() throws {
        let request = try RequestEnvelope(decoding: [])
        #expect(request.method == MethodDescriptor(service: "", method: "") && request.timeoutNanoseconds == 0)
        #expect(request.encoded().isEmpty)
        guard case .success(let payload) = try ResponseEnvelope(decoding: []) else { return #expect(Bool(false), "no success") }
        #expect(payload.isEmpty)
        #expect(ResponseEnvelope.success([]).encoded().isEmpty)
    }

    @Test("step over fields that they do not know, of every wire type but groups")
    func unknownFields() throws {
        let strange = MessageBytes().raw(fromGo).field(1000, varint: .max).field(1001, fixed64: 1).field(1002, fixed32: 1)
            .field(1003, bytes: [1, 2])
        #expect(try RequestEnvelope(decoding: strange.bytes).encoded() == fromGo)
        let group = MessageBytes().tag(1004, type: 3).tag(1004, type: 4).bytes
        #expect { try RequestEnvelope(decoding: group) } throws: { ($0 as? DecodingError)?.code == .malformed }
    }

    @Test("cut off inside a field are refused, at every byte")
    func truncation() throws {
        let ends = Self.fieldEnds(fromGo)
        for count in 0..<fromGo.count {
            let cut = Array(fromGo.prefix(count))
            if ends.contains(count) {
                _ = try RequestEnvelope(decoding: cut)
            } else {
                #expect(throws: DecodingError.self, "\(count) bytes") { try RequestEnvelope(decoding: cut) }
            }
        }
    }

    /// Where a message may end: after each of its fields, whose lengths are one byte here and whose one varint is a timeout.
    private static func fieldEnds(_ bytes: [UInt8]) -> Set<Int> {
        var ends: Set = [0]
        var offset = 0
        while offset < bytes.count {
            if bytes[offset] & 7 == 2 {
                offset += 2 + Int(bytes[offset + 1])
            } else {
                offset += 1
                while bytes[offset] >= 0x80 { offset += 1 }
                offset += 1
            }
            ends.insert(offset)
        }
        return ends
    }

    @Test(
        "name the field that is wrong",
        arguments: [
            (MessageBytes().field(1, varint: 1), DecodingError.Code.wireTypeMismatch, "service"),
            (MessageBytes().field(2, bytes: [0xFF]), .invalidUTF8, "method"),
            (MessageBytes().field(3, fixed32: 1), .wireTypeMismatch, "payload"),
            (MessageBytes().field(4, text: "1"), .wireTypeMismatch, "timeout_nano"),
            (MessageBytes().field(5, varint: 1), .wireTypeMismatch, "metadata"),
            (MessageBytes().field(5, bytes: MessageBytes().field(1, bytes: [0xC0, 0x80]).bytes), .invalidUTF8, "metadata.key"),
            (MessageBytes().field(5, bytes: MessageBytes().field(2, varint: 1).bytes), .wireTypeMismatch, "metadata.value"),
        ])
    func faults(request: MessageBytes, code: DecodingError.Code, path: String) {
        #expect { try RequestEnvelope(decoding: request.bytes) } throws: { error in
            (error as? DecodingError).map { $0.code == code && $0.path == path } ?? false
        }
    }

    @Test("take metadata up to the limit and refuse one byte more before keeping the rest, empty entries included")
    func metadataLimit() throws {
        let entry = MessageBytes().field(5, bytes: MessageBytes().field(1, text: "key").field(2, text: "value").bytes).bytes
        let two = try RequestEnvelope(decoding: entry + entry, maximumMetadataBytes: 80)
        #expect(two.metadata.byteCount == 80)
        #expect { try RequestEnvelope(decoding: entry + entry, maximumMetadataBytes: 79) } throws: {
            ($0 as? DecodingError)?.code == .tooExpensive
        }
        let empty = MessageBytes().field(5, bytes: []).bytes
        let many = [[UInt8]](repeating: empty, count: 1000).flatMap { $0 }
        #expect(try RequestEnvelope(decoding: many, maximumMetadataBytes: 32_000).metadata.entries.count == 1000)
        #expect(throws: DecodingError.self) { try RequestEnvelope(decoding: many, maximumMetadataBytes: 31_999) }
    }

    // MARK: - Responses

    @Test("of answers carry every code, the message and the mark of a refusal", arguments: StatusCode.allCases)
    func statuses(code: StatusCode) throws {
        guard code != .ok else { return }
        for isRefused in [false, true] {
            let sent = ResponseEnvelope.failure(RPCError(code, "why å", isRefused: isRefused, cause: CancellationError()))
            guard case .failure(let error) = try ResponseEnvelope(decoding: sent.encoded()) else {
                return #expect(Bool(false), "no failure")
            }
            #expect(error.code == code && error.message == "why å" && error.isRefused == isRefused && error.cause == nil)
        }
    }

    @Test(
        "of refusals carry when to come again, in milliseconds that are rounded up, and a day at most",
        arguments: [
            (nil, nil), (Duration.nanoseconds(1), Duration.milliseconds(1)), (.milliseconds(1500), .milliseconds(1500)),
            (.seconds(86_400), .seconds(86_400)), (.seconds(86_401), .seconds(86_400)),
        ])
    func retryAfter(sent: Duration?, arrives: Duration?) throws {
        let answer = ResponseEnvelope.failure(RPCError(.resourceExhausted, "full", isRefused: true, retryAfter: sent))
        guard case .failure(let error) = try ResponseEnvelope(decoding: answer.encoded()) else {
            return #expect(Bool(false), "no failure")
        }
        #expect(error.isRefused && error.retryAfter == arrives)
    }

    @Test("of answers with status zero are successes, as ttrpc for Rust sends them; a code that nobody defined is UNKNOWN")
    func oddStatuses() throws {
        let rust = MessageBytes().field(1, bytes: []).field(2, bytes: [1, 2])
        guard case .success(let payload) = try ResponseEnvelope(decoding: rust.bytes) else {
            return #expect(Bool(false), "no success")
        }
        #expect(payload == [1, 2])
        for number: UInt64 in [17, 1 << 40, .max] {
            let odd = MessageBytes().field(1, bytes: MessageBytes().field(1, varint: number).bytes)
            guard case .failure(let error) = try ResponseEnvelope(decoding: odd.bytes) else {
                return #expect(Bool(false), "no failure")
            }
            #expect(error.code == .unknown)
        }
    }

    @Test("of answers may have details that this client does not know")
    func otherDetails() throws {
        let detail = MessageBytes().field(1, text: "type.googleapis.com/other.Detail").field(2, bytes: [1]).bytes
        let status = MessageBytes().field(1, varint: 14).field(3, bytes: detail).field(3, bytes: []).bytes
        guard case .failure(let error) = try ResponseEnvelope(decoding: MessageBytes().field(1, bytes: status).bytes) else {
            return #expect(Bool(false), "no failure")
        }
        #expect(error.code == .unavailable && !error.isRefused)
    }
}
