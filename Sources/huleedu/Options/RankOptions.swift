import ArgumentParser
import CJCore

/// The command line of `huleedu rank`, in the groups in which `--help` shows it.
struct RankOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "The folder of essays: its .txt and .md files, in UTF-8. Subfolders are not searched.", valueName: "folder"),
        completion: .directory)
    var folder: String

    @OptionGroup(title: "THE TASK")
    var task: TaskOptions

    @OptionGroup(title: "THE JUDGE")
    var judge: JudgeOptions

    @OptionGroup(title: "HOW FAR TO GO")
    var effort: EffortOptions

    @OptionGroup(title: "OUTPUT")
    var output: OutputOptions

    @OptionGroup(title: "OUTPUT")
    var running: RunningOptions

    func validate() throws {
        guard !folder.isEmpty else {
            throw ValidationError("The folder's name is empty; name the folder in which the essays lie.")
        }
        guard task.anchors != nil || task.gradeShares == nil else {
            throw ValidationError(
                "--grade-shares says how many essays should have which grade and needs --anchors, which says who has one.")
        }
        guard task.anchors != nil || task.grades == nil else {
            throw ValidationError(
                "--grades says how grades are ordered and needs --anchors, which says who has one.")
        }
        guard task.anchors != nil || effort.gradeDeviation == nil else {
            throw ValidationError("--grade-deviation is about grades and needs --anchors, which says who has one.")
        }
        guard !(output.quiet && output.json == false && output.report == nil) else {
            throw ValidationError("--quiet leaves nothing to see; give --json or --report FILE.html with it.")
        }
        guard judge.qualities == nil || judge.provider == nil || judge.provider == JudgeOptions.simulatedProvider else {
            throw ValidationError(
                "--qualities is for the simulated judge; leave it out, or say --provider \(JudgeOptions.simulatedProvider).")
        }
    }

    /// What was asked for, with the texts that files were named for read.
    func settings(files: FileAccess = .system) throws(CommandError) -> RankSettings {
        RankSettings(
            folder: folder,
            question: try task.question?.text(for: "--question", files: files),
            rubric: try task.rubric?.text(for: "--rubric", files: files),
            language: task.language,
            anchors: task.anchors,
            scale: try task.gradeShares.map { shares throws(CommandError) in try (task.grades ?? .swedish).expecting(shares) }
                ?? task.grades ?? .swedish,
            usesExpectedShares: task.gradeShares != nil,
            provider: judge.provider,
            model: judge.model,
            temperature: judge.temperature,
            levels: judge.levels,
            dispatch: judge.dispatch,
            qualities: judge.qualities,
            budget: effort.budget,
            timeLimit: effort.timeLimit,
            goal: try effort.goal(),
            seed: effort.seed,
            concurrency: effort.concurrency,
            pairing: effort.pairing,
            resume: effort.resume,
            output: RankSettings.Output(
                json: output.json, report: output.report, yes: running.yes, quiet: output.quiet, colour: !running.noColor,
                dataFolder: running.data, database: running.database))
    }
}

extension Language: ExpressibleByArgument {}
