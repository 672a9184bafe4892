import ArgumentParser
import Chaos

/// `chaos results`
struct ResultsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "results",
        abstract: "Kill the provider service while it reads the results of one large batch, and tell what memory it took.",
        discussion: "Each request must have one end and one event.")

    @Option(help: ArgumentHelp("Requests of the batch, and lines of its results.", valueName: "count"))
    var lines = 100_000

    func validate() throws {
        guard (1000...100_000).contains(lines) else { throw ValidationError("--lines: expected 1000 to 100000, got \(lines).") }
    }

    func run() async throws {
        try await Drill.report { [lines] folder, logger in
            try await ResultsDrill.run(lines: lines, folder: folder, logger: logger, tell: Drill.tell)
        }
    }
}
