import EventLog
import Postgres

extension RequestStore {
    /// Schema in which the service keeps everything of its own.
    static let schema = "llm_provider"
    static let log = EventLog(schema: schema)

    static let migrator = Migrator(
        line: "llm-provider", schema: schema,
        migrations: [
            Migration(version: 1, name: "requests", sql: tables),
            EventLog.migration(version: 2, schema: schema),
            log.outboxMigration(version: 3),
        ], enums: [StoredEnum(FinalState.self, type: "final_state")], firstRelease: 3)

    private static let tables = """
        CREATE TYPE llm_provider.final_state AS ENUM ('succeeded', 'failed', 'cancelled');

        -- What was asked for; never changed.
        CREATE TABLE llm_provider.request (
            id text PRIMARY KEY,
            sequence bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
            owner text NOT NULL,
            content bytea NOT NULL,
            created_at timestamptz NOT NULL DEFAULT now()
        );

        -- What is still to be done: a narrow row that lives as long as its request is open.
        CREATE TABLE llm_provider.work (
            sequence bigint PRIMARY KEY,
            request_id text NOT NULL UNIQUE REFERENCES llm_provider.request,
            owner text NOT NULL,
            provider text NOT NULL,
            run_at timestamptz NOT NULL DEFAULT now(),
            -- Calls that were begun, counted before each is made, so that a death in between is counted too.
            attempts bigint NOT NULL DEFAULT 0,
            waits bigint NOT NULL DEFAULT 0,
            -- Raised with every claim: who holds an older one writes nothing.
            epoch bigint NOT NULL DEFAULT 0,
            lease_until timestamptz,
            input_tokens bigint NOT NULL DEFAULT 0,
            output_tokens bigint NOT NULL DEFAULT 0,
            cache_read_tokens bigint NOT NULL DEFAULT 0,
            cache_write_five_minutes_tokens bigint NOT NULL DEFAULT 0,
            cache_write_one_hour_tokens bigint NOT NULL DEFAULT 0
        ) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0);
        CREATE INDEX work_by_owner ON llm_provider.work (owner);

        -- How it ended; written once.
        CREATE TABLE llm_provider.result (
            request_id text PRIMARY KEY REFERENCES llm_provider.request,
            state llm_provider.final_state NOT NULL,
            attempts bigint NOT NULL,
            content bytea NOT NULL,
            finished_at timestamptz NOT NULL DEFAULT now()
        );
        """
}
