import ArgumentParser
import WireDump

/// `wiredump dissector`
struct DissectorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dissector",
        abstract: "Write a dissector with which Wireshark and tshark show frames, calls and messages.",
        discussion: """
            It knows the contracts that this program knows, and is for Wireshark 3.6 or newer. It hides nothing of what was said. Examples:

              wiredump dissector --port 7702 > ~/.local/lib/wireshark/plugins/huleedu.lua
              tshark -X lua_script:huleedu.lua -r evening.pcap -Y 'huleedu.status > 0'
              tshark -X lua_script:huleedu.lua -r evening.pcap -Y 'huleedu.field == "assessment_id: class-7"' -O huleedu
            """)

    @Option(
        help: ArgumentHelp(
            "A port of servers; connections to others are told by their first frame, or by 'Decode As'. May be given several times.",
            valueName: "port"))
    var port: [UInt16] = []

    @OptionGroup
    var contracts: ContractOptions

    func run() throws {
        print(LuaDissector(try contracts.schema, ports: port).text, terminator: "")
    }
}
