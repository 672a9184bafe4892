import Contracts
import CurlClient
import EventLog
import JobQueue
import Logging
import Postgres
import PostgresTestSupport
import Synchronization
import Testing
import Wire

@testable import LLMProviderService

/// The service on a database of its own, before a vendor that the test scripts.
struct ServiceFixture: Sendable {
    let database: TestDatabase
    let pool: Pool
    let configuration: LLMProviderConfiguration
    let http: CurlClient
    let vendor: VendorServer
    let log: CapturedLog
    let metrics: LLMProviderMetrics
    let service: LLMProvider

    var store: RequestStore { RequestStore(pool: pool) }

    /// A worker besides the service's own.
    func worker() -> RequestWorker {
        let lanes = Lanes(configuration)
        return RequestWorker(
            store: store, configuration: configuration, parser: SubmissionParser(configuration: configuration, lanes: lanes),
            http: http, work: Bell(), events: Bell(), logger: log.logger, lanes: lanes, metrics: metrics)
    }

    /// Another process on the same database, which reaches the vendor at another address.
    func another(before vendor: VendorServer, http: CurlClient) -> LLMProvider {
        var configuration = configuration
        for index in configuration.providers.indices { configuration.providers[index].baseURL = vendor.url }
        return LLMProvider(
            pool: pool, bell: Bell(), configuration: configuration, http: http, batchHTTP: http,
            metrics: LLMProviderMetrics(), logger: log.logger)
    }

    @discardableResult
    func submit(_ request: LLMV1.SubmitRequest) async throws -> LLMV1.SubmitResponse {
        try await service.submit(request, context: .test)
    }

    func get(_ id: String) async throws -> LLMV1.GetResponse {
        try await service.get(LLMV1.GetRequest(requestID: id), context: .test)
    }

    func cancel(_ owner: String) async throws -> Int {
        Int(try await service.cancel(LLMV1.CancelRequest(owner: owner), context: .test).cancelled)
    }

    /// The result of a request, once there is one.
    func result(_ id: String) async throws -> LLMV1.Result {
        var result: LLMV1.Result?
        try await eventually {
            result = try await get(id).result
            return result != nil
        }
        return try #require(result)
    }

    var sequencer: Sequencer {
        Sequencer(log: RequestStore.log, pool: pool, appended: Bell(), sequenced: Bell(), logger: log.logger)
    }

    /// The events so far, checked for gaps.
    func events() async throws -> [LLMV1.Result] {
        let sequencer = sequencer
        // What was asked for before holds a lease.
        try await sequencer.takeOver()
        try await sequencer.drain()
        let events = try await RequestStore.log.read(after: 0, limit: 1000, from: pool)
        #expect(events.map(\.position) == (0..<UInt64(events.count)).map { $0 + 1 })
        return try events.map { try #require(try EventsV1.LLMRequestFinished(decoding: $0.payload).result) }
    }

    /// Claims what is due, as a worker does that then dies.
    func claim(_ limit: Int = 10) async throws -> [ClaimedRequest] {
        _ = try await store.rescue(besides: [])
        _ = try await store.promote()
        var (kinds, lowWater) = (KindSearch(), LowWater())
        var claims: [ClaimedRequest] = []
        for flow in try await store.flows(search: &kinds) where claims.count < limit {
            claims += try await store.claim([flow: limit - claims.count], leaseSeconds: 60, lowWater: &lowWater).claims
        }
        return claims
    }

    /// Lets the time of requests be over.
    func expire(_ ids: [String]) async throws {
        try await pool.execute(
            "UPDATE llm_provider.account SET expires_at = now() - interval '1 second' WHERE request_id = ANY(\(ids)::text[])")
    }

    func expireLeases() async throws {
        try await pool.execute(
            "UPDATE llm_provider.job_lease SET lease_until = now() - interval '1 second'")
    }

    /// Runs the service for as long as the test takes.
    func running(_ test: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await service.run() }
            try await test()
            group.cancelAll()
        }
    }
}

