import Postgres

extension RequestStore {
    /// What is on record of the lanes of a provider's present key: those of earlier ones stand as they were left.
    func laneRecords(of provider: ProviderConfiguration) async throws -> [LaneID: LaneRecord] {
        try await laneRecords(of: provider.name).filter { $0.key.credential == provider.credential }
    }

    /// What is on record of a provider's lanes, with times in nanoseconds from now.
    func laneRecords(of provider: String) async throws -> [LaneID: LaneRecord] {
        let rows = try await pool.query(
            """
            SELECT credential, pool, share, stated_requests, stated_input_tokens, stated_output_tokens, largest_input_tokens,
                largest_output_tokens,
                greatest(0, floor(extract(epoch FROM frozen_until - clock_timestamp()) * 1000000)::bigint), standstill::text
            FROM llm_provider.lane WHERE provider = \(provider)
            """)
        return try rows.reduce(into: [:]) { records, row in
            let (credential, pool, share, requests, input, output, largestInput, largestOutput, frozen, standstill) =
                try row.decode(
                    String.self, String.self, Int64.self, Int64?.self, Int64?.self, Int64?.self, Int64.self, Int64.self,
                    Int64.self,
                    String?.self)
            records[LaneID(provider: provider, credential: credential, pool: pool)] = LaneRecord(
                share: share, stated: PerDimension(requests: requests, inputTokens: input, outputTokens: output),
                largest: Charge(inputTokens: largestInput, outputTokens: largestOutput), frozenUntil: frozen * 1000,
                standstill: standstill.flatMap(Breaker.Reason.init))
        }
    }

    /// Freezes that stand, but for those that this process has put on record.
    func freezes() async throws -> [LaneID: LaneFreeze] {
        try Self.freezes(try await pool.query(foreignFreezes))
    }

    /// What ``freezes(_:)`` reads.
    var foreignFreezes: Query {
        """
        SELECT provider, credential, pool, (extract(epoch FROM frozen_until) * 1000000)::bigint,
            ceil(extract(epoch FROM frozen_until - clock_timestamp()) * 1000000)::bigint, standstill::text
        FROM llm_provider.lane WHERE frozen_until > clock_timestamp() AND frozen_by <> \(worker)
        """
    }

    static func freezes(_ rows: [Row]) throws -> [LaneID: LaneFreeze] {
        try rows.reduce(into: [:]) { freezes, row in
            let (provider, credential, pool, end, left, standstill) = try row.decode(
                String.self, String.self, String.self, Int64.self, Int64.self, String?.self)
            freezes[LaneID(provider: provider, credential: credential, pool: pool)] = LaneFreeze(
                end: end, left: left * 1000, reason: standstill.flatMap(Breaker.Reason.init))
        }
    }

    /// Puts lanes on record; their times are nanoseconds from now. A freeze that stands on record for longer stays so.
    func record(_ lanes: [LaneID: LaneRecord]) async throws {
        try await pool.execute(recording(lanes))
    }

    /// Puts on record with a unit of work that vendors want nothing sent to some lanes; the rates of a lane that is on record stay as they
    /// are, for they are those of the process that sends now.
    ///
    /// It must be the unit's last statement: then whoever waits here for the rows of others holds nothing that these could wait for.
    func recordRefusals(_ lanes: [LaneID: LaneRecord], in unit: UnitOfWork) {
        if !lanes.isEmpty { unit.send(recording(lanes, leavesRates: true)) }
    }

    /// Puts on record what vendors want of all processes.
    func record(refusals: [LaneID: LaneRecord]) async throws {
        guard !refusals.isEmpty else { return }
        try await pool.unitOfWork("record refusals") { recordRefusals(refusals, in: $0) }
    }

    private func recording(_ lanes: [LaneID: LaneRecord], leavesRates: Bool = false) -> Query {
        let rates = """
            share = excluded.share, stated_requests = excluded.stated_requests,
            stated_input_tokens = excluded.stated_input_tokens, stated_output_tokens = excluded.stated_output_tokens,
            largest_input_tokens = excluded.largest_input_tokens, largest_output_tokens = excluded.largest_output_tokens,
            """
        let lanes = lanes.sorted {
            ($0.key.provider, $0.key.credential, $0.key.pool) < ($1.key.provider, $1.key.credential, $1.key.pool)
        }
        return """
            INSERT INTO llm_provider.lane AS lane
                (provider, credential, pool, share, stated_requests, stated_input_tokens, stated_output_tokens,
                largest_input_tokens, largest_output_tokens, frozen_until, frozen_by, standstill)
            SELECT given.provider, given.credential, given.pool, given.share, given.requests, given.input, given.output,
                given.largest_input, given.largest_output, clock_timestamp() + given.frozen * interval '1 microsecond',
                \(worker), given.standstill::llm_provider.standstill
            FROM unnest(
                \(lanes.map(\.key.provider))::text[], \(lanes.map(\.key.credential))::text[], \(lanes.map(\.key.pool))::text[],
                \(lanes.map(\.value.share))::bigint[], \(lanes.map(\.value.stated.requests))::bigint[],
                \(lanes.map(\.value.stated.inputTokens))::bigint[], \(lanes.map(\.value.stated.outputTokens))::bigint[],
                \(lanes.map(\.value.largest.inputTokens))::bigint[],
                \(lanes.map(\.value.largest.outputTokens))::bigint[],
                \(lanes.map { (max(0, $0.value.frozenUntil) + 999) / 1000 })::bigint[], \(lanes.map(\.value.standstill?.rawValue))::text[]
            ) AS given (
                provider, credential, pool, share, requests, input, output, largest_input, largest_output, frozen, standstill)
            ON CONFLICT (provider, credential, pool) DO UPDATE SET
                \(unescaped: leavesRates ? "" : rates)
                frozen_until = greatest(lane.frozen_until, excluded.frozen_until),
                frozen_by = CASE WHEN lane.frozen_until < excluded.frozen_until THEN excluded.frozen_by ELSE lane.frozen_by END,
                -- A freeze that stays keeps its reason; who knows of none may not have heard yet of the one that another has.
                standstill = CASE
                    WHEN lane.frozen_until <= clock_timestamp() THEN excluded.standstill
                    WHEN lane.frozen_until > excluded.frozen_until THEN coalesce(lane.standstill, excluded.standstill)
                    ELSE coalesce(excluded.standstill, lane.standstill) END
            """
    }
}
