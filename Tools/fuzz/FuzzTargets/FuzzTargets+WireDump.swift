import Contracts
import Fuzzing
import Wire
import WireDump

extension FuzzTargets {
    private static let contracts = Result { try MessageSchema(descriptorSet: ContractDescriptors.fileDescriptorSet) }

    /// A capture: its packets do not depend on how its bytes arrive; what follows from them keeps within its limits, and nothing is kept
    /// at the end.
    static let capture = FuzzTarget("capture") { input in
        let whole = packets(in: input, pieceBytes: max(1, input.count))
        try FuzzFinding.require(packets(in: input, pieceBytes: 7) == whole, "packets depend on how their bytes arrive")
        var limits = TrafficReader.Limits()
        limits.connections = 4
        limits.bytes = 4096
        var reader = TrafficReader(limits: limits)
        var printer = Printer(
            view: .messages, format: .json, filter: CallFilter(), decoder: MessageDecoder(schema: MessageSchema()))
        for packet in whole {
            for event in reader.receive(packet) { _ = printer.lines(event) }
            try FuzzFinding.require(reader.keptBytes <= limits.bytes, "\(reader.keptBytes) bytes are kept")
        }
        for event in reader.finish() { _ = printer.lines(event) }
        try FuzzFinding.require(reader.keptBytes == 0, "\(reader.keptBytes) bytes are kept at the end")
    }

    private static func packets(in input: [UInt8], pieceBytes: Int) -> [CapturedPacket] {
        var reader = CaptureReader()
        var packets: [CapturedPacket] = []
        for start in stride(from: 0, to: input.count, by: pieceBytes) {
            reader.append(input[start..<min(start + pieceBytes, input.count)])
            do {
                while let packet = try reader.next() { packets.append(packet) }
            } catch {
                break
            }
        }
        return packets
    }

    /// Segments of one stream, three bytes each for place, length and flags: whatever their order, what comes of them are the stream's
    /// bytes in their places, with gaps between them, and one end.
    static let segments = FuzzTarget("segments") { input in
        let end = Endpoint(address: [127, 0, 0, 1], port: 1)
        var assembler = StreamAssembler()
        var offset = 0
        var hasEnded = false
        func check(_ events: [StreamAssembler.Event]) throws {
            for event in events {
                try FuzzFinding.require(!hasEnded, "something came after the end")
                switch event {
                case .bytes(let bytes):
                    try FuzzFinding.require(
                        bytes == (offset..<offset + bytes.count).map(UInt8.init(truncatingIfNeeded:)), "bytes out of place")
                    offset += bytes.count
                case .gap(let count):
                    try FuzzFinding.require(count > 0, "a gap of \(count) bytes")
                    offset += count
                case .end: hasEnded = true
                }
            }
        }
        // Sequence numbers begin anew within the stream.
        let first = UInt32.max - 100
        try check(
            assembler.receive(TCPSegment(source: end, destination: end, sequence: first &- 1, flags: .syn, payload: [])))
        for index in stride(from: 0, to: input.count - 2, by: 3) {
            let (place, length, kind) = (Int(input[index]), Int(input[index + 1] % 32), input[index + 2])
            let sequence = first &+ UInt32(place)
            if kind % 8 == 7 {
                try check(assembler.acknowledge(sequence))
                continue
            }
            let payload = (place..<place + length).map(UInt8.init(truncatingIfNeeded:))
            let known = kind % 8 == 6 ? payload.prefix(length / 2) : payload[...]
            try check(
                assembler.receive(
                    TCPSegment(
                        source: end, destination: end, sequence: sequence, flags: kind == 5 ? [.fin, .ack] : .ack, payload: known,
                        uncapturedBytes: length - known.count)))
        }
        try check(assembler.finish())
        try FuzzFinding.require(hasEnded && assembler.waitingBytes == 0, "a stream had no end")
    }

    /// The contracts that a server tells: what is taken for some can be described, and messages can be written and shown by it.
    static let descriptorSet = FuzzTarget("descriptor-set") { input in
        let schema: MessageSchema
        do {
            schema = try MessageSchema(descriptorSet: input)
        } catch {
            return
        }
        let (text, encoder, decoder) = (SchemaText(schema), MessageEncoder(schema: schema), MessageDecoder(schema: schema))
        for name in Array(schema.messages.keys) + Array(schema.enumerations.keys) + schema.methods.map(\.service) {
            try FuzzFinding.require(text.lines(of: name) != nil, "\(name) cannot be described")
        }
        for name in schema.messages.keys {
            let bytes = try encoder.bytes("{}", as: name)
            try FuzzFinding.require(decoder.json(bytes, as: name) == "{}", "an empty \(name) is not empty")
            _ = decoder.json(input, as: name)
        }
        // Where its reserved numbers can be read too, contracts that stay what they are break nothing.
        guard let set = try? ContractSet(descriptorSet: input) else { return }
        try FuzzFinding.require(ContractComparison.changes(from: set, to: set).isEmpty, "no change breaks something")
    }

    /// A call as it should go: what is taken for one goes as it should when it goes so.
    static let fixture = FuzzTarget("fixture") { input in
        let codec: FixtureCodec
        let fixture: CallFixture
        do {
            codec = FixtureCodec(schema: try contracts.get())
            fixture = try codec.fixture(String(decoding: input, as: UTF8.self))
        } catch {
            return
        }
        let same = CallAnswer(status: fixture.status, answers: fixture.answerBytes)
        try FuzzFinding.require(codec.differences(between: fixture, and: same).isEmpty, "a call differs from itself")
    }

