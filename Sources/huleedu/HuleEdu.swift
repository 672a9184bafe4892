import ArgumentParser

/// The program.
@main
struct HuleEdu: AsyncParsableCommand {
    /// Version of the program and of the services in it.
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "huleedu",
        abstract: "Rank and grade essays by comparative judgement.",
        discussion: """
            A language model is shown two essays at a time and says which is better; a Bradley–Terry model turns the judgements into a \
            scale with error bars, and essays of known grade turn the scale into grades.
            """,
        version: version,
        subcommands: [
            RankCommand.self, AlignCommand.self, ScoreCommand.self, PlanCommand.self, UpCommand.self, ServeCommand.self,
            DatabaseCommand.self, EventsCommand.self, SpendingCommand.self, AccessCommand.self,
        ])
}
