import WireDump

/// Packets in, lines out.
///
/// What one piece of a capture brought is told while the next is taken apart, so that two processors have something to do.
struct Session {
    private var reader: TrafficReader
    private let teller: Teller

    init(printer: Printer, reader: TrafficReader) {
        self.reader = reader
        teller = Teller(printer)
    }

    func begin() async throws { try await teller.begin() }

    /// Tells everything that comes from a source, until it ends.
    ///
    /// - Returns: what is wrong with the source.
    mutating func read(_ source: some PacketSource) async throws -> CaptureError? {
        var source = source
        var events: [TrafficReader.Event] = []
        do {
            while let piece = try await source.next() {
                let earlier = events
                async let told: Void = teller.tell(earlier)
                events = piece.packets.flatMap { reader.receive($0) }
                try await told
                // Whoever looks on is waiting for the next line.
                guard piece.isAllForNow else { continue }
                try await teller.tell(events)
                try await teller.flush()
                events = []
            }
            try await teller.tell(events)
            return nil
        } catch let fault as CaptureError {
            try await teller.tell(events)
            return fault
        }
    }

    mutating func receive(_ packet: CapturedPacket) async throws { try await teller.tell(reader.receive(packet)) }

    func flush() async throws { try await teller.flush() }

    mutating func end() async throws { try await teller.end(reader.finish()) }
}

/// Tells in lines what happened.
private actor Teller {
    private var printer: Printer
    private var output = Output()

    init(_ printer: Printer) {
        self.printer = printer
    }

    func begin() throws {
        try output.write(printer.header)
        try output.flush()
    }

    func tell(_ events: [TrafficReader.Event]) throws {
        for event in events { try output.write(printer.lines(event)) }
    }

    func flush() throws { try output.flush() }

    func end(_ events: [TrafficReader.Event]) throws {
        try tell(events)
        try output.write(printer.footer)
        try output.flush()
        if printer.skippedBytes > 0 {
            Output.complain("\(printer.skippedBytes) bytes belong to no frame that could be found")
        }
        if printer.incompleteCalls > 0 {
            Output.complain(
                "\(printer.incompleteCalls) calls were left out: they are not whole, or the contracts do not know them")
        }
        if printer.strayFrames > 0 { Output.complain("\(printer.strayFrames) frames mean nothing where they stand") }
    }
}
