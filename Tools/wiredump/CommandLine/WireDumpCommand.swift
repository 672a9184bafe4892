import ArgumentParser

/// `wiredump`
@main
struct WireDumpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wiredump",
        abstract:
            "Show the calls that go over the wire, from a capture, on an interface or from a proxy in between, check them, and make calls.",
        discussion: """
            Services talk in frames of the ttrpc format (proto/PROTOCOL.md). This program finds the frames in a capture of tcpdump or \
            Wireshark, on an interface, or in what passes through it, puts them together to calls and says of each who called what, how it ended, how long it \
            took and how much was said. It joins connections that had begun before the capture did.

            Texts are hidden unless the name of their field says that they are identifiers: essays and their ids, prompts, names of people and \
            keys do not appear in any output that did not ask for them with --show or --show-text. In their place stand their length \
            and a hash that is the same for equal texts of one run. The messages of statuses that are not OK are shown; a server of ours \
            chooses them, and does not put texts into them.

            It ends with 0 when all went well, with 1 when a capture cannot be read or ends inside a packet (what was found before \
            that is shown all the same; 'diff' and others have codes of their own), and with 64 for wrong options.
            """,
        subcommands: [
            ReadCommand.self, CaptureCommand.self, ProxyCommand.self, TopCommand.self, LintCommand.self, DiffCommand.self,
            CallCommand.self,
            BenchCommand.self, ListCommand.self, DescribeCommand.self, ReplayCommand.self, MockCommand.self,
            ConformCommand.self, DissectorCommand.self, BreakingCommand.self, GoldenCommand.self,
        ])
}
