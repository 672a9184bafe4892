import ArgumentParser
import Chaos

/// `chaos requests`
struct RequestsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "requests",
        abstract: "Let everything go wrong before requests are answered: provider, database and processes.",
        discussion: """
            Of the calls 5 % are refused for a while, 2 % meet an overloaded provider, 1 % have an answer that is no JSON, 1 % none in time, \
            and 1 % are declined by the model. Each request must have one end, none may be sent while the provider is to be left alone, and \
            no call that ended its request may be made again but because of a kill.

            As it stands it takes about ten minutes: each refusal stops all requests, and the last silent call is waited for.
            """)

    @Option(help: ArgumentHelp("How many requests.", valueName: "count"))
    var requests = 1000

    @Option(help: ArgumentHelp("How often the service is killed.", valueName: "count"))
    var kills = 20

    @Option(help: ArgumentHelp("How long the database is gone, at half-time.", valueName: "seconds"))
    var away = 60

    @Option(help: ArgumentHelp("How long a refusal is for.", valueName: "seconds"))
    var retryAfter = 7

    @Option(help: ArgumentHelp("How long the service waits for an answer.", valueName: "seconds"))
    var call = 120

    @Option(help: ArgumentHelp("How long a lease lasts.", valueName: "seconds"))
    var lease = 20

    func validate() throws {
        for (name, number, range) in [
            ("--requests", requests, 1...100_000), ("--kills", kills, 0...1000), ("--away", away, 0...3600),
            // Calls that come in the first second may have been under way.
            ("--retry-after", retryAfter, 2...3600), ("--call", call, 1...3600), ("--lease", lease, 2...3600),
        ] where !range.contains(number) {
            throw ValidationError("\(name): expected \(range.lowerBound) to \(range.upperBound), got \(number).")
        }
    }

    func run() async throws {
        var options = RequestDrill.Options()
        options.requests = requests
        options.kills = kills
        options.awaySeconds = away
        options.retryAfterSeconds = retryAfter
        options.callSeconds = call
        options.leaseSeconds = lease
        try await Drill.report { [options] folder, logger in
            try await RequestDrill.run(options, folder: folder, logger: logger, tell: Drill.tell)
        }
    }
}