extension RequestStore {
    /// Ends one request.
    func finish(
        _ claim: ClaimedRequest, with result: LLMV1.Result, isSuccess: Bool, entry: LedgerEntry,
        refusals: [LaneID: LaneRecord] = [:]
    ) async throws -> Bool {
        try await finish([Ending(claim, with: result, isSuccess: isSuccess, entry: entry, refusals: refusals)])[0]
    }

    /// Ends a request that cost nothing.
    func finish(_ claim: ClaimedRequest, with result: LLMV1.Result, isSuccess: Bool) async throws -> Bool {
        try await finish(
            claim, with: result, isSuccess: isSuccess,
            entry: LedgerEntry(claim, parsed: nil, day: .today, usage: TokenUsage(), bill: nil))
    }
}

/// Runs a test with a service that works only where the test says so.
func withService(
    dialect: ProviderConfiguration.Dialect = .anthropicMessages,
    answer: @escaping @Sendable (VendorServer.Request) -> VendorServer.Answer = { _ in .verdict },
    configure: (inout LLMProviderConfiguration) -> Void = { _ in },
    connect: (inout PoolConfiguration) -> Void = { _ in },
    test: (ServiceFixture) async throws -> Void
) async throws {
    let vendor = VendorServer(answer)
    defer { vendor.stop() }
    var configuration = LLMProviderConfiguration.test(url: vendor.url, dialect: dialect)
    configure(&configuration)
    let database = try await TestDatabase.make(migrations: [RequestStore.migrator])
    let log = CapturedLog()
    var connection = PoolConfiguration(connectionString: database.connectionString, size: 8)
    connect(&connection)
    let pool = Pool(connection, logger: log.logger)
    let http = CurlClient()
    let metrics = LLMProviderMetrics()
    let fixture = ServiceFixture(
        database: database, pool: pool, configuration: configuration, http: http, vendor: vendor, log: log,
        metrics: metrics,
        service: LLMProvider(
            pool: pool, bell: Bell(), configuration: configuration, http: http, batchHTTP: http, metrics: metrics,
            logger: log.logger))
    let outcome: Result<Void, any Error>
    do {
        outcome = .success(try await test(fixture))
    } catch {
        outcome = .failure(error)
    }
    await http.shutdown()
    await pool.close()
    try outcome.get()
}

extension LLMProviderConfiguration {
    /// Two providers at one address, and short pauses.
    static func test(
        url: String = "http://127.0.0.1:1", dialect: ProviderConfiguration.Dialect = .anthropicMessages
    ) -> LLMProviderConfiguration {
        var configuration = LLMProviderConfiguration(
            providers: ["vendor", "other"].map {
                ProviderConfiguration(name: $0, dialect: dialect, baseURL: url, apiKey: Secret(Sample.key), isSimulated: false)
            })
        configuration.pollInterval = .milliseconds(5)
        configuration.rescueInterval = .milliseconds(5)
        configuration.retry.firstPause = .milliseconds(1)
        return configuration
    }
}

extension ServerContext {
    static var test: ServerContext {
        ServerContext(
            method: MethodDescriptor(service: "test", method: "Test"), metadata: Metadata(), deadline: .after(.seconds(60)),
            peer: "test")
    }
}

/// Everything that was logged, in one text.
final class CapturedLog: Sendable {
    private let lines = Mutex<[String]>([])

    var text: String { lines.withLock { $0.joined(separator: "\n") } }

    var logger: Logger {
        var logger = Logger(label: "captured") { _ in Handler(log: self) }
        logger.logLevel = .trace
        return logger
    }

    private struct Handler: LogHandler {
        let log: CapturedLog
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            log.lines.withLock {
                $0.append("\(event.level) \(event.message) \(metadata) \(event.metadata ?? [:])")
            }
        }
    }
}

/// The condition was not met in time.
struct ConditionTimedOut: Error {}

/// Waits until a condition holds, at most far longer than any should take.
func eventually(within limit: Duration = .seconds(60), _ condition: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + limit
    while try await !condition() {
        guard ContinuousClock.now < deadline else { throw ConditionTimedOut() }
        try await Task.sleep(for: .milliseconds(3))
    }
}
