import ArgumentParser
import FakeProvider
import Glibc
import Logging
import UnixSignals

@main
struct FakeProviderCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fakeprovider",
        abstract: "Serves a simulated model provider: the Messages API with its batches and an OpenAI-compatible chat route.",
        discussion: """
            It is no language model. Asked to choose between two essays it follows their qualities, given in a table, through a \
            logistic model with noise and position bias; the same seed and prompt always give the same answer. Every answer carries \
            the header x-huleedu-simulated: true.

            Once it listens it prints one line, http://HOST:PORT, on standard output. SIGTERM or SIGINT ends it.

            It also answers GET /_fake/ledger, GET /_fake/statistics and POST /_fake/reset.
            """,
        version: "0.1.0")

    @Option(help: "The address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "The port to listen on; 0 takes a free one.")
    var port = 0

    @Option(help: "What all chance is derived from.")
    var seed: UInt64 = 1

    @Option(
        name: .customLong("key"),
        help: ArgumentHelp(
            "A key to accept, with the workspace it belongs to. May be repeated; without it the key is 'simulated'.",
            valueName: "key[=workspace]"))
    var keys: [String] = []

    @Flag(help: "Accept every key; each is its own workspace.")
    var anyKey = false

    @OptionGroup(title: "Judge")
    var judge: JudgeOptions

    @OptionGroup(title: "Limits")
    var limits: LimitOptions

    @OptionGroup(title: "Faults and delays")
    var faults: FaultOptions

    @OptionGroup(title: "Message batches")
    var batches: BatchOptions

    @Option(help: ArgumentHelp("Append each call to this file, synced, before it is answered.", valueName: "file"))
    var ledger: String?

    @Flag(help: "Log connections that fail to standard error.")
    var verbose = false

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("--port lies between 0 and 65535.") }
        guard !anyKey || keys.isEmpty else { throw ValidationError("--any-key and --key exclude each other.") }
    }

    func run() async throws {
        let settings = FakeProviderConfiguration(
            host: host, port: port, seed: seed, keys: acceptedKeys, judge: judge.settings, qualities: try judge.readQualities(),
            limits: try limits.limits(), faults: try faults.plan(), batches: try batches.settings(),
            latency: try faults.latency(), ledgerFile: ledger)
        var logger = Logger(label: "fakeprovider") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = verbose ? .debug : .error
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        let provider = try FakeProvider(configuration: settings, logger: logger)
        let address = try await provider.start()
        print("http://\(address.host):\(address.port)")
        fflush(nil)
        for await _ in signals { break }
        await provider.stop()
    }

    private var acceptedKeys: [String: String] {
        guard !anyKey else { return [:] }
        guard !keys.isEmpty else { return [FakeProviderConfiguration.defaultKey: "wrkspc_default"] }
        return Dictionary(
            keys.map { text in
                let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
                return (parts.first ?? "", parts.count > 1 ? parts[1] : "wrkspc_default")
            }, uniquingKeysWith: { _, last in last })
    }
}
