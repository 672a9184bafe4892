import ArgumentParser
import Foundation
import UnixSignals
import WireDump

/// `wiredump capture`
struct CaptureCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "capture",
        abstract: "Show the calls that an interface carries, as they go, and record them.",
        discussion: """
            What is captured is TCP over IPv4 or IPv6, in virtual networks too, with one of the hosts (--host) and one of the ports (--port) \
            at either end; the kernel leaves out everything else. On loopback, where every packet stands twice, it is taken once. Examples:

              wiredump capture -i lo --port 7702
              wiredump capture -i eth0 --port 7702 --host 10.0.0.7 --view messages
              wiredump capture -i any --port 7702 --record evening.pcapng
              ssh server wiredump capture -i eth0 --port 7702 --record - | wiredump top -

            It takes the right CAP_NET_RAW: run it as root, or give the right to the program, with which whoever may run it can see all that \
            this machine sends and receives:

              sudo setcap cap_net_raw=ep /path/of/wiredump

            It ends when --duration, --count or --size is reached, when SIGINT or SIGTERM comes, or when the interface goes down; calls \
            that run then are shown without an answer. How many packets were captured and how many the kernel dropped, because they came \
            faster than they were told, stands on standard error. Up to 32 MiB of packets wait, and 32 MiB more in the kernel; what is \
            dropped is a gap, behind which the calls are found again.

            A recording can be opened with 'wiredump read' and with Wireshark. It holds everything that was said, whatever is hidden on the \
            screen.

            It ends with 0 when all went well, with 1 when it may not capture or the interface is down (what was found before that is shown all \
            the same), and with 64 for wrong options.
            """)

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The interface, as lo or eth0, or any for all of them.", valueName: "name"))
    var interface: String

    @Option(
        help: ArgumentHelp(
            "Only what this host sends or receives, an address or a name. May be given several times.", valueName: "host"))
    var host: [String] = []

    @OptionGroup
    var servers: PortOptions

    @Option(help: ArgumentHelp("End after this many seconds.", valueName: "seconds"))
    var duration: Double?

    @Option(help: ArgumentHelp("End after this many packets.", valueName: "packets"))
    var count: Int?

    @Option(help: ArgumentHelp("End with the packet that makes this many bytes.", valueName: "bytes"))
    var size: Int?

    @Option(
        help: ArgumentHelp(
            "Bytes of a packet that are captured at most, 64 to 262144. Calls are whole only where packets are.",
            valueName: "bytes"))
    var snapLength = PacketRing.mostSnapBytes

    @Option(
        help: ArgumentHelp(
            "Write the packets to this new pcapng file; - is standard output, where nothing else is shown then.",
            valueName: "file"))
    var record: String?

    @Flag(help: "Write the recording and show nothing.")
    var onlyRecord = false

    @OptionGroup(title: "View")
    var view: ViewOptions

    func validate() throws {
        guard servers.ports.count <= PacketFilter.mostPorts else {
            throw ValidationError("--port: expected \(PacketFilter.mostPorts) at most.")
        }
        if let duration, !(duration > 0 && duration <= 1e9) {
            throw ValidationError("--duration: expected more than 0 and at most 1000000000 seconds.")
        }
        guard count ?? 1 > 0 else { throw ValidationError("--count: expected 1 or more.") }
        guard size ?? 1 > 0 else { throw ValidationError("--size: expected 1 or more.") }
        guard (64...PacketRing.mostSnapBytes).contains(snapLength) else {
            throw ValidationError("--snap-length: expected 64 to \(PacketRing.mostSnapBytes).")
        }
        guard !onlyRecord || record != nil else { throw ValidationError("--only-record: expected --record with it.") }
    }

    func run() async throws {
        let interface = try NetworkInterface(interface)
        let filter = PacketFilter(hosts: try addresses, ports: servers.ports, snapBytes: UInt32(snapLength))
        let printer = try view.printer()
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        let signal = try StopSignal()
        let source: InterfaceSource
        do throws(CaptureError) {
            source = try InterfaceSource(interface, filter, limits: limits, until: signal)
        } catch {
            Output.complain("\(interface.name): \(error)")
            throw ExitCode(1)
        }
        // Only now, so that an earlier recording stays where nothing can be captured.
        let recording = try record.map { PacketRecording($0 == "-" ? .standardOutput : try PacketRecording.newFile($0)) }
        source.begin()
        Output.complain("capturing on \(interface.name)")
        let fault = try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await _ in signals { break }
                signal.raise()
            }
            if let duration {
                group.addTask {
                    try await Task.sleep(for: .seconds(duration))
                    signal.raise()
                }
            }
            let fault = try await take(source, recording, printer)
            group.cancelAll()
            return fault
        }
        let dropped = await source.end()
        Output.complain("packets: \(source.packets), bytes: \(source.bytes), dropped by the kernel: \(dropped)")
        if let fault {
            Output.complain("\(interface.name): \(fault)")
            throw ExitCode(1)
        }
    }

    /// Tells of what comes, or records it, or both.
    ///
    /// - Returns: what is wrong with the source.
    private func take(_ source: InterfaceSource, _ recording: PacketRecording?, _ printer: Printer) async throws -> CaptureError?
    {
        guard var recording else { return try await tell(source, printer) }
        try recording.begin()
        let recorded = RecordedSource(source, to: recording)
        return onlyRecord || record == "-" ? try await recorded.drain() : try await tell(recorded, printer)
    }

    private func tell(_ source: some PacketSource, _ printer: Printer) async throws -> CaptureError? {
        var session = Session(printer: printer, reader: TrafficReader(ports: servers.ports, keeping: view.keeping))
        try await session.begin()
        let fault = try await session.read(source)
        try await session.end()
        return fault
    }

    private var limits: InterfaceSource.Limits {
        InterfaceSource.Limits(packets: count ?? .max, bytes: size ?? .max)
    }

    private var addresses: [[UInt8]] {
        get throws {
            let found = try host.flatMap(HostAddresses.of)
            guard found.count <= PacketFilter.mostHosts else {
                throw ValidationError("--host: expected \(PacketFilter.mostHosts) addresses at most; these have \(found.count).")
            }
            return found
        }
    }
}
