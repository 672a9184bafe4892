import Contracts
import CurlClient
import JobQueue
import Logging
import Postgres
import ServiceKit
import Synchronization
import Wire

/// Puts requests together to batches, hands these over, looks after them at the vendor and settles their requests.
///
/// Every process of the service may do each step of each batch. What is about to be done is on record before it is done, and a batch is one
/// process's at a time, so that whoever is killed is followed by another that knows how far things have come.
struct BatchWorker: Sendable {
    /// Requests that are claimed, read or settled together.
    static let pageSize = 200

    let store: RequestStore
    let configuration: LLMProviderConfiguration
    let verdicts: BatchVerdicts
    let http: CurlClient
    /// Rung when a request can be claimed again.
    let work: Bell
    /// Rung when an event was written.
    let events: Bell
    let logger: Logger
    let metrics: LLMProviderMetrics

    var settings: BatchConfiguration { configuration.batches }
    var providers: [ProviderConfiguration] { configuration.providers.filter(\.dialect.takesBatches) }

    /// Works until cancelled. The batches of each provider are looked after by a loop of their own, and so are those whose key is not
    /// known: a vendor that is slow holds up nobody else's.
    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await gatherAll() }
            for provider in providers {
                group.addTask {
                    try await advanceAll { try await store.takeBatch(of: [provider], for: settings.lease) }
                }
            }
            group.addTask {
                try await advanceAll {
                    try await store.takeStrayBatch(besides: providers, after: settings.strayAge, for: settings.lease)
                }
            }
            group.addTask { try await forgetAll() }
            try await group.waitForAll()
        }
    }

    private func forgetAll() async throws {
        try await RetryingLoop("forgetting batches", logger: logger).run {
            let count = try await store.forgetBatches(closedFor: settings.retention)
            if count > 0 { logger.info("old batches forgotten", metadata: ["batches": "\(count)"]) }
            try await Task.sleep(for: settings.forgettingInterval)
        }
    }

    private func advanceAll(_ take: @Sendable () async throws -> Batch?) async throws {
        try await RetryingLoop("batches", logger: logger).run {
            guard let batch = try await take() else { return try await Task.sleep(for: settings.checkInterval) }
            try await advance(batch)
            try await Task.sleep(for: settings.callSpacing)
        }
    }

    private func gatherAll() async throws {
        let search = Mutex(GatheringSearch())
        try await RetryingLoop("gathering", logger: logger).run {
            var state = search.withLock { $0 }
            defer { search.withLock { [state] in $0 = state } }
            if try await !gather(&state) { try await Task.sleep(for: settings.checkInterval) }
        }
    }

    // MARK: - Gathering

    /// What is remembered from one search for requests to the next.
    struct GatheringSearch: Sendable {
        var kinds = KindSearch()
        var lowWater = LowWater()
        var shares: [String: FairShare] = [:]
    }

    /// Puts some of the requests that wait for a batch into one. Where no provider takes batches, the database is not asked.
    ///
    /// - Returns: whether there were any.
    func gather(_ search: inout GatheringSearch) async throws -> Bool {
        guard !providers.isEmpty else { return false }
        let flows = try await store.flows(search: &search.kinds).filter(\.isByBatch)
        var claimed = 0
        for provider in providers {
            let rooms = search.shares[provider.name, default: FairShare()].divide(
                Self.pageSize, among: flows.filter { $0.provider == provider.name })
            guard !rooms.isEmpty else { continue }
            let (count, ended) = try await store.gather(
                rooms, for: provider, settings, lowWater: &search.lowWater, place: verdicts.place)
            claimed += count
            note(ended)
            // Others may have gone back, to go by themselves.
            work.ring()
        }
        return claimed > 0
    }

    // MARK: - One batch

    /// Does what is next with a batch that is this process's, for as long as it is.
    func advance(_ batch: Batch) async throws {
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await renew(batch) }
                group.addTask { try await step(batch) }
                defer { group.cancelAll() }
                try await group.next()
            }
        } catch is BatchLost {
            logger.warning("a batch is another process's by now", metadata: ["batch": "\(batch.id)"])
        }
    }

    /// Prolongs a batch's lease again and again; a step may take as long as a file of results.
    ///
    /// - Throws: ``BatchLost`` as soon as it is another process's.
    private func renew(_ batch: Batch) async throws {
        while true {
            try await Task.sleep(for: settings.lease / 3)
            do {
                try await store.renew(batch, for: settings.lease)
            } catch let error as PostgresError {
                logger.warning("lease of a batch not renewed", metadata: ["batch": "\(batch.id)", "reason": "\(error)"])
            }
        }
    }

    private func step(_ batch: Batch) async throws {
        let provider = providers.first { $0.name == batch.provider }
        guard let provider, provider.credential == batch.credential else {
            return try await lookAfter(stray: batch, with: provider)
        }
        let calls = calls(to: provider)
        switch batch.state {
        case .gathering: try await submit(batch, calls)
        case .sending: try await find(batch, calls)
        case .submitted: try await follow(batch, calls)
        case .closed: break
        }
    }

    func calls(to provider: ProviderConfiguration) -> BatchCalls {
        BatchCalls(provider: provider, http: http, configuration: configuration)
    }

    // MARK: - Settling

    /// Settles requests of a held batch, some at a time.
    ///
    /// - Returns: the jobs of those that were settled by this.
    @discardableResult
    func settle(
        _ jobs: [Int64], of batch: Batch, refusal: Duration? = nil, decide: @Sendable (BatchItem) -> BatchSettlement?
    ) async throws -> Set<Int64> {
        var (left, done) = (jobs, Set<Int64>())
        while !left.isEmpty {
            let page = try await store.settle(left, of: batch, lease: settings.lease, refusal: refusal, decide: decide)
            note(page.settled, on: batch.day)
            done.formUnion(page.settled.lazy.map(\.item.job))
            left = page.left
        }
        return done
    }

    /// Settles every request that is still in a batch.
    ///
    /// - Returns: how many.
    @discardableResult
    func settleAll(of batch: Batch, decide: @Sendable (BatchItem) -> BatchSettlement) async throws -> Int {
        var (count, last) = (0, Int64(0))
        while true {
            let page = try await store.page(of: batch, after: last, limit: Self.pageSize)
            guard let end = page.last else { return count }
            last = end
            count += try await settle(page.items.map(\.job), of: batch, decide: decide).count
        }
    }

    /// Tells what was settled, once that is on record.
    private func note(_ settlements: [BatchSettlement], on day: Day = .today) {
        for settlement in settlements {
            let labels = settlement.parsed.map { MetricLabels($0) } ?? .other
            if let outcome = settlement.outcome, let parsed = settlement.parsed {
                metrics.calls.ended(outcome, of: parsed, after: nil, on: day)
                metrics.prompts.answered(outcome.usage, labels)
            }
            switch settlement.step {
            case .end:
                if let outcome = settlement.outcome { metrics.requests.ended(settlement.item.claim, outcome, labels) }
                events.ring()
            case .requeue: work.ring()
            }
        }
    }
}

extension Batch {
    /// On which it was handed over, whose prices hold.
    var day: Day { sentAt.map { Day(secondsSince1970: $0) } ?? .today }
}
