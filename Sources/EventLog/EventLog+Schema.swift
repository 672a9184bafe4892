public import Postgres

extension EventLog {
    /// The migration that makes a log of one partition whose appends queue; ``outboxMigration(version:)`` comes after it.
    public static func migration(version: Int, schema: String) -> Migration {
        Migration(
            version: version,
            name: "event log",
            sql: """
                CREATE TABLE \(schema).event_head (
                    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
                    position bigint NOT NULL
                );
                INSERT INTO \(schema).event_head (position) VALUES (0);
                CREATE TABLE \(schema).event_log (
                    position bigint PRIMARY KEY,
                    id bytea NOT NULL UNIQUE DEFAULT uuid_send(gen_random_uuid()),
                    type text NOT NULL,
                    aggregate_id text NOT NULL,
                    aggregate_version bigint NOT NULL,
                    occurred_at timestamptz NOT NULL DEFAULT clock_timestamp(),
                    payload bytea NOT NULL,
                    UNIQUE (aggregate_id, aggregate_version)
                );
                """)
    }

    /// The migration that lets appends go side by side: a pending set, and partitions that are sequenced one by one.
    ///
    /// What the log holds already is its partition zero.
    public func outboxMigration(version: Int) -> Migration {
        Migration(
            version: version,
            name: "event outbox",
            sql: """
                -- Where each partition's sequence has got to, and who goes on with it.
                CREATE TABLE \(schema).event_partition (
                    partition bigint PRIMARY KEY,
                    position bigint NOT NULL DEFAULT 0,
                    -- Raised by whoever takes the partition over: who holds an older one moves nothing.
                    epoch bigint NOT NULL DEFAULT 0,
                    lease_until timestamptz
                ) WITH (fillfactor = 50);
                INSERT INTO \(schema).event_partition (partition) SELECT generate_series(0, \(partitions) - 1);
                UPDATE \(schema).event_partition SET position = event_head.position
                FROM \(schema).event_head WHERE partition = 0;
                DROP TABLE \(schema).event_head;

                -- Versions given; a row stays when the events are gone, so that no version is given twice.
                CREATE TABLE \(schema).event_aggregate (
                    aggregate_id text PRIMARY KEY,
                    version bigint NOT NULL
                );
                INSERT INTO \(schema).event_aggregate (aggregate_id, version)
                SELECT aggregate_id, max(aggregate_version) FROM \(schema).event_log GROUP BY aggregate_id;

                -- Committed, or about to be, and not in the log yet.
                CREATE TABLE \(schema).event_pending (
                    partition bigint NOT NULL,
                    sequence bigint GENERATED ALWAYS AS IDENTITY,
                    id bytea NOT NULL DEFAULT uuid_send(gen_random_uuid()),
                    type text NOT NULL,
                    aggregate_id text NOT NULL,
                    aggregate_version bigint NOT NULL,
                    occurred_at timestamptz NOT NULL DEFAULT clock_timestamp(),
                    payload bytea NOT NULL,
                    PRIMARY KEY (partition, sequence)
                ) WITH (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0);

                ALTER TABLE \(schema).event_log ADD COLUMN partition bigint NOT NULL DEFAULT 0;
                ALTER TABLE \(schema).event_log
                    ALTER COLUMN partition DROP DEFAULT,
                    ALTER COLUMN id DROP DEFAULT,
                    ALTER COLUMN occurred_at DROP DEFAULT,
                    DROP CONSTRAINT event_log_pkey,
                    ADD PRIMARY KEY (partition, position);

                -- How far those have got who read this log and are waited for.
                CREATE TABLE \(schema).event_reader (
                    consumer text NOT NULL,
                    partition bigint NOT NULL,
                    position bigint NOT NULL,
                    seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
                    PRIMARY KEY (consumer, partition)
                );
                """)
    }
}
