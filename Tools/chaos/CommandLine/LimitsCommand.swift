import ArgumentParser
import Chaos

/// `chaos limits`
struct LimitsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "limits",
        abstract: "Send a backlog to a provider that enforces its limits finely; measure what is used of them, and passed.",
        discussion: """
            Without --requests-per-minute and --input-tokens-per-minute two runs are made: one bound by 3,000 requests a minute, 1,000 of \
            them, and one by 600,000 input tokens a minute, 140 requests of which each is larger than a bucket of 100 ms. Nobody dies \
            unless that is asked for; it ends with 1 when the provider refused anything. Reports are JSON.
            """)

    @Option(help: ArgumentHelp("Of the account, and of the provider.", valueName: "count"))
    var requestsPerMinute: Int?

    @Option(help: ArgumentHelp("Of the account, and of the provider.", valueName: "count"))
    var inputTokensPerMinute: Int?

    @Option(help: ArgumentHelp("What the provider's buckets hold, in milliseconds of their refill.", valueName: "ms"))
    var burst = 100

    @Option(help: ArgumentHelp("What the provider takes over each call.", valueName: "ms"))
    var latency = 1000

    @Option(help: ArgumentHelp("How many requests.", valueName: "count"))
    var requests = 1000

    @Option(
        help: ArgumentHelp("Of each of the two essays of a request; without it they are a sentence each.", valueName: "bytes"))
    var essay: Int?

    @Option(help: ArgumentHelp("How many processes of the service share the account.", valueName: "count"))
    var replicas = 1

    @Flag(help: "Kill the process that sends when half of the requests have been answered.")
    var killSender = false

    func validate() throws {
        for (name, number, range) in [
            ("--requests-per-minute", requestsPerMinute ?? 1, 1...10_000_000),
            ("--input-tokens-per-minute", inputTokensPerMinute ?? 1, 1...10_000_000), ("--burst", burst, 1...10_000_000),
            ("--latency", latency, 0...3_600_000), ("--requests", requests, 2...100_000),
            ("--essay", essay ?? 1, 1...1_000_000), ("--replicas", replicas, (killSender ? 2 : 1)...16),
        ] where !range.contains(number) {
            throw ValidationError("\(name): expected \(range.lowerBound) to \(range.upperBound), got \(number).")
        }
    }

    func run() async throws {
        var reports: [LimitDrill.Report] = []
        for options in runs {
            reports.append(
                try await Drill.run { folder, logger in
                    try await LimitDrill.run(options, folder: folder, logger: logger, tell: Drill.tell)
                })
        }
        print(try Drill.json(reports))
        guard reports.allSatisfy({ $0.refused == 0 }) else { throw ExitCode(1) }
    }

    private var runs: [LimitDrill.Options] {
        var options = LimitDrill.Options()
        options.burstMilliseconds = burst
        options.latencyMilliseconds = latency
        options.requests = requests
        options.essayBytes = essay
        options.replicas = replicas
        options.killsSender = killSender
        options.requestsPerMinute = requestsPerMinute
        options.inputTokensPerMinute = inputTokensPerMinute
        guard requestsPerMinute == nil, inputTokensPerMinute == nil else { return [options] }
        var boundByTokens = options
        options.requestsPerMinute = 3000
        boundByTokens.inputTokensPerMinute = 600_000
        boundByTokens.requests = 140
        return [options, boundByTokens]
    }
}
