import Contracts
import EventLog
import JobQueue
import Postgres
import Wire

/// The requests in batches: put into them, read, withdrawn and settled.
///
/// Whoever locks rows of several requests that are in a batch locks them in the order of their jobs, after the batch's where it locks that
/// too, so that no two wait for each other.
extension RequestStore {
    /// How long the job of a request in a batch is scheduled for: longer than a vendor keeps results. The batch decides what becomes of it.
    private static let parking: Duration = .seconds(40 * 86_400)

    // MARK: - Coming in

    /// Claims requests that wait for a batch and puts them into one, all in one unit of work.
    ///
    /// - Parameter place: says of each, in turn, how many bytes it takes in the batch, or what becomes of it instead.
    /// - Returns: how many were claimed, and those of them that have ended.
    func gather(
        _ rooms: [RequestFlow: Int], for provider: ProviderConfiguration, _ settings: BatchConfiguration,
        lowWater: inout LowWater, place: @Sendable (BatchItem) -> BatchPlace
    ) async throws -> (claimed: Int, ended: [BatchSettlement]) {
        let kinds = Dictionary(uniqueKeysWithValues: rooms.map { ($0.key.kind, $0.value) })
        return try await pool.unitOfWork("gather batch") { unit in
            let jobs = try await Self.queue.claim(
                rooms.values.reduce(0, +), of: kinds, by: worker, for: .seconds(60), lowWater: &lowWater, in: unit)
            guard !jobs.isEmpty else { return (0, []) }
            try await Self.queue.retry(jobs, after: Self.parking, in: unit)
            let open = try await Self.openBatch(of: provider, settings, in: unit)
            var (requests, bytes, isFull) = (open.requests, open.bytes, false)
            var (members, ended): ([Int64], [BatchSettlement]) = ([], [])
            var left = jobs.map(\.id)
            while !left.isEmpty {
                let page = try await Self.together(left, in: unit)
                left = page.left
                var settled: [BatchSettlement] = []
                for item in try await Self.items(page.first, in: unit) {
                    switch place(item) {
                    case .settled(let settlement): settled.append(settlement)
                    case .bytes(let count):
                        // One that is too large for any batch has one of its own, and ends when that is to be handed over.
                        isFull =
                            isFull || requests >= settings.maximumRequests
                            || requests > 0 && bytes + Int64(count) > Int64(settings.maximumBytes)
                        guard !isFull else {
                            settled.append(.untouched(item))
                            continue
                        }
                        requests += 1
                        bytes += Int64(count)
                        members.append(item.job)
                    }
                }
                try await Self.write(settled, in: unit)
                ended += settled.filter(\.isEnd)
            }
            isFull = isFull || requests == settings.maximumRequests
            unit.send(
                """
                INSERT INTO llm_provider.batch_item (job, batch)
                SELECT job, \(open.id) FROM unnest(\(members)::bigint[]) AS given (job)
                """)
            unit.send(
                """
                UPDATE llm_provider.batch SET requests = \(requests), bytes = \(bytes),
                    is_full = \(isFull),
                    next_at = CASE WHEN \(isFull) THEN greatest(clock_timestamp(), not_before) ELSE next_at END
                WHERE id = \(open.id)
                """)
            return (jobs.count, ended)
        }
    }

    // MARK: - In it

    /// Puts half of the requests of a held batch into another; both are to be handed over, and nothing more comes into them.
    ///
    /// - Throws: ``BatchLost``; ``PostgresError``.
    func halve(_ batch: Batch) async throws {
        try await pool.unitOfWork("halve batch") { unit in
            try await Self.hold(batch, for: .zero, in: unit)
            unit.send(
                """
                WITH locked AS (
                    SELECT job FROM llm_provider.batch_item WHERE batch = \(batch.id) ORDER BY job FOR UPDATE),
                member AS (
                    SELECT job, ntile(2) OVER (ORDER BY job) AS half FROM locked),
                other AS (
                    INSERT INTO llm_provider.batch (provider, credential, mark, requests, is_full, next_at)
                    SELECT provider, credential, \(Batch.makeMark()), (SELECT count(*) FROM member WHERE half = 2), true,
                        clock_timestamp()
                    FROM llm_provider.batch WHERE id = \(batch.id)
                    RETURNING id),
                moved AS (
                    UPDATE llm_provider.batch_item AS item SET batch = other.id FROM other, member
                    WHERE item.job = member.job AND member.half = 2)
                UPDATE llm_provider.batch SET state = 'gathering', requests = (SELECT count(*) FROM member WHERE half = 1),
                    is_full = true, next_at = clock_timestamp(), lease_until = '-infinity'
                WHERE id = \(batch.id)
                """)
        }
    }

    /// Whether a batch has requests, and none whose owner still wants it.
    func isAllWithdrawn(_ batch: Batch) async throws -> Bool {
        try await pool.query(
            """
            SELECT EXISTS (SELECT FROM llm_provider.batch_item WHERE batch = \(batch.id))
                AND NOT EXISTS (SELECT FROM llm_provider.batch_item WHERE batch = \(batch.id) AND NOT is_withdrawn)
            """
        )[0].decode(Bool.self)
    }

    /// Puts on record that an owner wants none of his requests in batches any more; how each of them ends its batch decides.
    ///
    /// - Returns: how many of them it was not on record of.
    @discardableResult
    func withdrawFromBatches(_ payer: Payer) async throws -> Int {
        try await pool.execute(
            """
            WITH wanted AS (
                SELECT item.job FROM llm_provider.batch_item AS item JOIN llm_provider.account ON account.job = item.job
                WHERE account.tenant = \(payer.tenant) AND account.owner = \(payer.owner) AND NOT item.is_withdrawn
                ORDER BY item.job FOR UPDATE OF item)
            UPDATE llm_provider.batch_item AS item SET is_withdrawn = true FROM wanted WHERE item.job = wanted.job
            """)
    }

