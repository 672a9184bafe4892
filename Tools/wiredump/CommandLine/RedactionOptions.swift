import ArgumentParser
import WireDump

/// Which texts are shown.
struct RedactionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Show the text of fields, and of metadata, of this name. May be given several times.", valueName: "field"))
    var show: [String] = []

    @Flag(help: "Show every text: essays, prompts, names, keys. Mind where the output goes.")
    var showText = false

    var redaction: Redaction { Redaction(showing: Set(show), showsAll: showText) }
}
