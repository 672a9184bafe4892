import Foundation
import WireDump

/// Packets in, lines out.
struct Session {
    private var printer: Printer
    private var reader: TrafficReader
    private var output = Output()

    init(printer: Printer, reader: TrafficReader) {
        self.printer = printer
        self.reader = reader
    }

    mutating func begin() throws {
        try output.write(printer.header)
        try output.flush()
    }

    mutating func receive(_ packet: CapturedPacket) throws {
        for event in reader.receive(packet) { try output.write(printer.lines(event)) }
    }

    mutating func flush() throws { try output.flush() }

    mutating func end() throws {
        for event in reader.finish() { try output.write(printer.lines(event)) }
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
