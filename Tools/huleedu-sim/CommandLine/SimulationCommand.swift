import ArgumentParser
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

    @Flag(help: "Tell what happens, of the first seed only.")
    var trace = false

    func validate() throws {
        guard count > 0, first.addingReportingOverflow(count).overflow == false else {
            throw ValidationError("--count: expected at least one run, and seeds below 2^64.")
        }
    }

    func run() throws {
        if trace {
            let (events, failure) = Simulation.trace(seed: first)
            events.forEach { print($0) }
            try end(failure.map { [$0] } ?? [], runs: 1)
            return
        }
        let clock = ContinuousClock()
        var failures: [Simulation.Failure] = []
        let time = clock.measure {
            for seed in first..<first + count {
                if let failure = Simulation.run(seed: seed) { failures.append(failure) }
                if failures.count == 10 { break }
            }
        }
        print("\(count) runs, seeds \(first) to \(first + count - 1), in \(time)")
        try end(failures, runs: count)
    }

    private func end(_ failures: [Simulation.Failure], runs: UInt64) throws {
        for failure in failures {
            print("seed \(failure.seed):")
            failure.violations.forEach { print("  \($0)") }
        }
        guard failures.isEmpty else { throw ExitCode.failure }
        print("every rule held in \(runs == 1 ? "it" : "each")")
    }
}
