import ArgumentParser
import Chaos
import Foundation
import Logging

/// `chaos`
@main
struct ChaosCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chaos",
        abstract: "Drills: what becomes of assessments when processes die under them and connections fail.",
        discussion: """
            The services run as processes of their own on a PostgreSQL server made for the drill, with a fake provider (a simulated judge) that \
            keeps its own ledger. Ends with 0 when every rule held, with 1 when one was broken, and says which.
            """,
        subcommands: [
            KillCommand.self, PointsCommand.self, PaceCommand.self, ZombiesCommand.self, CommitsCommand.self, LinksCommand.self,
            ProviderCommand.self, RequestsCommand.self, ClocksCommand.self, SnapshotCommand.self, LimitsCommand.self,
            ResultsCommand.self,
        ])
}

/// `chaos kill`
struct KillCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kill",
        abstract: "Kill services, the database server and its sessions at random moments while assessments run.",
        discussion: """
            After each kill the rules that hold at any moment are checked, at the end those that hold at rest: nothing lost, nothing \
            twice, every assessment ended and its end told once.
            """)

    @Option(help: ArgumentHelp("How often a service is killed, each as often as the others.", valueName: "count"))
    var services = 100

    @Option(help: ArgumentHelp("How often the database server is killed.", valueName: "count"))
    var server = 20

    @Option(
        help: ArgumentHelp(
            "How often the database server is shut down at once, as by 'pg_ctl -m immediate'.", valueName: "count"))
    var immediate = 0

    @Option(
        help: ArgumentHelp(
            "How often the process behind one session is killed, at which the server ends all the others.", valueName: "count"))
    var backends = 0

    @Option(help: ArgumentHelp("How often every session is terminated, again and again.", valueName: "count"))
    var storms = 0

    @Option(help: ArgumentHelp("Where chance begins.", valueName: "number"))
    var seed: UInt64 = 1

    @Flag(help: "Print the report as JSON.")
    var json = false

    func validate() throws {
        let counts = [services, server, immediate, backends, storms]
        guard counts.allSatisfy({ $0 >= 0 }), counts.contains(where: { $0 > 0 }) else {
            throw ValidationError("Kill something: the options are counts, not all of them zero.")
        }
    }

    func run() async throws {
        var options = KillDrill.Options()
        options.serviceKills = services
        options.serverKills = server
        options.immediateStops = immediate
        options.backendKills = backends
        options.storms = storms
        options.seed = seed
        let report = try await Drill.run { [options] folder, logger in
            try await KillDrill.run(options, folder: folder, logger: logger, tell: Drill.tell)
        }
        print(json ? try Drill.json(report) : Self.text(report))
    }

    private static func text(_ report: KillDrill.Report) -> String {
        """
        killed          services \(report.serviceKills) times, the database server \(report.serverKills) times
                        and \(report.immediateStops) times at once, processes behind sessions \(report.backendKills) times, storms \(report.storms)
        assessments     \(report.assessments), all ended once
        judgements      \(report.judgements) stored; the provider answered \(report.answeredCalls) calls, \(report.repeatedCalls) of them again
        recovery        after a service's death \(Self.text(report.serviceRecovery))
                        after the server's or its sessions' \(Self.text(report.serverRecovery))
                        of it with the server back \(Self.text(report.resumption))
        heard again     by a listener \(Self.text(report.listening))
        judge           simulated
        """
    }

    private static func text(_ times: Distribution) -> String {
        "p50 \(times.p50) ms, p90 \(times.p90) ms, p99 \(times.p99) ms, longest \(times.maximum) ms (\(times.count) times)"
    }
}

