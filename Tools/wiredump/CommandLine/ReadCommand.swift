import ArgumentParser
import WireDump

/// `wiredump read`
struct ReadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "read",
        abstract: "Show the calls in a capture.",
        discussion: """
            Captures are pcap or pcapng files, or pipes of either; which of them is seen from their first bytes. Examples:

              wiredump read evening.pcap --view statistics
              tcpdump -i any -U -w - tcp port 7100 | wiredump read - --port 7100
              wiredump read evening.pcap --method '*/StartAssessment' --longer-than 500
              wiredump read evening.pcap --follow 3/17

            Segments that were sent twice, or arrive in another order, are put right. Where some were not captured, the next frame is \
            looked for, by its header and what follows it; how many bytes were left out is told at the end. \
            Memory is bounded whatever the length of the capture: beyond 4096 connections, or 256 MiB that wait, those that have been silent \
            for longest are taken for over.
            """)

    @Argument(help: ArgumentHelp("The capture; - is standard input.", valueName: "file"))
    var file: String

    @OptionGroup
    var servers: PortOptions

    @OptionGroup(title: "View")
    var view: ViewOptions

    func run() async throws {
        let capture = try CaptureInput(file)
        var session = Session(printer: try view.printer(), reader: TrafficReader(ports: servers.ports, keeping: view.keeping))
        try await session.begin()
        let fault = try await session.read(capture)
        try await session.end()
        if let fault {
            Output.complain("\(file): \(fault)")
            throw ExitCode(1)
        }
    }
}
