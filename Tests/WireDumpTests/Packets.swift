import Contracts
import Wire

@testable import WireDump

/// Bytes of captures, written by hand and not by what is tested.
enum Packets {
    static let client = Endpoint(address: [10, 0, 0, 1], port: 40_000)
    static let server = Endpoint(address: [10, 0, 0, 2], port: 7100)

    static func number(_ value: UInt32, _ isLittleEndian: Bool) -> [UInt8] {
        let bytes = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> UInt32($0)) }
        return isLittleEndian ? bytes.reversed() : bytes
    }

    static func number(_ value: UInt16, _ isLittleEndian: Bool) -> [UInt8] {
        let bytes = [UInt8(value >> 8), UInt8(truncatingIfNeeded: value)]
        return isLittleEndian ? bytes.reversed() : bytes
    }

    /// A file of the classic kind.
    static func pcap(_ packets: [[UInt8]], magic: UInt32 = 0xA1B2_C3D4, isLittleEndian: Bool, link: UInt32 = 1) -> [UInt8] {
        var file = number(magic, isLittleEndian) + number(UInt16(2), isLittleEndian) + number(UInt16(4), isLittleEndian)
        for value in [0, 0, 65_535, link] { file += number(value, isLittleEndian) }
        for packet in packets {
            for value in [1, 5, UInt32(packet.count), UInt32(packet.count)] { file += number(value, isLittleEndian) }
            file += packet
        }
        return file
    }

    static func block(_ type: UInt32, _ body: [UInt8], isLittleEndian: Bool) -> [UInt8] {
        let padded = body + [UInt8](repeating: 0, count: (4 - body.count % 4) % 4)
        let length = number(UInt32(padded.count + 12), isLittleEndian)
        return number(type, isLittleEndian) + length + padded + length
    }

    static func section(isLittleEndian: Bool) -> [UInt8] {
        block(
            0x0A0D_0D0A, number(UInt32(0x1A2B_3C4D), isLittleEndian) + [0, 1, 0, 0] + [UInt8](repeating: 0xFF, count: 8),
            isLittleEndian: isLittleEndian)
    }

    /// - Parameter resolution: of its clock, as the option has it; nil leaves the option out.
    static func interface(link: UInt16 = 1, resolution: UInt8?, isLittleEndian: Bool) -> [UInt8] {
        var body = number(link, isLittleEndian) + [0, 0] + number(UInt32(0), isLittleEndian)
        if let resolution {
            body += number(UInt16(9), isLittleEndian) + number(UInt16(1), isLittleEndian) + [resolution, 0, 0, 0]
        }
        return block(1, body, isLittleEndian: isLittleEndian)
    }

    static func enhanced(_ packet: [UInt8], ticks: UInt64, interface: UInt32 = 0, isLittleEndian: Bool) -> [UInt8] {
        var body: [UInt8] = []
        let count = UInt32(packet.count)
        for value in [interface, UInt32(ticks >> 32), UInt32(truncatingIfNeeded: ticks), count, count] {
            body += number(value, isLittleEndian)
        }
        return block(6, body + packet, isLittleEndian: isLittleEndian)
    }

    static func tcp(_ payload: [UInt8], sequence: UInt32 = 7, flags: UInt8 = 16, options: Int = 0) -> [UInt8] {
        number(client.port, false) + number(server.port, false) + number(sequence, false) + number(UInt32(3), false)
            + [UInt8(5 + options / 4) << 4, flags, 255, 255, 0, 0, 0, 0] + [UInt8](repeating: 1, count: options) + payload
    }

    static func ipv4(_ content: [UInt8], fragment: UInt16 = 0x4000, length: Int? = nil) -> [UInt8] {
        [0x45, 0] + number(UInt16(length ?? 20 + content.count), false) + [0, 0] + number(fragment, false) + [64, 6, 0, 0]
            + client.address + server.address + content
    }

    static func ipv6(_ content: [UInt8], next: UInt8 = 6) -> [UInt8] {
        [0x60, 0, 0, 0] + number(UInt16(content.count), false) + [next, 64] + [UInt8](repeating: 0, count: 15) + [1]
            + [UInt8](repeating: 0, count: 15) + [2] + content
    }

    static func ethernet(_ content: [UInt8], type: [UInt8] = [0x08, 0x00]) -> [UInt8] {
        [UInt8](repeating: 2, count: 12) + type + content
    }

    static func segment(_ payload: [UInt8], _ sequence: UInt32, flags: TCPSegment.Flags = .ack) -> TCPSegment {
        TCPSegment(source: client, destination: server, sequence: sequence, flags: flags, payload: payload[...])
    }

    static func packet(_ bytes: [UInt8], link: UInt32 = 1) -> CapturedPacket {
        CapturedPacket(nanoseconds: 1, link: link, bytes: bytes)
    }

    /// All packets of a capture that comes in pieces.
    static func read(_ file: [UInt8], pieceBytes: Int) throws -> [CapturedPacket] {
        var reader = CaptureReader()
        var packets: [CapturedPacket] = []
        for start in stride(from: 0, to: file.count, by: pieceBytes) {
            reader.append(file[start..<min(start + pieceBytes, file.count)])
            while let packet = try reader.next() { packets.append(packet) }
        }
        try reader.finish()
        return packets
    }
}