/// `chaos points`
struct PointsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "points",
        abstract: "Kill each service at every named point between its round trips to the database.",
        discussion: """
            A first run tells which points there are. For each of them a small assessment is then run with a service that kills itself \
            there and is started again.

            EXAMPLES
              chaos points --lanes 6
              chaos points --fault 429:2=0.5 --at "llm-provider retry." --at "llm-provider postpone-request."
            """)

    @Option(help: ArgumentHelp("Which passages of each point to die at: 1 to this number.", valueName: "count"))
    var passages = 1

    @Option(help: ArgumentHelp("Deployments that die side by side.", valueName: "count"))
    var lanes = 4

    @Option(
        name: .customLong("fault"),
        help: ArgumentHelp(
            "What the provider does wrong, as fakeprovider takes it. May be repeated.", valueName: "fault=probability"))
    var faults: [String] = []

    @Option(
        name: .customLong("at"),
        help: ArgumentHelp("Die only at points that begin like this. May be repeated.", valueName: "service point"))
    var beginnings: [String] = []

    @Flag(help: "Print the report as JSON.")
    var json = false

    func validate() throws {
        guard passages >= 1 else { throw ValidationError("--passages: expected a number from 1.") }
        guard (1...16).contains(lanes) else { throw ValidationError("--lanes: expected 1 to 16.") }
    }

    func run() async throws {
        let report = try await Drill.run { [passages, lanes, faults, beginnings] folder, logger in
            try await PointDrill.run(
                passages: passages, lanes: lanes, faults: faults, beginnings: beginnings, folder: folder, logger: logger,
                tell: Drill.tell)
        }
        guard !json else { return print(try Drill.json(report)) }
        let missed = report.missed.isEmpty ? "" : "; never came to \(report.missed.joined(separator: ", "))"
        print("\(report.points.count) points, died at \(report.deaths) times\(missed); every rule held; judge simulated")
    }
}

/// `chaos pace`
struct PaceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pace",
        abstract: "Time whole assessments against what the provider alone would have taken; nobody dies.")

    @Option(help: ArgumentHelp("Essays of each assessment.", valueName: "count"))
    var essays = 4

    @Option(help: ArgumentHelp("Comparisons of each assessment.", valueName: "count"))
    var comparisons = 6

    @Option(help: ArgumentHelp("Comparisons with the judge at once.", valueName: "count"))
    var atOnce = 3

    @Option(help: ArgumentHelp("What the provider takes over each call.", valueName: "milliseconds"))
    var latency = 1000

    @Option(help: ArgumentHelp("Assessments, one after the other.", valueName: "count"))
    var repetitions = 5

    @Flag(help: "Print the report as JSON.")
    var json = false

    func validate() throws {
        guard essays >= 2, comparisons >= 1, atOnce >= 1, latency >= 0, repetitions >= 1 else {
            throw ValidationError("Expected at least 2 essays, 1 comparison, 1 at once and 1 repetition.")
        }
    }

    func run() async throws {
        let report = try await Drill.run { [self] folder, logger in
            try await PaceDrill.run(
                essays: essays, comparisons: comparisons, atOnce: atOnce, latencyMilliseconds: latency,
                repetitions: repetitions, folder: folder, logger: logger)
        }
        guard !json else { return print(try Drill.json(report)) }
        print(
            """
            provider        \(report.providerMilliseconds) ms for \(report.comparisons) comparisons, \(report.atOnce) at once
            assessments     p50 \(report.assessments.p50) ms, longest \(report.assessments.maximum) ms (\(report.assessments.count) times)
            ratio           \(Int((report.ratio * 100).rounded())) % of the provider's time; judge simulated
            """)
    }
}

/// What the drills share.
enum Drill {
    /// Runs a drill in a folder that goes afterwards.
    static func run<Report>(_ body: (String, Logger) async throws -> Report) async throws -> Report {
        let folder = "/tmp/huleedu-chaos-\(ProcessInfo.processInfo.processIdentifier)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
        defer {
            // What cannot be removed is left to the system's own cleaning.
            try? FileManager.default.removeItem(atPath: folder)
        }
        var logger = Logger(label: "chaos") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .critical
        return try await body(folder, logger)
    }

    /// Runs a drill and prints its report as JSON.
    static func report(_ body: (String, Logger) async throws -> some Encodable) async throws {
        print(try json(try await run(body)))
    }

    static func tell(_ line: String) {
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }

    static func json(_ report: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        return String(decoding: try encoder.encode(report), as: UTF8.self)
    }
}
