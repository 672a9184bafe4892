import ArgumentParser
import CJCore
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
            first; there the winner may be tie, or nothing, for neither. It may have judge, margin (slight or clear) and weight (how many \
            judgements a line stands for). Other columns are ignored.

            Without --epsilon the scale is the mode of a Bradley–Terry posterior whose prior is estimated too; its errors are those of the \
            whole model, and a preference for the first place is taken out where it can be known. With --epsilon it is joint maximum \
            likelihood with corrected scores, as most published studies have it (0.3 there).

            EXAMPLES
              huleedu score judgements.csv
              huleedu score judgements.csv --epsilon 0.3 --json
              huleedu score judgements.csv --judges different
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

    @Option(
        help: ArgumentHelp(
            "What a tie is: an answer of its own (davidson), or half a win for either (half). With --epsilon always half.",
            valueName: "davidson|half"))
    var ties = TieReading.davidson

    @Option(
        help: ArgumentHelp(
            """
            Whether judges are taken to be alike, or each has its own preference for a place and tells items apart more or less sharply.
            """, valueName: "alike|different"))
    var judges = JudgeReading.alike

    @Flag(inversion: .prefixedNo, help: "Take a preference for the first place out, where it is known who was shown first.")
    var bias = true

    @Flag(inversion: .prefixedNo, help: "Let margins count, where there are any.")
    var margins = true

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
                try epsilon.map { ScoreReport.corrected(of: judgements, epsilon: $0) }
                ?? ScoreReport.posterior(of: judgements, reading: reading)
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

    private var reading: ScoreReport.Reading {
        ScoreReport.Reading(
            ties: ties == .davidson ? .davidson : .halves, judges: judges == .alike ? .alike : .different,
            correctsPositions: bias,
            usesMargins: margins)
    }

    private static func epsilon(_ text: String) throws(CommandError) -> Double {
        guard let value = Double(text), epsilonRange.contains(value) else {
            throw CommandError(
                .optionOutOfRange, "\(quoted(text)) is no ε; expected a number above 0 and below 0.5, as in 0.3.")
        }
        return value
    }
}

/// What `--ties` takes.
enum TieReading: String, ExpressibleByArgument, CaseIterable {
    case davidson, half
}

/// What `--judges` takes.
enum JudgeReading: String, ExpressibleByArgument, CaseIterable {
    case alike, different
}
