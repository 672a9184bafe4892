import Postgres

/// The batches themselves.
extension RequestStore {
    private static let columns = """
        id, provider, credential, state::text, mark, vendor_id, requests, extract(epoch FROM sent_at)::float8,
        coalesce(extract(epoch FROM clock_timestamp() - sent_at), 0)::float8, is_cancelled,
        extract(epoch FROM clock_timestamp() - missing_since)::float8,
        extract(epoch FROM least(clock_timestamp(), next_at + \(countedPause)) - unclear_since)::float8, \(isAccountRefused), epoch
        """

    /// A longer time than this between two looks at a batch is one in which nobody looked: no more of it counts.
    private static let countedPause = "interval '1 hour'"

    /// Of a batch in a query: whether what became of one of its account's lets all of them wait.
    private static let isAccountRefused = """
        EXISTS (
            SELECT FROM llm_provider.batch AS refused
            WHERE refused.not_before > now() AND (refused.provider, refused.credential) = (batch.provider, batch.credential))
        """

    private static func batch(_ row: Row) throws -> Batch {
        let (
            id, provider, credential, state, mark, vendorID, requests, sentAt, sinceSent, isCancelled, missingFor,
            unclearFor, isAccountRefused, epoch
        ) = try row.decode(
            Int64.self, String.self, String.self, String.self, String.self, String?.self, Int64.self, Double?.self, Double.self,
            Bool.self, Double?.self, Double?.self, Bool.self, Int64.self)
        return Batch(
            id: id, provider: provider, credential: credential, state: try Batch.State(stored: state), mark: mark,
            vendorID: vendorID, requests: requests, sentAt: sentAt, sinceSent: .seconds(sinceSent), isCancelled: isCancelled,
            missingFor: missingFor.map { .seconds($0) }, unclearFor: unclearFor.map { .seconds($0) },
            isAccountRefused: isAccountRefused, epoch: epoch)
    }

    /// Takes a batch that is due and nobody's, for as long as a lease; nil where there is none.
    func takeBatch(of providers: [ProviderConfiguration], for lease: Duration) async throws -> Batch? {
        // Looked for first, so that a process that finds nothing writes nothing.
        try await take(try await pool.query(Self.dueBatch(of: providers)).first?.decode(Int64.self), for: lease)
    }

    static func dueBatch(of providers: [ProviderConfiguration]) -> Query {
        """
        SELECT id FROM llm_provider.batch
        WHERE state <> 'closed' AND next_at <= now() AND lease_until < now() AND (provider, credential) IN (
            SELECT * FROM unnest(\(providers.map(\.name))::text[], \(providers.map(\.credential))::text[]))
            AND NOT (state = 'gathering' AND \(unescaped: isAccountRefused))
        ORDER BY next_at LIMIT 1
        """
    }

    /// Takes a batch of which nobody seems to have the key, for as long as a lease; nil where there is none.
    ///
    /// - Parameters:
    ///   - providers: whose keys are known.
    ///   - age: how long it has been due.
    func takeStrayBatch(
        besides providers: [ProviderConfiguration], after age: Duration, for lease: Duration
    ) async throws -> Batch? {
        let stray = """
            SELECT id FROM llm_provider.batch
            WHERE state <> 'closed' AND next_at <= now() - make_interval(secs => \(age / .seconds(1))) AND lease_until < now()
                AND (provider, credential) NOT IN (
                    SELECT * FROM unnest(\(providers.map(\.name))::text[], \(providers.map(\.credential))::text[]))
            ORDER BY next_at LIMIT 1
            """ as Query
        return try await take(try await pool.query(stray).first?.decode(Int64.self), for: lease)
    }

    private func take(_ id: Int64?, for lease: Duration) async throws -> Batch? {
        guard let id else { return nil }
        return try await pool.query(taking(id, for: lease)).first.map(Self.batch)
    }

    func taking(_ id: Int64, for lease: Duration) -> Query {
        """
        UPDATE llm_provider.batch SET holder = \(worker), epoch = nextval('llm_provider.job_epoch'),
            lease_until = clock_timestamp() + make_interval(secs => \(lease / .seconds(1)))
        WHERE id = \(id) AND state <> 'closed' AND next_at <= now() AND lease_until < now()
        RETURNING \(unescaped: Self.columns)
        """
    }

    /// Ends the leases of dead workers, but of batches that they were handing over: what they sent may be on its way still.
    ///
    /// - Parameter instance: whose earlier lives; nil where all other workers are dead.
    func releaseBatches(ofEarlier instance: InstanceName? = nil) async throws {
        try await pool.execute(
            """
            UPDATE llm_provider.batch SET lease_until = '-infinity'
            WHERE state IN ('gathering', 'submitted') AND starts_with(holder, \(instance?.prefix ?? "")) AND holder <> \(worker)
            """)
    }

    /// Prolongs the lease of a batch, unless it is nobody's by now.
    ///
    /// - Throws: ``BatchLost`` where it is another process's; ``PostgresError``.
    func renew(_ batch: Batch, for lease: Duration) async throws {
        let count = try await pool.execute(
            """
            UPDATE llm_provider.batch SET lease_until =
                CASE WHEN lease_until = '-infinity' THEN lease_until
                ELSE greatest(lease_until, clock_timestamp() + make_interval(secs => \(lease / .seconds(1)))) END
            WHERE id = \(batch.id) AND epoch = \(batch.epoch)
            """)
        guard count == 1 else { throw BatchLost() }
    }

