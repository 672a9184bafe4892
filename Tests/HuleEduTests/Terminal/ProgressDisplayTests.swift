import CJCore
import Testing

@testable import huleedu

@Suite struct ProgressDisplayTests {
    private static let terminal = TerminalCapabilities(isTerminal: true, columns: 80, hasColour: true)

    private func snapshot(_ judged: Int, reliability: Double? = 0.714) -> ProgressSnapshot {
        ProgressSnapshot(
            judged: judged, expected: 200, failed: 0, reliability: reliability, goal: .reliability(0.85),
            spent: Money(nanodollars: 430_000_000),
            simulated: false)
    }

    @Test func redrawsInPlaceOnATerminal() {
        var display = ProgressDisplay(capabilities: Self.terminal, language: .english, isSilent: false)
        let first = display.report(snapshot(0, reliability: nil), at: .zero)
        #expect(first?.hasPrefix("\r") == true && first?.hasSuffix("\u{1B}[K") == true)
        #expect(first?.contains("0 of about 200 judged · aiming for reliability 0.85 · $0.4300") == true)
        let later = display.report(snapshot(50), at: .seconds(10))
        #expect(later?.contains("50 of about 200 judged · reliability 0.71 of 0.85 · $0.4300 · 30 s left") == true)
        #expect(display.finish(snapshot(200), at: .seconds(40))?.hasSuffix("\u{1B}[K\n") == true)
    }

    @Test func writesALineEveryFewSecondsElsewhere() {
        var display = ProgressDisplay(capabilities: .plain, language: .english, isSilent: false)
        var lines: [String] = []
        for second in 0..<12 {
            if let line = display.report(snapshot(second * 10), at: .seconds(second)) { lines.append(line) }
        }
        #expect(lines.count == 3)
        #expect(lines.allSatisfy { $0.hasSuffix("\n") && !$0.contains("\r") && !$0.contains("\u{1B}") && !$0.contains("█") })
    }

    @Test func doesNotRedrawMoreOftenThanItsPaceOrWithoutNews() {
        var display = ProgressDisplay(capabilities: Self.terminal, language: .english, isSilent: false)
        #expect(display.report(snapshot(1), at: .zero) != nil)
        #expect(display.report(snapshot(2), at: .milliseconds(99)) == nil)
        #expect(display.report(snapshot(2), at: .milliseconds(100)) != nil)
        #expect(display.report(snapshot(2), at: .seconds(9)) == nil)
    }

    @Test func isSilentWhenAskedToBe() {
        var display = ProgressDisplay(capabilities: Self.terminal, language: .english, isSilent: true)
        #expect(display.report(snapshot(1), at: .zero) == nil)
        #expect(display.finish(snapshot(2), at: .seconds(1)) == nil)
    }

    @Test func countsTheTimeLeftFromWhereAResumedRunBegan() {
        var display = ProgressDisplay(capabilities: .plain, language: .english, isSilent: false)
        _ = display.report(snapshot(100), at: .seconds(0))
        #expect(display.report(snapshot(103), at: .seconds(6))?.contains("left") == false)
        #expect(display.report(snapshot(110), at: .seconds(20))?.contains("3 min left") == true)
    }

    @Test func tellsWhatIsKnownAndNothingElse() {
        let line = ProgressLine(language: .swedish)
        var snapshot = ProgressSnapshot(
            judged: 3, expected: nil, failed: 2, reliability: -0.2, goal: .reliability(0.9), spent: nil, simulated: true)
        #expect(
            line.text(snapshot, timeLeft: nil, columns: nil) == "3 bedömda · reliabilitet 0,00 av 0,90 · simulerat · 2 uppgivna")
        snapshot.expected = 2
        #expect(line.text(snapshot, timeLeft: nil, columns: nil).hasPrefix("3 av ungefär 3 bedömda"))
    }

    @Test func tellsWhatItWillProbablyCostInAll() {
        var snapshot = snapshot(50)
        snapshot.forecast = Money(nanodollars: 1_720_000_000)
        let text = ProgressLine(language: .english).text(snapshot, timeLeft: nil, columns: nil)
        #expect(text == "50 of about 200 judged · reliability 0.71 of 0.85 · $0.4300 of about $1.72")
        snapshot.forecast = snapshot.spent
        #expect(
            ProgressLine(language: .swedish).text(snapshot, timeLeft: nil, columns: nil).hasSuffix("0,71 av 0,85 · 0,4300 USD"))
    }

    @Test func fitsEveryWidth() {
        let line = ProgressLine(language: .english)
        for columns in 1...140 {
            let text = line.text(snapshot(120), timeLeft: .seconds(3725), columns: columns)
            #expect(DisplayWidth.of(text) <= columns)
            #expect(columns < 30 || text.contains("120 of about 200 judged"))
        }
        #expect(line.text(snapshot(100), timeLeft: nil, columns: 120).contains("████████████░░░░░░░░░░░░"))
    }
}
