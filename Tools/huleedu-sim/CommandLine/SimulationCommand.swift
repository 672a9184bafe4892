public import ArgumentParser
import Simulation

/// `huleedu-sim`
@main
struct SimulationCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "huleedu-sim",
        abstract: "Simulate assessments under deaths, delays, repetitions and disorder, a seed for each run.",
        discussion: """
            The handlers are the service's own; database, provider, clock and chance are simulated. Ends with 1 when a run broke a rule, and \
            prints its seed and the rule.
            """)

    @Option(help: ArgumentHelp("The first seed.", valueName: "number"))
    var first: UInt64 = 1

    @Option(help: ArgumentHelp("How many runs.", valueName: "count"))
    var count: UInt64 = 100_000

    @Option(help: ArgumentHelp("How many runs at the same time.", valueName: "count"))
    var threads: Int = 1

    @Option(
        help: """
            How scales are estimated: quick, with a given spread of the essays, or service, as the service does it, which takes most of the \
            time. The rules hold of any figures.
            """)
    var estimation = Simulation.Estimation.quick

    @Flag(help: "Tell what happens, of the first seed only.")
    var trace = false

    func validate() throws {
        guard count > 0, first.addingReportingOverflow(count).overflow == false else {
            throw ValidationError("--count: expected at least one run, and seeds below 2^64.")
        }
        guard threads > 0 else { throw ValidationError("--threads: expected at least one.") }
    }

    func run() throws {
        if trace {
            let (events, outcome) = Simulation.trace(seed: first, estimation: estimation)
            events.forEach { print($0) }
            return try end(outcome)
        }
        let start = ContinuousClock.now
        let outcome = Simulation.run(
            seeds: first..<first + count, estimation: estimation, threads: threads, failuresAtMost: 10)
        let time = start.duration(to: .now)
        print("\(outcome.runs) runs, seeds from \(first), on \(threads) threads, in \(time)")
        try end(outcome)
    }

    private func end(_ outcome: Simulation.Outcome) throws {
        print("assessments ended: " + outcome.endingsByName.map { "\($0.name) \($0.count)" }.joined(separator: ", "))
        for failure in outcome.failures {
            print("seed \(failure.seed):")
            failure.violations.forEach { print("  \($0)") }
        }
        guard outcome.failures.isEmpty else { throw ExitCode.failure }
        print("every rule held in \(outcome.runs == 1 ? "it" : "each")")
    }
}

extension Simulation.Estimation: ExpressibleByArgument {}
