import ArgumentParser
import FoundationEssentials
import Glibc
import ServiceKit

/// `huleedu rank`
struct RankCommand: AsyncParsableCommand {
    static let configuration = RankHelp.configuration

    @OptionGroup
    var options: RankOptions

    func run() async throws {
        // A reader of the output that goes away ends neither the run nor what is under way.
        signal(SIGPIPE, SIG_IGN)
        let status = await CommandFailure.reported {
            let environment = ProcessInfo.processInfo.environment
            let settings = try options.settings()
            let input = try RankInput(settings)
            let judge = try JudgeProvider(
                provider: settings.provider, model: settings.model, hasQualities: settings.qualities != nil,
                settings: .environment)
            return try await RankRun(
                input: input, judge: judge,
                data: DataFolder(chosen: settings.output.dataFolder, environment: environment),
                environment: .environment,
                errorTerminal: .ofDescriptor(STDERR_FILENO, colourWanted: settings.output.colour, environment: environment),
                outputTerminal: .ofDescriptor(STDOUT_FILENO, colourWanted: settings.output.colour, environment: environment)
            ).run()
        }
        throw ExitCode(status)
    }
}
