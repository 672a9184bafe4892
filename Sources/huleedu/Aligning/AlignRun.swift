import CJCore
import ServiceKit

/// Judges the anchors as often as was asked for, and writes how the judge agrees with their grades.
///
/// Each repeat is a run as `rank` has it, with a record and a database of its own, so that it is agreed to, watched, interrupted and
/// continued in the same way.
struct AlignRun: Sendable {
    let input: AlignInput
    /// What the command line says of the size of an alignment; one that is continued must have been begun with the same.
    let asked: AlignSeriesChoice
    let judge: JudgeProvider
    let data: DataFolder
    let environment: Settings
    let errorTerminal: TerminalCapabilities
    let outputTerminal: TerminalCapabilities

    /// Runs what is left of the repeats, then compares.
    ///
    /// - Returns: the status with which the process ends.
    func run() async throws -> Int32 {
        let known = try knownSeries()
        if input.settings.resume {
            let series = try asked.choose(among: known.unfinished + known.finished)
            return try await run(input.continuing(series), RunSeries(series))
        }
        if !known.unfinished.isEmpty, !input.settings.output.quiet {
            StandardError.write(
                "An earlier alignment of these anchors was interrupted; --resume would continue it. Starting anew.\n")
        }
        return try await run(input, RunSeries(newSeries()))
    }

    private func run(_ input: AlignInput, _ series: RunSeries) async throws -> Int32 {
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

    private func newSeries() -> RunRecord.Series {
        let id = "series-" + String(UInt64.random(in: .min ... .max), radix: 36)
        return RunRecord.Series(id: id, repeats: input.repeats, comparisons: input.comparisons, seed: input.seed)
    }

    /// The alignments of these anchors by this judge.
    private func knownSeries() throws(CommandError) -> (unfinished: [RunRecord.Series], finished: [RunRecord.Series]) {
        try data.prepare()
        let server = DatabaseServer.mark(named: input.settings.output.database)
        let fingerprints = Set(AlignCommand.repeatRange.map { input.repetition($0).fingerprint(of: judge) })
        let records = try RunRecords(folder: data.runs).all().filter {
            $0.server == server && fingerprints.contains($0.fingerprint)
        }
        return RunRecords.series(among: records)
    }
}
