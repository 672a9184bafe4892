import CJCore
import ServiceKit

/// Judges the anchors as often as was asked for, and writes how the judge agrees with their grades.
///
/// Each repeat is a run as `rank` has it, with a record and a database of its own, so that it is agreed to, watched, interrupted and
/// continued in the same way.
struct AlignRun: Sendable {
    let input: AlignInput
    let judge: JudgeProvider
    let data: DataFolder
    let environment: Settings
    let errorTerminal: TerminalCapabilities
    let outputTerminal: TerminalCapabilities

    /// Runs what is left of the repeats, then compares.
    ///
    /// - Returns: the status with which the process ends.
    func run() async throws -> Int32 {
        let series = RunSeries(runs: input.repeats)
        if input.settings.resume { try checkThereIsSomethingToResume() }
        for number in 1...input.repeats {
            if input.repeats > 1, !input.settings.output.quiet {
                StandardError.write("Repeat \(number) of \(input.repeats).\n")
            }
            let status = try await RankRun(
                input: input.repetition(number), judge: judge, data: data, environment: environment, errorTerminal: errorTerminal,
                outputTerminal: outputTerminal, series: series
            ).run()
            // Declined, interrupted or failed; what has been judged is kept for --resume.
            guard status == 0, series.reports.count == number else {
                if let failed = series.reports.dropFirst(number - 1).first { StandardError.write(failed.stopSentence + "\n") }
                return status
            }
        }
        let report = try AlignmentReport(input: input, repeats: series.reports)
        try StandardOutput.write(
            input.settings.output.json
                ? report.json.text() : "\n" + AlignmentText(report: report, capabilities: outputTerminal).text())
        return 0
    }

    private func checkThereIsSomethingToResume() throws(CommandError) {
        try data.prepare()
        let known = Set(try RunRecords(folder: data.runs).all().map(\.fingerprint))
        let isKnown = (1...input.repeats).contains { known.contains(input.repetition($0).fingerprint(of: judge)) }
        guard isKnown else { throw RankRun.nothingToResume }
    }
}