    /// How a held batch goes on, and that it is nobody's until then.
    ///
    /// - Throws: ``BatchLost``; ``PostgresError``.
    func release(
        _ batch: Batch, as state: Batch.State, after pause: Duration, vendorID: String? = nil, isCancelled: Bool = false,
        sighting: Batch.Sighting = .none
    ) async throws {
        let count = try await pool.execute(
            """
            UPDATE llm_provider.batch SET state = \(state.rawValue)::llm_provider.batch_state, lease_until = '-infinity',
                next_at = clock_timestamp() + make_interval(secs => \(pause / .seconds(1))),
                not_before = greatest(
                    not_before, clock_timestamp() + make_interval(secs => \(state == .gathering ? pause / .seconds(1) : nil))),
                vendor_id = coalesce(\(vendorID), vendor_id), is_cancelled = is_cancelled OR \(isCancelled),
                missing_since = CASE \(sighting.rawValue)
                    WHEN 'seen' THEN NULL WHEN 'missing' THEN coalesce(missing_since, clock_timestamp()) ELSE missing_since END,
                unclear_since = CASE \(sighting.rawValue) WHEN 'unclear' THEN coalesce(
                    unclear_since + greatest(interval '0', clock_timestamp() - next_at - \(unescaped: Self.countedPause)),
                    clock_timestamp()) END
            WHERE id = \(batch.id) AND epoch = \(batch.epoch)
            """)
        guard count == 1 else { throw BatchLost() }
    }

    /// Puts on record that a held batch is the vendor's and shown to a provider's present key, which is its key from now on.
    ///
    /// - Throws: ``BatchLost``; ``PostgresError``.
    func adopt(_ batch: Batch, as vendorID: String, by provider: ProviderConfiguration) async throws {
        let count = try await pool.execute(
            """
            UPDATE llm_provider.batch SET state = 'submitted', vendor_id = \(vendorID), credential = \(provider.credential),
                next_at = clock_timestamp(), unclear_since = NULL, lease_until = '-infinity'
            WHERE id = \(batch.id) AND epoch = \(batch.epoch)
            """)
        guard count == 1 else { throw BatchLost() }
    }

    /// Puts on record that a held batch is about to be handed over.
    ///
    /// - Parameters:
    ///   - requests: that are in it.
    ///   - patience: how long the call may take; so long nobody else looks at the batch.
    /// - Throws: ``BatchLost``, also where other requests are in it; ``PostgresError``.
    func beginSending(_ batch: Batch, requests: Int, patience: Duration) async throws {
        let count = try await pool.execute(
            """
            UPDATE llm_provider.batch SET state = 'sending', sent_at = clock_timestamp(), requests = \(Int64(requests)),
                lease_until = clock_timestamp() + make_interval(secs => \(patience / .seconds(1)))
            WHERE id = \(batch.id) AND epoch = \(batch.epoch) AND state = 'gathering' AND requests = \(batch.requests)
            """)
        guard count == 1 else { throw BatchLost() }
    }

    /// Forgets batches that have been closed for so long.
    ///
    /// - Returns: how many.
    func forgetBatches(closedFor age: Duration) async throws -> Int {
        try await pool.execute(
            """
            DELETE FROM llm_provider.batch
            WHERE state = 'closed' AND next_at < now() - make_interval(secs => \(age / .seconds(1)))
                AND NOT EXISTS (SELECT FROM llm_provider.batch_item AS item WHERE item.batch = batch.id)
            """)
    }

    /// Those of the vendor's names for batches that belong to one on record.
    func knownBatches(of vendorIDs: [String]) async throws -> Set<String> {
        Set(
            try await pool.query("SELECT vendor_id FROM llm_provider.batch WHERE vendor_id = ANY(\(vendorIDs)::text[])").map {
                try $0.decode(String.self)
            })
    }

    /// Locks a held batch for a unit of work and prolongs its lease.
    ///
    /// - Parameter refusal: how long its account takes nothing, where that has come out.
    /// - Throws: ``BatchLost``; ``PostgresError``.
    static func hold(_ batch: Batch, for lease: Duration, refusal: Duration? = nil, in unit: UnitOfWork) async throws {
        let count = try await unit.execute(
            """
            UPDATE llm_provider.batch SET
                not_before = greatest(not_before, clock_timestamp() + make_interval(secs => \(refusal.map { $0 / .seconds(1) }))),
                lease_until = greatest(lease_until, clock_timestamp() + make_interval(secs => \(lease / .seconds(1))))
            WHERE id = \(batch.id) AND epoch = \(batch.epoch)
            """)
        guard count == 1 else { throw BatchLost() }
    }

    /// The batch that requests are put into, locked; a new one where there is none with room that is nobody's.
    ///
    /// - Returns: its number, and how many requests and bytes are in it.
    static func openBatch(
        of provider: ProviderConfiguration, _ settings: BatchConfiguration, in unit: UnitOfWork
    ) async throws -> (id: Int64, requests: Int64, bytes: Int64) {
        let open = try await unit.query(
            """
            SELECT id, requests, bytes FROM llm_provider.batch
            WHERE state = 'gathering' AND provider = \(provider.name) AND credential = \(provider.credential)
                AND lease_until < now() AND next_at > now() AND NOT is_full
            ORDER BY next_at LIMIT 1 FOR UPDATE SKIP LOCKED
            """)
        if let row = open.first {
            let (id, requests, bytes) = try row.decode(Int64.self, Int64.self, Int64.self)
            return (id, requests, bytes)
        }
        let id = try await unit.query(
            """
            INSERT INTO llm_provider.batch (provider, credential, mark, next_at)
            VALUES (\(provider.name), \(provider.credential), \(Batch.makeMark()),
                clock_timestamp() + make_interval(secs => \(settings.gatheringTime / .seconds(1))))
            RETURNING id
            """)[0].decode(Int64.self)
        return (id, 0, 0)
    }
}