    // MARK: - Settling

    /// Settles some requests of a held batch, in one unit of work; those that are settled already are passed over.
    ///
    /// - Parameters:
    ///   - refusal: how long the batch's account takes nothing, where that has come out.
    ///   - decide: what becomes of a request; nil where it stays in the batch.
    /// - Returns: what became of those that were settled by this, and the jobs of those that are left for the next unit of work.
    /// - Throws: ``BatchLost``; ``PostgresError``.
    func settle(
        _ jobs: [Int64], of batch: Batch, lease: Duration, refusal: Duration? = nil,
        decide: @Sendable (BatchItem) -> BatchSettlement?
    ) async throws -> (settled: [BatchSettlement], left: [Int64]) {
        try await pool.unitOfWork("settle batch") { unit in
            // Whoever holds the batch is alone with its requests.
            try await Self.hold(batch, for: lease, refusal: refusal, in: unit)
            let members = try await unit.query(
                """
                SELECT job FROM llm_provider.batch_item WHERE batch = \(batch.id) AND job = ANY(\(jobs)::bigint[])
                ORDER BY job FOR UPDATE
                """
            ).map { try $0.decode(Int64.self) }
            let page = try await Self.together(members, in: unit)
            let settlements = try await Self.items(page.first, in: unit).compactMap(decide)
            try await Self.write(settlements, in: unit)
            return (settlements, page.left)
        }
    }

    private static func write(_ settlements: [BatchSettlement], in unit: UnitOfWork) async throws {
        guard !settlements.isEmpty else { return }
        var (ended, results, states, entries): ([BatchItem], [LLMV1.Result], [FinalState], [LedgerEntry]) = ([], [], [], [])
        var requeued: [(item: BatchItem, to: BatchSettlement.Requeued)] = []
        for settlement in settlements {
            switch settlement.step {
            case .end(let state, let result, let entry):
                ended.append(settlement.item)
                states.append(state)
                results.append(result)
                entries.append(entry)
            case .requeue(let to): requeued.append((settlement.item, to))
            }
        }
        unit.send(
            """
            DELETE FROM llm_provider.batch_item WHERE job = ANY(\(ended.map(\.job) + requeued.map(\.item.job))::bigint[])
            """)
        if !requeued.isEmpty { try await putBack(requeued, in: unit) }
        guard !ended.isEmpty else { return }
        for (kind, items) in Dictionary(grouping: ended, by: \.kind).sorted(by: { $0.key < $1.key }) {
            let taken = try await queue.takeBack(items.map(\.job), kind: kind, in: unit)
            // They are scheduled for a time that has not come, and their batch is locked.
            guard taken.count == items.count else { throw BatchLost() }
        }
        unit.send("DELETE FROM llm_provider.account WHERE job = ANY(\(ended.map(\.job))::bigint[])")
        unit.send(
            """
            INSERT INTO llm_provider.result (request_id, state, attempts, content)
            SELECT given.id, given.state::llm_provider.final_state, given.attempts, given.content
            FROM unnest(
                \(ended.map(\.claim.id))::text[], \(states.map(\.rawValue))::text[],
                \(ended.map { $0.claim.attempts + $0.claim.waits })::bigint[],
                \(try results.map { try $0.encoded() })::bytea[]) AS given (id, state, attempts, content)
            """)
        unit.send(entering(entries))
        try await log.append(
            try results.map { try NewEvent(EventsV1.LLMRequestFinished(result: $0), aggregateID: $0.requestID) }, in: unit)
    }

    private static func putBack(
        _ requeued: [(item: BatchItem, to: BatchSettlement.Requeued)], in unit: UnitOfWork
    ) async throws {
        let moved = try await queue.move(
            requeued.map { item, to in
                JobQueue.Move(
                    id: item.job, kind: to.flow.kind, delay: to.pause, countsAsAttempt: to.countsAsAttempt && !to.isUntouched)
            }, in: unit)
        guard moved.count == requeued.count else { throw BatchLost() }
        let usages = requeued.map(\.to.usage)
        unit.send(
            """
            UPDATE llm_provider.account SET
                kind = given.kind, waits = given.waits, input_tokens = given.input, output_tokens = given.output,
                cache_read_tokens = given.read, cache_write_five_minutes_tokens = given.five,
                cache_write_one_hour_tokens = given.hour, cost_nanodollars = given.cost, cache_savings_nanodollars = given.savings
            FROM unnest(
                \(requeued.map(\.item.job))::bigint[], \(requeued.map(\.to.flow.kind))::text[],
                \(requeued.map { $0.item.claim.waits + ($0.to.countsAsAttempt || $0.to.isUntouched ? 0 : 1) })::bigint[],
                \(usages.map(\.input))::bigint[], \(usages.map(\.output))::bigint[], \(usages.map(\.cacheRead))::bigint[],
                \(usages.map(\.cacheWriteFiveMinutes))::bigint[], \(usages.map(\.cacheWriteOneHour))::bigint[],
                \(requeued.map(\.to.bill?.cost))::bigint[], \(requeued.map(\.to.bill?.cacheSavings))::bigint[]
            ) AS given (job, kind, waits, input, output, read, five, hour, cost, savings)
            WHERE account.job = given.job
            """)
    }
}
