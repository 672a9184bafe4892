import Contracts
import CurlClient
import FakeProvider
import Postgres
import Testing

@testable import LLMProviderService

extension BatchConfiguration {
    /// With short pauses.
    static func test(_ change: (inout BatchConfiguration) -> Void = { _ in }) -> BatchConfiguration {
        var settings = BatchConfiguration()
        settings.gatheringTime = .milliseconds(30)
        settings.pollInterval = .milliseconds(10)
        settings.checkInterval = .milliseconds(5)
        settings.callSpacing = .milliseconds(1)
        change(&settings)
        return settings
    }
}

/// Runs a test with a service before the provider simulator, whose batches take the time of a clock that the test moves.
func withBatches(
    _ fake: FakeProviderConfiguration = FakeProviderConfiguration(),
    settings: (inout BatchConfiguration) -> Void = { _ in }, configure: (inout LLMProviderConfiguration) -> Void = { _ in },
    test: (ServiceFixture, FakeProvider) async throws -> Void
) async throws {
    try await withFake(
        fake,
        configure: {
            $0.batches = .test(settings)
            configure(&$0)
        }, test: test)
}

extension ServiceFixture {
    static func batched(_ id: String, change: (inout LLMV1.SubmitRequest) -> Void = { _ in }) -> LLMV1.SubmitRequest {
        Sample.request(id, text: "Request \(id).") {
            $0.model = "simulated-judge"
            $0.dispatch = .byBatch
            // Without a winner among its properties the simulator fills it in without essays.
            $0.replyFormat?.jsonSchema = Array(
                #"{"type":"object","properties":{"mark":{"type":"integer"}},"required":["mark"],"additionalProperties":false}"#
                    .utf8)
            change(&$0)
        }
    }

    func submit(_ ids: [String], change: (inout LLMV1.SubmitRequest) -> Void = { _ in }) async throws {
        for id in ids { try await submit(Self.batched(id, change: change)) }
    }

    /// A worker besides the service's own, that does what the test says and then is as good as killed.
    var batchWorker: BatchWorker { batchWorker(configuration) }

    /// The same, with settings of its own.
    func batchWorker(_ configuration: LLMProviderConfiguration, http: CurlClient? = nil) -> BatchWorker {
        let parser = SubmissionParser(configuration: configuration, lanes: Lanes(configuration))
        return BatchWorker(
            store: store, configuration: configuration, verdicts: BatchVerdicts(parser: parser, configuration: configuration),
            http: http ?? self.http, work: Bell(), events: Bell(), logger: log.logger, metrics: metrics)
    }

    var batchCalls: BatchCalls {
        BatchCalls(provider: configuration.providers[0], http: http, configuration: configuration)
    }

    /// Puts what waits into batches and takes the first of them, as a worker does that then dies.
    ///
    /// - Parameter worker: nil for one with the settings of the service.
    func takeGathered(by worker: BatchWorker? = nil) async throws -> Batch {
        let worker = worker ?? batchWorker
        var search = BatchWorker.GatheringSearch()
        while try await worker.gather(&search) {}
        try await pool.execute("UPDATE llm_provider.batch SET next_at = now() WHERE state = 'gathering'")
        return try #require(try await store.takeBatch(of: worker.providers, for: .seconds(3600)))
    }

    /// Lets the leases of dead workers run out.
    func expireBatchLeases() async throws {
        try await pool.execute("UPDATE llm_provider.batch SET lease_until = now() - interval '1 second', next_at = now()")
    }

    /// Lets the time pass in which the vendor may not show yet what was handed over to it.
    func passShowingTime() async throws {
        try await pool.execute(
            """
            UPDATE llm_provider.batch SET
                sent_at = sent_at - make_interval(secs => \(configuration.batches.showingTime / .seconds(1)))
            """)
    }

    /// The call that hands a batch over.
    func body(of batch: Batch) async throws -> [UInt8] {
        var bytes = AnthropicDialect.batchOpening
        for (number, item) in try await store.page(of: batch, after: 0, limit: 1000).items.enumerated() {
            let call = try batchWorker.verdicts.parser.parse(item.claim.request).call
            bytes += (number == 0 ? [] : [UInt8(ascii: ",")])
            bytes += AnthropicDialect().batchItem(call, customID: batch.customID(ofJob: item.job))
        }
        return bytes + AnthropicDialect.batchClosing
    }

    func batches(_ state: Batch.State) async throws -> Int {
        try await pool.query("SELECT count(*) FROM llm_provider.batch WHERE state::text = \(state.rawValue)")[0].decode(Int.self)
    }

    func openRequests() async throws -> Int {
        try await pool.query("SELECT count(*) FROM llm_provider.account")[0].decode(Int.self)
    }
}

extension [String] {
    static func requests(_ count: Int) -> [String] { (0..<count).map { "r\($0)" } }
}
