import ArgumentParser
import Chaos
import Foundation
import Logging

/// `chaos zombies`
struct ZombiesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "zombies",
        abstract: "Stop processes for one and a half times as long as their leases last, and let them go on.",
        discussion: "Two processes of each service share the work. What one held is another's when it goes on.")

    @Option(help: ArgumentHelp("How often a process is stopped.", valueName: "count"))
    var stops = 20

    @Option(help: ArgumentHelp("How long a lease lasts.", valueName: "seconds"))
    var lease = 2

    @OptionGroup var common: DrillOptions

    func validate() throws {
        guard stops >= 1, (2...3600).contains(lease) else { throw ValidationError("Expected 1 stop, and leases of 2 to 3600 s.") }
    }

    func run() async throws {
        try await common.report { folder, logger in
            try await ZombieDrill.run(
                stops: stops, leaseSeconds: lease, seed: common.seed, folder: folder, logger: logger, tell: Drill.tell)
        }
    }
}

/// `chaos commits`
struct CommitsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "commits",
        abstract: "Cut connections to the database at commits, so that nobody knows whether they were made.")

    @Option(help: ArgumentHelp("How many commits are cut.", valueName: "count"))
    var cuts = 100

    @OptionGroup var common: DrillOptions

    func validate() throws {
        guard cuts >= 1 else { throw ValidationError("--cuts: expected a number from 1.") }
    }

    func run() async throws {
        try await common.report { folder, logger in
            try await CommitDrill.run(cuts: cuts, seed: common.seed, folder: folder, logger: logger, tell: Drill.tell)
        }
    }
}

/// `chaos links`
struct LinksCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "links",
        abstract: "Swallow, half-close, reset and trickle what goes between services, their database and their clients.",
        discussion: "Each fault must be noticed within 20 s, and every connection must be had again once it is over.")

    @Option(help: ArgumentHelp("Times each fault is met by each connection of the running services.", valueName: "count"))
    var repetitions = 2

    @Option(help: ArgumentHelp("Pools, and clients, that meet each fault side by side.", valueName: "count"))
    var probes = 10

    @OptionGroup var common: DrillOptions

    func validate() throws {
        guard repetitions >= 0, (0...100).contains(probes), repetitions + probes > 0 else {
            throw ValidationError("Expected repetitions, or 1 to 100 probes.")
        }
    }

    func run() async throws {
        try await common.report { folder, logger in
            try await LinkDrill.run(
                repetitions: repetitions, probes: probes, folder: folder, logger: logger, tell: Drill.tell)
        }
    }
}

/// `chaos provider`
struct ProviderCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "provider",
        abstract: "Let the provider be slow, refuse, break off and talk nonsense, and balance the books.")

    @Option(help: ArgumentHelp("How many assessments.", valueName: "count"))
    var assessments = 60

    @Option(help: ArgumentHelp("How often everything that the provider service has told is told again.", valueName: "count"))
    var replays = 3

    @OptionGroup var common: DrillOptions

    func validate() throws {
        guard assessments >= 1, replays >= 0 else { throw ValidationError("Expected at least 1 assessment and 0 replays.") }
    }

    func run() async throws {
        try await common.report { folder, logger in
            try await ProviderDrill.run(
                assessments: assessments, replays: replays, folder: folder, logger: logger, tell: Drill.tell)
        }
    }
}

/// `chaos clocks`
struct ClocksCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clocks",
        abstract: "Let each service's clock be an hour wrong, the two in opposite directions, and jump.",
        discussion: "Takes Debian's package 'faketime'. Only the wall clock is wrong: the monotonic one is nobody's to set.")

    @Option(help: ArgumentHelp("How often the clocks jump.", valueName: "count"))
    var jumps = 20

    @OptionGroup var common: DrillOptions

    func validate() throws {
        guard jumps >= 1 else { throw ValidationError("--jumps: expected a number from 1.") }
        guard ClockDrill.isAvailable else {
            throw ValidationError("\(ClockDrill.library) is not there; install Debian's package 'faketime'.")
        }
    }

    func run() async throws {
        try await common.report { folder, logger in
            try await ClockDrill.run(jumps: jumps, folder: folder, logger: logger, tell: Drill.tell)
        }
    }
}

/// `chaos snapshot`
struct SnapshotCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "snapshot",
        abstract: "Hold an old snapshot of the database open, and measure what is done meanwhile.")

    @Option(help: ArgumentHelp("Rounds with a snapshot, and as many without.", valueName: "count"))
    var rounds = 3

    @Option(help: ArgumentHelp("How long a round is.", valueName: "seconds"))
    var seconds = 20

    @OptionGroup var common: DrillOptions

    func validate() throws {
        guard rounds >= 1, seconds >= 1 else { throw ValidationError("Expected at least 1 round of 1 s.") }
    }

    func run() async throws {
        try await common.report { folder, logger in
            try await SnapshotDrill.run(
                rounds: rounds, roundSeconds: seconds, folder: folder, logger: logger, tell: Drill.tell)
        }
    }
}

/// What these drills share.
struct DrillOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Where chance begins.", valueName: "number"))
    var seed: UInt64 = 1

    /// Runs a drill and prints its report.
    func report<Report: Encodable>(_ body: (String, Logger) async throws -> Report) async throws {
        print(try Drill.json(try await Drill.run(body)))
    }
}
