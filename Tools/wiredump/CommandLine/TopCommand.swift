import ArgumentParser
import ChaosProxy
import Foundation
import WireDump

/// `wiredump top`
struct TopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top",
        abstract: "Show which methods are called, how often and how fast they are, while it goes on.",
        discussion: """
            The table is drawn anew after each interval, on the whole screen of a terminal; elsewhere there is a line for each method that \
            had calls in the interval. Figures are those of calls that ended in the interval; faults are those that ended with another \
            status than OK, or had no answer. The number of calls at the end of a line is that of all intervals. Examples:

              tcpdump -i any -U -w - tcp port 7702 | wiredump top - --port 7702
              wiredump top --listen 127.0.0.1:7200 --to 127.0.0.1:7702
              wiredump top evening.pcap --interval 60

            In a file the intervals are those of the capture. It ends with 0, and with 1 when a capture cannot be read or ends inside a packet.
            """)

    @Argument(help: ArgumentHelp("A capture; - is standard input. Without it, --to makes a proxy.", valueName: "file"))
    var file: String?

    @Option(help: ArgumentHelp("How long an interval is, 0.1 to 3600.", valueName: "seconds"))
    var interval = 1.0

    @OptionGroup
    var servers: PortOptions

    @OptionGroup
    var ends: ProxyEnds

    @OptionGroup
    var colours: ColourOptions

    func validate() throws {
        guard (file == nil) != (ends.to == nil) else { throw ValidationError("Expected a capture, or --to for a proxy.") }
        guard servers.port.isEmpty || file != nil else { throw ValidationError("--port: expected a capture with it.") }
        guard interval >= 0.1, interval <= 3600 else { throw ValidationError("--interval: expected 0.1 to 3600 seconds.") }
    }

    func run() async throws {
        let top = Top(TopView(seconds: interval, ports: servers.ports, palette: colours.palette))
        guard let file else { return try await watch(top) }
        if let fault = try await read(CaptureInput(file), top) {
            Output.complain("\(file): \(fault)")
            throw ExitCode(1)
        }
    }

    /// - Returns: what is wrong with the capture.
    private func read(_ capture: CaptureInput, _ top: Top) async throws -> CaptureError? {
        var capture = capture
        var fault: CaptureError?
        do {
            while true {
                // What is in a file has its own time.
                while !capture.isFile, !(try capture.waits(milliseconds: Int32(interval * 1000))) { try await top.tick() }
                guard let piece = try capture.next() else { break }
                try await top.receive(piece.packets)
                if !capture.isFile { try await top.tick() }
            }
        } catch let error as CaptureError {
            fault = error
        }
        try await top.end()
        return fault
    }

    private func watch(_ top: Top) async throws {
        try await ends.watch {
            while true {
                try await Task.sleep(for: .seconds(interval))
                try await top.tick()
            }
        } take: { packets, tap in
            for await packet in packets {
                tap.took(packet)
                try await top.receive([packet])
            }
        }
        try await top.end()
    }
}

/// The view, for packets and the clock alike.
private actor Top {
    private var view: TopView

    init(_ view: TopView) {
        self.view = view
    }

    func receive(_ packets: [CapturedPacket]) throws { for packet in packets { try view.receive(packet) } }
    func tick() throws { try view.tick() }
    func end() throws { try view.end() }
}
