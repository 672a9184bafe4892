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
