import ArgumentParser
import ChaosProxy
import Foundation
import UnixSignals

/// `chaosproxy`
@main
struct ChaosProxyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chaosproxy",
        abstract: "A TCP proxy that spoils the connections through it, to see what clients and servers make of that.",
        discussion: """
            Faults: \(Fault.notation).

            While it runs it takes commands on standard input, one a line, and answers each with one line on standard output: a fault, which \
            holds from then on for all connections; 'arm MOMENT [COUNT]' with the moments before, after and reply, which cuts at the \
            next finds of --cut-at or --cut-at-statement; 'status'; 'quit'. Its end of input does not end it; SIGTERM and SIGINT do.

            What it does is written to standard error as lines of JSON, or to the file of --log.
            """)

    @Option(help: ArgumentHelp("Where to listen.", valueName: "host:port"))
    var listen = "127.0.0.1:0"

    @Option(help: ArgumentHelp("The server: an address, or the path of a socket file.", valueName: "host:port|path"))
    var to: String

    @Option(help: "What to do at first.")
    var fault = "none"

    @Option(help: ArgumentHelp("Cut connections where a client sends this, when armed.", valueName: "text"))
    var cutAt: String?

    @Option(help: ArgumentHelp("Cut connections where a PostgreSQL client sends this statement, when armed.", valueName: "sql"))
    var cutAtStatement: String?

    @Option(
        help: ArgumentHelp("Choose among these faults by chance, with times without any in between.", valueName: "fault,fault,…"))
    var random: String?

    @Option(help: "Where chance begins; without it anywhere, and it is told where.")
    var seed: UInt64?

    @Option(help: ArgumentHelp("Longest time without a fault, of those by chance.", valueName: "ms"))
    var longestPeace = 5000

    @Option(help: ArgumentHelp("Longest time of one fault, of those by chance.", valueName: "ms"))
    var longestFault = 5000

    @Option(help: ArgumentHelp("Append what it does to this file.", valueName: "file"))
    var log: String?

    func validate() throws {
        _ = try Self.address(listen)
        _ = try server
        _ = try Self.fault(fault)
        _ = try randomFaults
        guard longestPeace >= 1, longestFault >= 1 else { throw ValidationError("Times are at least 1 ms.") }
        guard cutAt != "", cutAtStatement != "" else { throw ValidationError("There is nothing to find in an empty text.") }
    }

    func run() async throws {
        let (host, port) = try Self.address(listen)
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        let trigger = CutRule.Trigger()
        let journal = try Journal(path: log)
        let rules =
            (cutAt.map { [CutRule.bytes(Array($0.utf8), .upstream, trigger: trigger)] } ?? [])
            + (cutAtStatement.map { [CutRule.statement($0, trigger: trigger)] } ?? [])
        let proxy = try await ChaosProxy.start(
            host: host, port: port, to: try server, fault: try Self.fault(fault), rules: rules, tell: journal.write)
        Self.say("\(proxy.host):\(proxy.port)")
        let session = Session(proxy: proxy, trigger: rules.isEmpty ? nil : trigger)
        let schedule = try randomFaults
        let seed = seed ?? .random(in: 0...UInt64(UInt32.max))
        if !schedule.isEmpty { Self.say("seed \(seed)") }
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                for await _ in signals { break }
                return true
            }
            group.addTask { await session.run() }
            if !schedule.isEmpty {
                let steps = RandomSchedule(
                    seed: seed, faults: schedule, peace: 1...longestPeace, duration: 1...longestFault)
                group.addTask { await session.run(steps) }
            }
            for await isEnd in group where isEnd { break }
            group.cancelAll()
            await proxy.stop()
            // The thread that waits for a line goes with the process.
            Foundation.exit(0)
        }
    }

    private var server: ChaosProxy.Server {
        get throws {
            if to.contains("/") { return .file(to) }
            let (host, port) = try Self.address(to)
            guard port > 0 else { throw ValidationError("--to: expected a port from 1 to 65535.") }
            return .address(host: host, port: port)
        }
    }

    private var randomFaults: [Fault] {
        get throws { try (random ?? "").split(separator: ",").map { try Self.fault(String($0)) } }
    }

    private static func fault(_ text: String) throws -> Fault {
        guard let fault = Fault(text) else { throw ValidationError("'\(text)' is no fault. Faults: \(Fault.notation).") }
        return fault
    }

    private static func address(_ text: String) throws -> (host: String, port: Int) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]), (0...65_535).contains(port),
            colon != text.startIndex
        else { throw ValidationError("'\(text)': expected HOST:PORT.") }
        let host = text[..<colon]
        return (host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : String(host), port)
    }

    static func say(_ line: String) {
        FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }
}
