import ArgumentParser
import Chaos

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

    @Option(help: ArgumentHelp("Where chance begins.", valueName: "number"))
    var seed: UInt64 = 1

    func validate() throws {
        guard stops >= 1 else { throw ValidationError("--stops: expected a number from 1.") }
        guard (2...3600).contains(lease) else { throw ValidationError("--lease: expected 2 to 3600 seconds.") }
    }

    func run() async throws {
        try await Drill.report { folder, logger in
            try await ZombieDrill.run(
                stops: stops, leaseSeconds: lease, seed: seed, folder: folder, logger: logger, tell: Drill.tell)
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

    @Option(help: ArgumentHelp("Where chance begins.", valueName: "number"))
    var seed: UInt64 = 1

    func validate() throws {
        guard cuts >= 1 else { throw ValidationError("--cuts: expected a number from 1.") }
    }

    func run() async throws {
        try await Drill.report { folder, logger in
            try await CommitDrill.run(cuts: cuts, seed: seed, folder: folder, logger: logger, tell: Drill.tell)
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

    func validate() throws {
        guard repetitions >= 0 else { throw ValidationError("--repetitions: expected a number from 0.") }
        guard (0...100).contains(probes) else { throw ValidationError("--probes: expected 0 to 100.") }
        guard repetitions + probes > 0 else { throw ValidationError("--repetitions and --probes: one of them must be above 0.") }
    }

    func run() async throws {
        try await Drill.report { folder, logger in
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

    func validate() throws {
        guard assessments >= 1 else { throw ValidationError("--assessments: expected a number from 1.") }
        guard replays >= 0 else { throw ValidationError("--replays: expected a number from 0.") }
    }

    func run() async throws {
        try await Drill.report { folder, logger in
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

    func validate() throws {
        guard jumps >= 1 else { throw ValidationError("--jumps: expected a number from 1.") }
        guard ClockDrill.isAvailable else {
            throw ValidationError("\(ClockDrill.library) is not there; install Debian's package 'faketime'.")
        }
    }

    func run() async throws {
        try await Drill.report { folder, logger in
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

    func validate() throws {
        guard rounds >= 1 else { throw ValidationError("--rounds: expected a number from 1.") }
        guard seconds >= 1 else { throw ValidationError("--seconds: expected a number from 1.") }
    }

    func run() async throws {
        try await Drill.report { folder, logger in
            try await SnapshotDrill.run(
                rounds: rounds, roundSeconds: seconds, folder: folder, logger: logger, tell: Drill.tell)
        }
    }
}
