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
            items and judges fit it. Nothing is started and nothing is paid for. With --html the same is drawn on a page of its own.

            The table has a header line and the columns winner and loser, or first, second and winner where it is known who was shown \
            first; there the winner may be tie, or nothing, for neither. It may have judge, margin (slight or clear) and weight (how many \
            judgements a line stands for). Other columns are ignored. Where lines have margins they are taken to stand in the order of judging.

            Without --epsilon the scale is the mode of a Bradley–Terry posterior whose prior is estimated too; its errors are those of the \
            whole model, and a preference for the first place is taken out where it can be known. With --epsilon it is joint maximum \
            likelihood with corrected scores, as most published studies have it (0.3 there).

            EXAMPLES
              huleedu score judgements.csv
              huleedu score judgements.csv --epsilon 0.3 --json
              huleedu score judgements.csv --judges different --html scale.html
              huleedu score judgements.csv --no-bias
              zcat judgements.csv.gz | huleedu score - --csv > abilities.csv
            """)

    private static let epsilonRange = 0.0001...0.4999
    private static let priorRange = 0.01...1_000.0
    private static let splitRange = 0...10_000

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

    @Option(
        help: ArgumentHelp(
            "Standard deviation of the prior on abilities; without it, the most probable one is found.", valueName: "logits"),
        transform: { try Self.prior($0) })
    var prior: Double?

    @Option(
        help: ArgumentHelp(
            """
            What is told of each ability: its most probable value, or its mean, which takes several times as long and has the truer \
            errors where judgements are few.
            """, valueName: "mode|mean"))
    var centre = CentreReading.mode

    @Option(
        help: ArgumentHelp(
            """
            How often to split judges, or the judgements of one, into halves whose scales are compared; 0 for never. By default 100 \
            times, and fewer for more than 20,000 judgements.
            """, valueName: "number"),
        transform: { try Self.splits($0) })
    var splits: Int?

    @Option(help: ArgumentHelp("Seed of the splits; the same seed gives the same figures.", valueName: "number"))
    var seed: UInt64 = 1

    @Flag(inversion: .prefixedNo, help: "Take a preference for the first place out, where it is known who was shown first.")
    var bias = true

    @Flag(inversion: .prefixedNo, help: "Let margins count, where there are any and they follow how far apart items are.")
    var margins = true

    @Flag(help: "Write JSON.")
    var json = false

    @Flag(help: "Write comma-separated values, a line for each item.")
    var csv = false

    @Option(
        help: ArgumentHelp(
            "Also write a page with drawings of abilities, fit and position bias; it needs nothing else.", valueName: "file"))
    var html: String?

    @Flag(help: "No colours. They are also off when NO_COLOR is set or the output is no terminal.")
    var noColor = false

    func validate() throws {
        guard !(json && csv) else {
            throw ValidationError("--json and --csv exclude each other; choose one.")
        }
        guard epsilon == nil || (bias && margins && ties == .davidson) else {
            throw ValidationError(
                "--no-bias, --no-margins and --ties change nothing with --epsilon, which knows wins and half wins only; leave them out."
            )
        }
        guard epsilon == nil || (prior == nil && centre == .mode && judges == .alike) else {
            throw ValidationError(
                "--prior, --centre and --judges belong to the Bradley–Terry posterior; leave them out with --epsilon.")
        }
    }

    func run() async throws {
        let status = await CommandFailure.reported {
            if let html { try OutputFile.check(html) }
            let input = ScoreInput(try JudgementFile.read(ByteSource(file)))
            if html != nil { try ScorePage.check(input) }
            let report =
                try epsilon.map { ScoreReport.corrected(of: input, epsilon: $0, reading: reading) }
                ?? ScoreReport.posterior(of: input, reading: reading)
            if let html { try OutputFile.write(ScorePage(report: report).text(), to: html) }
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
            correctsPositions: bias, usesMargins: margins, prior: prior, centre: centre == .mode ? .mode : .mean, splits: splits,
            seed: seed)
    }

    private static func epsilon(_ text: String) throws(CommandError) -> Double {
        guard let value = Double(text), epsilonRange.contains(value) else {
            throw CommandError(
                .optionOutOfRange, "\(quoted(text)) is no ε; expected a number above 0 and below 0.5, as in 0.3.")
        }
        return value
    }

    private static func prior(_ text: String) throws(CommandError) -> Double {
        guard let value = Double(text), priorRange.contains(value) else {
            throw CommandError(
                .optionOutOfRange,
                "\(quoted(text)) is no standard deviation of a prior; expected a number from 0.01 to 1000, as in 2.5.")
        }
        return value
    }

    private static func splits(_ text: String) throws(CommandError) -> Int {
        guard let value = Int(text), splitRange.contains(value) else {
            throw CommandError(
                .optionOutOfRange, "\(quoted(text)) is no number of splits; expected a whole number from 0 to 10000, as in 100.")
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

/// What `--centre` takes.
enum CentreReading: String, ExpressibleByArgument, CaseIterable {
    case mode, mean
}
