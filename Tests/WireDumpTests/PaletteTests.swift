import Testing

@testable import WireDump

@Suite("Colours")
struct PaletteTests {
    @Test(
        "are for terminals that have them and people who want them, unless something else is asked for",
        arguments: [
            (.auto, true, [:], .coloured), (.auto, false, [:], .plain), (.auto, true, ["NO_COLOR": "1"], .plain),
            (.auto, true, ["NO_COLOR": ""], .coloured), (.auto, true, ["TERM": "dumb"], .plain),
            (.always, false, ["NO_COLOR": "1"], .coloured), (.never, true, [:], .plain),
        ] as [(Palette.Choice, Bool, [String: String], Palette)])
    func choice(choice: Palette.Choice, isTerminal: Bool, environment: [String: String], palette: Palette) {
        #expect(choice.palette(isTerminal: isTerminal, environment: environment) == palette)
    }

    @Test("stand around a text and do not change it")
    func paint() {
        #expect(Palette.plain.paint("OK", .good) == "OK" && Palette.coloured.paint("OK", .good) == "\u{1B}[32mOK\u{1B}[0m")
    }

    @Test("keep the columns of statistics in line")
    func statistics() throws {
        let row = CallStatistics.Row(
            method: "a.Service/Do", calls: 10, faults: 2, unanswered: 0, requestBytes: 1, responseBytes: 2, median: 3,
            percentile90: 4, percentile99: 5, longest: 6)
        let plain = StatisticsTable([row], palette: .plain).lines(.text)
        var painted = StatisticsTable([row], palette: .coloured).lines(.text)
        #expect(painted[1].contains("\u{1B}[31m2\u{1B}[0m") && painted[0] == plain[0])
        for code in ["\u{1B}[31m", "\u{1B}[1m", "\u{1B}[0m"] { painted[1] = painted[1].replacing(code, with: "") }
        #expect(painted == plain)
    }
}
