import ArgumentParser
import CJCore
import FoundationEssentials
import Glibc

/// `huleedu plan`
struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Tell what an assessment will probably take, by simulated runs.",
        discussion: """
            Plays assessments with essays of known ability and a judge that follows the Bradley–Terry model, chooses pairs and stops as \
            'huleedu rank' does, and tells how many comparisons that took and how good the rankings were. Nothing is started and nothing \
            is paid for.

            EXAMPLES
              huleedu plan 30
              huleedu plan 120 --precision 0.9 --spread 3 --price 0.0023usd
              huleedu plan 60 --tau 0.8
              huleedu plan 30 --pairing rounds --levels 2
            """)

    private static let essayRange = 2...1000
    private static let runRange = 1...1000
    private static let spreadRange = 0.0...10.0
    private static let highestPrice = Money(nanodollars: 1_000 * Money.nanodollarsPerDollar)

    @Argument(help: ArgumentHelp("How many essays, 2 to 1000.", valueName: "essays"), transform: { try Self.essays($0) })
    var essays: Int

    @Option(
        help: ArgumentHelp("The reliability to reach, 0.5 to 0.99. (default: 0.85)", valueName: "reliability"),
        transform: { try EffortOptions.precision($0) })
    var precision: Double?

    @Option(
        help: ArgumentHelp("Kendall's tau to the true order to reach instead, 0.3 to 0.95.", valueName: "number"),
        transform: { try EffortOptions.tau($0) })
    var tau: Double?

    @Option(
        help: ArgumentHelp(
            "Standard deviation of the essays' abilities in logits, 0 to 10. Without it runs differ, mostly from 1 to 5.",
            valueName: "logits"),
        transform: { try Self.spread($0) })
    var spread: Double?

    @Option(
        help: ArgumentHelp("How pairs are chosen, as for 'huleedu rank'.", valueName: "information|rounds|matching|random"))
    var pairing: PairingChoice = .information

    @Option(
        help: ArgumentHelp("Answers that the judge chooses from, 2 or 4. (default: 4)", valueName: "number"),
        transform: { try Self.levels($0) })
    var levels = 4

    @Option(
        help: ArgumentHelp("Comparisons at most. Without it as many as 'huleedu rank' would allow.", valueName: "comparisons"),
        transform: { try Self.comparisons($0) })
    var budget: Int?

    @Option(
        help: ArgumentHelp("Comparisons with the judge at once, 1 to 256. (default: 16)", valueName: "number"),
        transform: { try EffortOptions.concurrency($0) })
    var concurrency = 16

    @Option(help: ArgumentHelp("Simulated runs, 1 to 1000. (default: 20)", valueName: "number"), transform: { try Self.runs($0) })
    var runs = 20

    @Option(
        help: ArgumentHelp("What one comparison costs, as in 0.0023usd.", valueName: "money"), transform: { try Self.price($0) })
    var price: Money?

    @Option(
        help: ArgumentHelp("A whole number from which every simulated run follows. (default: 1)", valueName: "number"),
        transform: { try EffortOptions.seed($0) })
    var seed: UInt64 = 1

    @Flag(help: "Write JSON.")
    var json = false

    func run() async throws {
        let status = await CommandFailure.reported {
            let plan = await simulated(goal: try EffortOptions.goal(precision: precision, tau: tau))
            try StandardOutput.write(json ? plan.json(pricePerComparison: price).text() : plan.text(pricePerComparison: price))
            return 0
        }
        throw ExitCode(status)
    }

    private func simulated(goal: StoppingGoal) async -> RunPlan {
        let most = budget ?? StoppingRule.usualMaximumComparisons(items: essays)
        let assumptions = RunPlan.Assumptions(
            essays: essays, goal: goal, spread: spread, pairing: pairing, levels: levels, mostComparisons: most,
            concurrency: concurrency)
        let isTerminal = isatty(STDERR_FILENO) == 1
        let plan = await RunPlan.simulate(assumptions, runs: runs, seed: seed) { done in
            if isTerminal { StandardError.write("\r\(done) of \(runs) runs") }
        }
        if isTerminal { StandardError.write("\r\u{1B}[K") }
        return plan
    }

    private static func essays(_ text: String) throws(CommandError) -> Int {
        try number(text, in: essayRange, what: "number of essays")
    }

    private static func runs(_ text: String) throws(CommandError) -> Int {
        try number(text, in: runRange, what: "number of runs")
    }

    private static func comparisons(_ text: String) throws(CommandError) -> Int {
        try number(text, in: 1...1_000_000, what: "number of comparisons")
    }

    private static func levels(_ text: String) throws(CommandError) -> Int {
        guard let levels = Int(text), levels == 2 || levels == 4 else {
            throw CommandError(.optionOutOfRange, "\(quoted(text)) is no number of answers; expected 2 or 4.")
        }
        return levels
    }

    private static func number(_ text: String, in range: ClosedRange<Int>, what: String) throws(CommandError) -> Int {
        guard let value = Int(text), range.contains(value) else {
            throw CommandError(
                .optionOutOfRange,
                "\(quoted(text)) is no \(what); expected a whole number from \(range.lowerBound) to \(range.upperBound).")
        }
        return value
    }

    private static func spread(_ text: String) throws(CommandError) -> Double {
        guard let value = Double(text), spreadRange.contains(value) else {
            throw CommandError(.optionOutOfRange, "\(quoted(text)) is no spread; expected logits from 0 to 10.")
        }
        return value
    }

    private static func price(_ text: String) throws(CommandError) -> Money {
        guard case .money(let money) = try Budget(parsing: text), money <= highestPrice else {
            throw CommandError(
                .budgetUnreadable,
                "\(quoted(text)) is no price; expected at most \(highestPrice.exactDollars) US dollars, as in 0.0023usd.")
        }
        return money
    }
}