/// What passes between two ends, as frames and as packets.
struct Conversation {
    private var writer: SegmentWriter
    private(set) var packets: [CapturedPacket]
    private(set) var time: UInt64 = 1_000_000_000

    init(client: Endpoint = Packets.client, server: Endpoint = Packets.server) {
        writer = SegmentWriter(client: client, server: server)
        packets = writer.open(at: time)
    }

    mutating func send(_ frame: Frame, from side: Side, after nanoseconds: UInt64 = 1_000_000) {
        time += nanoseconds
        packets += writer.send(frame.bytes, from: side, at: time)
    }

    mutating func request(
        _ stream: UInt32, _ method: MethodDescriptor, _ payload: [UInt8], flags: FrameFlags = [],
        metadata: Metadata = Metadata(), timeout: Int64 = 0
    ) {
        let request = RequestEnvelope(method: method, payload: payload, timeoutNanoseconds: timeout, metadata: metadata)
        send(Frame(stream: StreamID(rawValue: stream), type: .request, flags: flags, payload: request.encoded()), from: .client)
    }

    mutating func respond(_ stream: UInt32, _ response: ResponseEnvelope, after nanoseconds: UInt64 = 1_000_000) {
        send(
            Frame(stream: StreamID(rawValue: stream), type: .response, flags: [], payload: response.encoded()), from: .server,
            after: nanoseconds)
    }

    mutating func message(_ stream: UInt32, _ bytes: [UInt8], from side: Side) {
        send(Frame(stream: StreamID(rawValue: stream), type: .data, flags: [], payload: bytes), from: side)
    }

    mutating func end(_ stream: UInt32, from side: Side) {
        send(Frame(stream: StreamID(rawValue: stream), type: .data, flags: [.remoteClosed, .noData], payload: []), from: side)
    }

    /// Bytes that need not be a frame.
    mutating func sendRaw(_ bytes: [UInt8], from side: Side = .client) { packets += writer.send(bytes, from: side, at: time) }

    mutating func close() { packets += writer.close(at: time) }
}

extension Frame {
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        FrameHeader(length: UInt32(payload.count), stream: stream, type: type, flags: flags).encode(into: &bytes)
        return bytes + payload
    }
}

/// What a reader makes of packets.
struct Reading {
    private(set) var frames: [(frame: Frame, side: Side)] = []
    private(set) var calls: [Call] = []
    private(set) var skipped = 0
    private(set) var strays: [String] = []
    private(set) var findings: [LintFinding] = []
    private(set) var mostKeptBytes = 0

    init(_ packets: some Sequence<CapturedPacket>, reader: TrafficReader = TrafficReader()) {
        var reader = reader
        for packet in packets { take(reader.receive(packet)) }
        take(reader.finish())
        mostKeptBytes = reader.mostKeptBytes
    }

    private mutating func take(_ events: [TrafficReader.Event]) {
        for event in events {
            switch event {
            case .frame(let frame, let side, _, _): frames.append((frame, side))
            case .skipped(let count, _, _, _): skipped += count
            case .call(.ended(let call), _, _): calls.append(call)
            case .call(.stray(_, let reason), _, _): strays.append(reason)
            case .finding(let finding): findings.append(finding)
            }
        }
    }

    /// Lines that are printed of packets.
    static func lines(
        _ packets: [CapturedPacket], _ view: View, _ format: OutputFormat = .text, filter: CallFilter = CallFilter(),
        redaction: Redaction = Redaction(key: [1])
    ) throws -> [String] {
        let schema = try MessageSchema(descriptorSet: ContractDescriptors.fileDescriptorSet)
        var printer = Printer(
            view: view, format: format, filter: filter, decoder: MessageDecoder(schema: schema, redaction: redaction))
        var reader = TrafficReader()
        var lines = printer.header
        for packet in packets {
            for event in reader.receive(packet) { lines += printer.lines(event) }
        }
        for event in reader.finish() { lines += printer.lines(event) }
        return lines + printer.footer
    }
}
