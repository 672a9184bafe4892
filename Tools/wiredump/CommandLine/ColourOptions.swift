import ArgumentParser
import Foundation
import WireDump

extension Palette.Choice: ExpressibleByArgument {}

/// Whether text has colours.
struct ColourOptions: ParsableArguments {
    @Option(
        name: [.customLong("colour"), .customLong("color")],
        help: ArgumentHelp(
            "Colour text: always, never, or auto, where the output is a terminal and the environment has no NO_COLOR.",
            valueName: "when"))
    var choice = Palette.Choice.auto

    /// Of standard output.
    var palette: Palette {
        choice.palette(isTerminal: isatty(STDOUT_FILENO) == 1, environment: ProcessInfo.processInfo.environment)
    }
}
