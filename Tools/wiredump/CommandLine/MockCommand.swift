import ArgumentParser
import Contracts
import Logging
import Synchronization
import UnixSignals
import Wire
import WireDump
import WireNIO

/// `wiredump mock`
struct MockCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mock",
        abstract: "Answer calls as fixtures say, in place of a server.",
        discussion: """
            A call is answered as the fixture with its method and its requests says ('wiredump help replay' tells what fixtures are). Where \
            several are the same, they are taken in their order, and the last again and again. A call that no fixture has is NOT_FOUND, \
            and told on standard error. Metadata is not looked at. Who asks for contracts is told those of the fixtures. \
            The address at which it listens is told on standard error; SIGINT and SIGTERM end it. Example:

              wiredump mock evening.jsonl --listen 127.0.0.1:7702
            """)

    @Argument(help: ArgumentHelp("Files of fixtures; - is standard input.", valueName: "file"), completion: .file())
    var files: [String]

    @Option(help: ArgumentHelp("Where to listen, on this machine; port 0 takes any that is free.", valueName: "host:port"))
    var listen = "127.0.0.1:0"

    @OptionGroup
    var contracts: ContractOptions

    func validate() throws {
        _ = try Address(listen, "--listen")
        guard !files.isEmpty else { throw ValidationError("Expected a file of fixtures.") }
    }

    func run() async throws {
        let address = try Address(listen, "--listen")
        let schema = try contracts.schema
        let fixtures = try FixtureFile.read(files, FixtureCodec(schema: schema)).map(\.fixture)
        let recording = Recording(RecordedAnswers(fixtures, schema: schema))
        var services: [any RPCService] = Dictionary(grouping: Set(fixtures.map(\.method)), by: \.service).map {
            service, methods in
            RecordedService(
                name: service,
                kinds: Dictionary(
                    uniqueKeysWithValues: methods.map { ($0.method, schema.method(service, $0.method)?.kind) }),
                recording: recording)
        }
        if !services.contains(where: { $0.name == WireV1.ReflectionServer.serviceName }) {
            let names = services.map(\.name).sorted()
            services.append(
                WireV1.ReflectionServer(MockReflection(names: names, descriptorSet: try contracts.descriptorSetBytes)))
        }
        let server = WireServer(
            services: services, configuration: ServerConfiguration(host: address.host, port: address.port),
            logger: Logger(label: "wiredump") { _ in SwiftLogNoOpLogHandler() })
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        do {
            Output.complain("listening at \(try await server.start())")
        } catch let error as ServerError {
            throw ValidationError("--listen: \(error.message).")
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.serve() }
            for await _ in signals { break }
            server.beginGracefulShutdown()
            try await group.waitForAll()
        }
    }
}

/// What all services of a mock answer from.
private final class Recording: Sendable {
    private let answers: Mutex<RecordedAnswers>

    init(_ answers: sending RecordedAnswers) {
        self.answers = Mutex(answers)
    }

    func answer(_ method: MethodDescriptor, _ requests: [[UInt8]]) throws(RPCError) -> CallFixture {
        guard let fixture = answers.withLock({ $0.answer(method, requests) }) else {
            Output.complain("no fixture has this call of \(method)")
            throw RPCError(.notFound, "no fixture has this call")
        }
        return fixture
    }
}

/// Tells the contracts by which the fixtures were read.
private struct MockReflection: WireV1.ReflectionService {
    let names: [String]
    let descriptorSet: [UInt8]

    func listServices(_ request: WireV1.ListServicesRequest, context: ServerContext) -> WireV1.ListServicesResponse {
        WireV1.ListServicesResponse(services: names)
    }

    func getContracts(_ request: WireV1.GetContractsRequest, context: ServerContext) -> WireV1.GetContractsResponse {
        WireV1.GetContractsResponse(descriptorSet: descriptorSet)
    }
}

/// A service that answers what was recorded of it.
private struct RecordedService: RPCService {
    let name: String
    let kinds: [String: StreamKind?]
    let recording: Recording

    var methods: [String] { kinds.compactMap { $0.value == nil ? $0.key : nil } }
    var streams: [String: StreamKind] { kinds.compactMapValues { $0 } }

    func handle(method: String, payload: [UInt8], context: ServerContext) async throws -> [UInt8] {
        let fixture = try recording.answer(context.method, [payload])
        try fixture.throwStatus()
        return fixture.answerBytes.first ?? []
    }

    func serve(
        method: String, requests: InboundMessages, responses: OutboundMessages, context: ServerContext
    ) async throws {
        var received: [[UInt8]] = []
        for try await request in requests { received.append(request) }
        let fixture = try recording.answer(context.method, received)
        for answer in fixture.answerBytes { try await responses.send(answer) }
        try fixture.throwStatus()
    }
}

extension CallFixture {
    /// Ends the call as it was recorded, where that was not well.
    fileprivate func throwStatus() throws(RPCError) {
        if status != .ok { throw RPCError(status, "as it was recorded") }
    }
}
