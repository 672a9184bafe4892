import ArgumentParser
import ChaosProxy
import WireDump

/// `wiredump proxy`
struct ProxyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "proxy",
        abstract: "Stand between clients and a server, and show the calls as they go.",
        discussion: """
            Clients that connect to --listen are connected to the server of --to; nothing of what they say is changed. The address at \
            which it listens is told on standard error. It needs no rights that a program does not have. SIGINT and SIGTERM end it; calls that run \
            then are shown without an answer. Example:

              wiredump proxy --listen 127.0.0.1:7200 --to 127.0.0.1:7100 --record evening.pcapng

            With --listen-certificate clients connect over TLS, and with --tls or --tls-authorities the proxy connects to the server over \
            TLS; calls are seen between the two. A connection that cannot be made secure is closed, and why is told on standard error. \
            Whoever connects to the proxy speaks under the certificate that it shows to the server. Example:

              wiredump proxy --listen 127.0.0.1:7200 --listen-certificate proxy.pem --listen-key proxy.key \\
                --to assess.example:7100 --tls-authorities authorities.pem --tls-certificate me.pem --tls-key me.key

            A recording can be opened with 'wiredump read' and with Wireshark. It holds everything that was said, whatever is hidden on the \
            screen. When the output or the recording is slower than the traffic by more than 64 MiB, the traffic goes on and what does not \
            fit is left out, as a capture leaves out what it missed; it is told how much.
            """)

    @OptionGroup
    var ends: ProxyEnds

    @Option(help: ArgumentHelp("Write everything that passes to this new pcapng file.", valueName: "file"))
    var record: String?

    @OptionGroup(title: "View")
    var view: ViewOptions

    func validate() throws {
        guard ends.to != nil else { throw ValidationError("--to: expected the server, as HOST:PORT.") }
    }

    func run() async throws {
        let printer = try view.printer()
        let keeping = view.keeping
        let file = try record.map(PacketRecording.newFile)
        try await ends.watch { packets, tap in
            var session = Session(printer: printer, reader: TrafficReader(keeping: keeping))
            var recording = file.map { PacketRecording($0) }
            try await session.begin()
            try recording?.begin()
            for await packet in packets {
                tap.took(packet)
                try recording?.write(packet)
                try await session.receive(packet)
                // Whoever looks on is waiting for the next line.
                guard tap.waitingBytes == 0 else { continue }
                try recording?.flush()
                try await session.flush()
            }
            try recording?.flush()
            try await session.end()
        }
    }
}
