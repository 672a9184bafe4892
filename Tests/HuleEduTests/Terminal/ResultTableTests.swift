import CJCore
import Testing

@testable import huleedu

@Suite struct ResultTableTests {
    private func report(graded: Bool) -> RankingReport {
        var report = SampleReport(essays: 3, isGraded: graded).make()
        let names = ["åsa-och-en-mycket-lång-titel.txt", "漢字.txt", "c\u{1B}[2J.txt"]
        for place in report.items.indices {
            report.items[place].id = names[place]
            report.items[place].ability = [1.234, 0, -1.2][place]
            report.items[place].standardError = 0.456
            report.items[place].comparisons = 12
            report.items[place].anchorGrade = nil
        }
        return report
    }

    private func lines(_ report: RankingReport, columns: Int?, colour: Bool = false) -> [String] {
        ResultTable(
            report: report, capabilities: TerminalCapabilities(isTerminal: columns != nil, columns: columns, hasColour: colour)
        )
        .text().split(separator: "\n").map(String.init)
    }

    @Test func showsRankEssayAbilityErrorAndComparisons() {
        #expect(
            lines(report(graded: false), columns: nil) == [
                "Rank  Essay                             Ability ± error  Comparisons",
                "────  ────────────────────────────────  ───────────────  ───────────",
                "   1  åsa-och-en-mycket-lång-titel.txt     +1.23 ± 0.46           12",
                "   2  漢字.txt                              0.00 ± 0.46           12",
                "   3  c\u{FFFD}[2J.txt                            −1.20 ± 0.46           12",
            ])
    }

    @Test func showsGradesWhereThereAreAny() {
        var graded = report(graded: true)
        graded.items[1].anchorGrade = "A"
        graded.items[1].scaleGrade = "C"
        let lines = lines(graded, columns: nil)
        #expect(lines[0].hasSuffix("Comparisons  Grade  Certainty"))
        #expect(lines[2].hasSuffix("%"))
        #expect(lines[3].hasSuffix("  A         anchor"), "\(lines[3])")
    }

    @Test func showsNothingWhereNothingWasJudged() {
        let report = SampleReport(isGraded: true).makeUnjudged()
        #expect(ResultTable(report: report, capabilities: .plain).text() == "")
        let summary = ResultSummary(report: report, capabilities: .plain).text()
        #expect(summary.contains("Nothing was judged, so nothing is ranked."))
        #expect(summary.contains("Stopped because the judge failed too often (HTTP 401: invalid x-api-key).\n"))
    }

    @Test func tellsEveryGradingNoteInBothLanguages() {
        let anchors = (
            RankingReport.GradingNote.Anchor(id: "a.txt", grade: "C"), RankingReport.GradingNote.Anchor(id: "b.txt", grade: "B")
        )
        let notes: [RankingReport.GradingNote] = [
            .gradesWithoutAnchor(["E", "C"]), .anchorsInverted(lower: anchors.0, higher: anchors.1), .essaysUnconnected,
            .anchorsContradicted(pairs: 2, of: 3), .tooFewGrades, .anchorsUnusable, .unknown,
        ]
        for note in notes {
            #expect(note.text(in: .english) != note.text(in: .swedish))
            #expect(note.text(in: .english).hasSuffix(".") && note.text(in: .swedish).hasSuffix("."))
        }
        var report = report(graded: true)
        report.language = .swedish
        report.gradingNotes = notes
        let summary = ResultSummary(report: report, capabilities: .plain).text()
        #expect(summary.contains("Inget ankare har något av betygen E, C; gränserna där följer"))
        #expect(summary.contains("Domaren sätter ankaret a.txt (C) klart före ankaret b.txt (B)"))
        #expect(summary.contains("säger emot ankarnas betyg i 2 av 3 par"))
        for english in ["No anchor", "No grades", "Some essays", "The judge"] { #expect(!summary.contains(english)) }
    }

    @Test func fitsNarrowTerminalsByCuttingNamesAndThenColumns() {
        let graded = report(graded: true)
        for columns in 42...100 {
            for line in lines(graded, columns: columns) { #expect(DisplayWidth.of(line) <= columns, "\(columns): \(line)") }
        }
        #expect(lines(graded, columns: 80)[2].contains("åsa-och-en"))
        #expect(!lines(graded, columns: 45)[0].contains("Comparisons"))
        #expect(lines(graded, columns: 45)[0].contains("Grade"))
    }

    @Test func usesColoursOnlyWhereThereAreAny() {
        #expect(lines(report(graded: false), columns: 100, colour: true)[0].hasPrefix("\u{1B}[1m"))
        #expect(!lines(report(graded: false), columns: 100).joined().contains("\u{1B}"))
    }

    @Test func summarisesReliabilityStopCostAndWhatWasSkipped() {
        var report = report(graded: false)
        report.stop.reason = .converged
        report.reliability = .init(
            posterior: 0.861, scaleSeparation: 0.82, separationRatio: 2.3, expectedKendallTau: 0.8, priorStandardDeviation: 1.8,
            low: 0.78,
            high: 0.9)
        let summary = ResultSummary(report: report, capabilities: .plain).text()
        #expect(summary.contains("Reliability 0.86 (scale separation 0.82)."))
        #expect(summary.contains("Stopped because the ranking reached what was asked for (reliability 0.85)."))
        #expect(summary.contains("It cost $0.2314; the prompt cache saved $0.1880."))
        #expect(summary.contains("Skipped notes.docx: neither .txt nor .md."))
        #expect(!summary.contains("Simulated"))
        report.judge.simulated = true
        #expect(ResultSummary(report: report, capabilities: .plain).text().hasPrefix("Simulated judge: no language model"))
        report.reliability = nil
        #expect(ResultSummary(report: report, capabilities: .plain).text().contains("Nothing was judged"))
    }

    @Test(arguments: RankingReport.StopReason.allCases) func tellsEveryStopReasonInBothLanguages(reason: RankingReport.StopReason)
    {
        var report = report(graded: false)
        report.stop = .init(reason: reason, failure: "reason")
        let english = report.stopSentence
        report.language = .swedish
        #expect(english.hasPrefix("Stopped") && english.hasSuffix("."))
        #expect(english.contains("(reason)") == (reason == .judgeFailed || reason == .moneyBudget))
        #expect(report.stopSentence != english && report.stopSentence.hasSuffix("."))
        #expect(
            report.stopSentence.contains("(på engelska: reason)") == [.judgeFailed, .blindJudge, .moneyBudget].contains(reason))
    }

    @Test(
        "Tells what was asked for, whatever it was, and that it was reached or not",
        arguments: [
            (StoppingGoal.reliability(0.9), "(reliability 0.90)", " before the reliability of 0.90 was reached."),
            (.kendallTau(0.75), "(τ 0.75)", " before a tau of 0.75 was reached."),
            (
                .gradeDeviation(0.8), "(grades ±0.80 steps)",
                " before a deviation of every grade of at most 0.80 steps was reached."
            ),
        ])
    func goals(goal: StoppingGoal, reached: String, missed: String) {
        var report = report(graded: false)
        report.limits.goal = goal
        report.stop = .init(reason: .converged, failure: "")
        #expect(report.stopSentence.contains(reached))
        for reason in [RankingReport.StopReason.comparisonBudget, .moneyBudget, .timeLimit] {
            report.stop.reason = reason
            #expect(report.stopSentence.hasSuffix(missed), "\(report.stopSentence)")
        }
        report.limits.goal = .budget
        #expect(report.stopSentence == "Stopped because the time was over.")
    }

    @Test func tellsWhatTheTerminalCanDo() {
        let plain = TerminalCapabilities(measuredColumns: 0, colourWanted: true, environment: [:])
        #expect(plain == TerminalCapabilities(isTerminal: true, columns: 80, hasColour: true))
        #expect(TerminalCapabilities(measuredColumns: 0, colourWanted: true, environment: ["COLUMNS": "132"]).columns == 132)
        #expect(TerminalCapabilities(measuredColumns: 5, colourWanted: true, environment: [:]).columns == 20)
        #expect(!TerminalCapabilities(measuredColumns: 90, colourWanted: true, environment: ["NO_COLOR": "1"]).hasColour)
        #expect(!TerminalCapabilities(measuredColumns: 90, colourWanted: false, environment: [:]).hasColour)
        #expect(!TerminalCapabilities(measuredColumns: 90, colourWanted: true, environment: ["TERM": "dumb"]).isTerminal)
    }
}
