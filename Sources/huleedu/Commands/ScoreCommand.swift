import ArgumentParser
import FoundationEssentials
import Glibc

/// `huleedu score`
struct ScoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "score",
        abstract: "Turn judgements that you have already into a scale.",
        discussion: """
            Reads a table of judgements and prints each item's ability in logits with its error, how reliable the scale is, and how well \
            items and judges fit it. Nothing is started and nothing is paid for.

            The table has a header line and the columns winner and loser, or first, second and winner where it is known who was shown \
            first, and perhaps judge. Other columns are ignored.

            Without --epsilon the scale is the mode of a Bradley–Terry posterior whose prior is estimated too; its errors are those of the \
            whole model, and a preference for the first place is taken out where it can be known. With --epsilon it is joint maximum \
            likelihood with corrected scores, as most published studies have it (0.3 there).

            EXAMPLES
              huleedu score judgements.csv
              huleedu score judgements.csv --epsilon 0.3 --json
              zcat judgements.csv.gz | huleedu score - --csv > abilities.csv
            """)

    private static let epsilonRange = 0.0001...0.4999

    @Argument(help: ArgumentHelp("Table of judgements; - reads the standard input.", valueName: "file.csv"))
    var file: String

    @Option(
        help: ArgumentHelp(
            "Estimate by corrected joint maximum likelihood with this ε, above 0 and below 0.5.", valueName: "number"),
        transform: { try Self.epsilon($0) })
    var epsilon: Double?

    @Flag(help: "Write JSON.")
    var json = false

    @Flag(help: "Write comma-separated values, a line for each item.")
    var csv = false

    @Flag(help: "No colours. They are also off when NO_COLOR is set or the output is no terminal.")
    var noColor = false

    func validate() throws {
        guard !(json && csv) else {
            throw ValidationError("--json and --csv exclude each other; choose one.")
        }
    }

    func run() async throws {
        let status = await CommandFailure.reported {
            let judgements = try JudgementFile.read(ByteSource(file))
            let report =
                try epsilon.map { ScoreReport.corrected(of: judgements, epsilon: $0) } ?? ScoreReport.posterior(of: judgements)
            try StandardOutput.write(text(of: report))
            return 0
        }
        throw ExitCode(status)
    }

    private func text(of report: ScoreReport) -> String {
        if json { return report.json.text() }
        if csv { return report.csv }
        let capabilities = TerminalCapabilities.ofDescriptor(
            STDOUT_FILENO, colourWanted: !noColor, environment: ProcessInfo.processInfo.environment)
        return ScoreText(report: report, capabilities: capabilities).text()
    }

    private static func epsilon(_ text: String) throws(CommandError) -> Double {
        guard let value = Double(text), epsilonRange.contains(value) else {
            throw CommandError(
                .optionOutOfRange, "\(quoted(text)) is no ε; expected a number above 0 and below 0.5, as in 0.3.")
        }
        return value
    }
}
