import ArgumentParser
import CJCore
import FoundationEssentials
import Glibc
import ServiceKit

/// `huleedu align`
struct AlignCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "align",
        abstract: "Tell how well a judge agrees with essays whose grades are known.",
        discussion: """
            The anchors of a table are compared with each other as if their grades were not known, several times over if asked, and what \
            comes out is held against the grades: Kendall's τ-b, pairs of which the essay with the lower grade won, and anchors that won \
            against nobody, each with an interval that says where the same figure would lie in further repeats. It shows what another \
            prompt, rubric or model is worth before a class depends on it. To grade essays with anchors, see 'huleedu rank --anchors'.

            With --plan nothing is started: the table is checked, and what would be compared is told. --dry-run shows besides what the judge \
            would be sent for one of the pairs. Otherwise the program tells what the repeats are expected to cost and asks. An alignment \
            that was interrupted is continued with --resume; no judgement is paid for twice.

            EXAMPLES
              huleedu align anchors --anchors grades.csv --plan
              huleedu align anchors --anchors grades.csv --rubric @rubric-7.md --repeats 3
              huleedu align anchors --anchors grades.csv --rubric @rubric-7.md --resume
              huleedu align anchors --anchors grades.csv --provider anthropic --repeats 3 --yes --json > alignment.json
            """)

    static let repeatRange = 1...20

    @Argument(
        help: ArgumentHelp("The folder with the anchors; other essays in it are left out.", valueName: "folder"),
        completion: .directory)
    var folder: String

    @OptionGroup(title: "THE TASK")
    var task: AlignTaskOptions

    @OptionGroup(title: "THE JUDGE")
    var judge: JudgeOptions

    @Option(
        help: ArgumentHelp("How often all of it is done, 1 to 20. (default: 1)", valueName: "number"),
        transform: { try Self.repeats($0) })
    var repeats: Int?

    @Option(
        help: ArgumentHelp(
            "Comparisons in each repeat. Without it as many as there are pairs; up to twice as many, in both orders.",
            valueName: "number"),
        transform: { try Self.comparisons($0) })
    var comparisons: Int?

    @Option(
        help: ArgumentHelp("Comparisons that may be with the judge at once, 1 to 256.", valueName: "number"),
        transform: { try EffortOptions.concurrency($0) })
    var concurrency: Int?

    @Option(
        help: ArgumentHelp(
            "A whole number from which pairs, their order and the intervals follow. (default: 1)", valueName: "number"),
        transform: { try EffortOptions.seed($0) })
    var seed: UInt64?

    @Flag(help: "Check the anchors, tell what would be compared, and start nothing.")
    var plan = false

    @Flag(help: "Tell that and what the judge would be sent for one of the pairs, and start nothing.")
    var dryRun = false

    @Flag(
        help: """
            Continue the latest alignment of the same anchors, by the same judge with the same question, rubric and language, that was \
            not completed. It keeps the --repeats, --comparisons and --seed that it was begun with: leave them out, or give them to choose \
            among several; other values are refused. The grades in the table and --concurrency may be others.
            """)
    var resume = false

    @OptionGroup(title: "OUTPUT")
    var output: AlignOutputOptions

    @OptionGroup(title: "OUTPUT")
    var running: RunningOptions

    func validate() throws {
        guard !folder.isEmpty else {
            throw ValidationError("The folder's name is empty; name the folder in which the anchors lie.")
        }
        guard task.anchors != nil else {
            throw ValidationError("--anchors is missing: the table that says which grade each anchor has.")
        }
        guard !(plan && dryRun), !((plan || dryRun) && resume) else {
            throw ValidationError("--plan, --dry-run and --resume exclude each other; give one of them.")
        }
    }

    func run() async throws {
        // A reader of the output that goes away ends neither the run nor what is under way.
        signal(SIGPIPE, SIG_IGN)
        let status = await CommandFailure.reported {
            let input = try AlignInput(settings(), repeats: repeats ?? 1, comparisons: comparisons, seed: seed ?? 1)
            if plan || dryRun {
                let plan = AlignmentPlan(input: input, showsPrompt: dryRun)
                try StandardOutput.write(output.json ? plan.json.text() : plan.text())
                return 0
            }
            return try await execute(input)
        }
        throw ExitCode(status)
    }

    private func execute(_ input: AlignInput) async throws -> Int32 {
        let environment = ProcessInfo.processInfo.environment
        let judge = try JudgeProvider(
            provider: input.settings.provider, model: input.settings.model, hasQualities: input.settings.qualities != nil,
            settings: .environment)
        return try await AlignRun(
            input: input, asked: AlignSeriesChoice(repeats: repeats, comparisons: comparisons, seed: seed), judge: judge,
            data: DataFolder(chosen: running.data, environment: environment),
            environment: .environment,
            errorTerminal: .ofDescriptor(STDERR_FILENO, colourWanted: !running.noColor, environment: environment),
            outputTerminal: .ofDescriptor(STDOUT_FILENO, colourWanted: !running.noColor, environment: environment)
        ).run()
    }

    private func settings() throws(CommandError) -> RankSettings {
        RankSettings(
            folder: folder,
            question: try task.question?.text(for: "--question", files: .system),
            rubric: try task.rubric?.text(for: "--rubric", files: .system),
            language: task.language, anchors: task.anchors, scale: task.grades ?? .swedish, provider: judge.provider,
            model: judge.model, temperature: judge.temperature, levels: judge.levels, qualities: judge.qualities, budget: nil,
            timeLimit: nil, goal: .budget, seed: nil, concurrency: concurrency, pairing: .rounds, resume: resume,
            output: RankSettings.Output(
                json: output.json, report: nil, yes: running.yes, quiet: output.quiet, colour: !running.noColor,
                dataFolder: running.data, database: running.database))
    }

    private static func repeats(_ text: String) throws(CommandError) -> Int {
        guard let value = Int(text), repeatRange.contains(value) else {
            throw CommandError(
                .optionOutOfRange, "\(quoted(text)) is no number of repeats; expected a whole number from 1 to 20.")
        }
        return value
    }

    private static func comparisons(_ text: String) throws(CommandError) -> Int {
        guard let value = Int(text), value >= 1 else {
            throw CommandError(.optionOutOfRange, "\(quoted(text)) is no number of comparisons; expected a whole number from 1.")
        }
        return value
    }
}