    /// A request in JSON: what is taken for one is a message.
    static let messageJSON = FuzzTarget("message-json") { input in
        let type = CJV1.StartAssessmentRequest.self
        let bytes: [UInt8]
        do {
            let schema = try contracts.get()
            bytes = try MessageEncoder(schema: schema).bytes(String(decoding: input, as: UTF8.self), as: type.typeName)
        } catch {
            return
        }
        do throws(DecodingError) {
            _ = try type.init(decoding: bytes)
        } catch {
            try FuzzFinding.require(error.code != .malformed, "a request was written that is none: \(error)")
        }
    }

    /// What both sides of a connection send, in pieces that a byte each says the sender and the length of: what is wrong with it does not
    /// depend on how it is cut.
    static let lint = FuzzTarget("lint") { input in
        let whole = try findings(in: input, pieceBytes: 128)
        let bytewise = try findings(in: input, pieceBytes: 1)
        try FuzzFinding.require(bytewise == whole, "findings depend on how the bytes arrive")
    }

    private static func findings(in input: [UInt8], pieceBytes: Int) throws -> [LintFinding] {
        let schema = try contracts.get()
        let (client, server) = (
            Endpoint(address: [127, 0, 0, 1], port: 40_000), Endpoint(address: [127, 0, 0, 1], port: 7100)
        )
        var writer = SegmentWriter(client: client, server: server)
        var reader = TrafficReader(ports: [7100], keeping: .nothing, linting: Linting(schema: schema))
        var packets = writer.open(at: 1)
        var rest = input[...]
        while let head = rest.popFirst() {
            let bytes = rest.prefix(Int(head >> 1))
            rest = rest.dropFirst(bytes.count)
            for start in stride(from: bytes.startIndex, to: bytes.endIndex, by: pieceBytes) {
                let piece = Array(bytes[start..<min(start + pieceBytes, bytes.endIndex)])
                packets += writer.send(piece, from: head & 1 == 0 ? .client : .server, at: 1)
            }
        }
        packets += writer.close(at: 1)
        return (packets.flatMap { reader.receive($0) } + reader.finish()).compactMap { event in
            if case .finding(let finding) = event { finding } else { nil }
        }
    }

    /// A message by the contracts: what is told to be unreadable is refused by the codec.
    static let messageCheck = FuzzTarget("message-check") { input in
        let type = CJV1.StartAssessmentRequest.self
        let schema = try contracts.get()
        var fault: MessageCheck.Fault?
        do throws(MessageCheck.Fault) {
            try MessageCheck(schema: schema).check(input, as: type.typeName)
        } catch {
            fault = error
        }
        let isTaken = accepted { () throws(DecodingError) in try type.init(decoding: input) } != nil
        try FuzzFinding.require(
            fault == nil || !isTaken, "the codec takes what is told to be unreadable: \(fault?.description ?? "")")
    }

    /// A condition on fields, and behind a NUL a request and its answer: what is taken for one can be asked of any call.
    static let fieldCondition = FuzzTarget("field-condition") { input in
        let parts = input.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
        let condition: FieldCondition
        do {
            let schema = try contracts.get()
            condition = try FieldCondition(String(decoding: parts[0], as: UTF8.self), schema: schema)
        } catch {
            return
        }
        let end = Endpoint(address: [127, 0, 0, 1], port: 1)
        var call = Call(
            id: Call.ID(connection: 1, stream: StreamID(rawValue: 1)), peers: .init(connection: 1, client: end, server: end),
            begin: 0, end: 0)
        call.method = MethodDescriptor(service: "huleedu.cj.v1.CJAssessment", method: "StartAssessment")
        try FuzzFinding.require(!condition.holds(for: call), "a condition holds of nothing")
        call.messages = parts.dropFirst().map { CallMessage(side: .client, nanoseconds: 0, bytes: Array($0)) }
        _ = condition.holds(for: call)
    }

    /// Bytes of a connection that was joined at any place: every one of them is in a frame or told as skipped, however they arrive.
    static let frameScanner = FuzzTarget("frame-scanner") { input in
        for isFromTheStart in [true, false] {
            for pieceBytes in [max(1, input.count), 1] {
                var scanner = FrameScanner(isFromTheStart: isFromTheStart)
                var count = 0
                for start in stride(from: 0, to: input.count, by: pieceBytes) {
                    count += byteCount(scanner.append(Array(input[start..<min(start + pieceBytes, input.count)])))
                    try FuzzFinding.require(scanner.keptBytes <= FrameScanner.maximumKeptBytes, "too much is kept")
                }
                count += byteCount(scanner.finish())
                try FuzzFinding.require(count == input.count, "\(input.count) bytes came and \(count) were told of")
                try FuzzFinding.require(scanner.keptBytes == 0, "bytes are kept at the end")
            }
        }
    }

    private static func byteCount(_ events: [FrameScanner.Event]) -> Int {
        events.reduce(0) { count, event in
            switch event {
            case .frame(let frame): count + FrameHeader.byteCount + frame.payload.count
            case .skipped(let skipped): count + skipped
            case .impossible: count
            }
        }
    }
}
