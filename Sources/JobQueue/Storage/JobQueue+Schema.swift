public import Postgres

extension JobQueue {
    /// The migration that makes the queue's tables, for the service to put into its own line.
    public static func migration(version: Int, schema: String) -> Migration {
        Migration(version: version, name: "job queue", sql: tables(schema))
    }

    /// The planner thinks a scan of a table of a few pages, or the sorting of a few rows, cheaper than an index, and a plan made then is
    /// kept while the table fills. So each table is made with some hundred pages, which are never given back, and the one that is
    /// searched in order keeps as ballast some rows of a kind that no job has: its index is then the cheapest way, whatever the
    /// statistics say.
    private static let pagesMade = 100

    private static func tables(_ schema: String) -> String {
        """
        CREATE TYPE \(schema).job_end AS ENUM ('discarded', 'exhausted', 'cancelled');
        CREATE SEQUENCE \(schema).job_id;
        CREATE SEQUENCE \(schema).job_epoch;

        -- Jobs that may be claimed, and ballast of kind ''. Rows are inserted and deleted, never updated.
        CREATE TABLE \(schema).job_ready (
            kind text COLLATE "C" NOT NULL,
            priority bigint NOT NULL,
            id bigint NOT NULL,
            attempt bigint NOT NULL,
            max_attempts bigint NOT NULL,
            is_unique boolean NOT NULL,
            subject text COLLATE "C" NOT NULL,
            PRIMARY KEY (kind, priority, id)
        ) \(storage);

        -- Jobs whose time has not come; who works moves them when it has.
        CREATE TABLE \(schema).job_scheduled (
            id bigint PRIMARY KEY,
            run_at timestamptz NOT NULL,
            kind text COLLATE "C" NOT NULL,
            priority bigint NOT NULL,
            attempt bigint NOT NULL,
            max_attempts bigint NOT NULL,
            is_unique boolean NOT NULL,
            subject text COLLATE "C" NOT NULL
        ) \(storage);
        CREATE INDEX job_scheduled_by_time ON \(schema).job_scheduled (run_at);

        -- Jobs that a worker holds. The end of the lease is in no index, so that a renewal changes none.
        CREATE TABLE \(schema).job_lease (
            id bigint PRIMARY KEY,
            epoch bigint NOT NULL,
            lease_until timestamptz NOT NULL,
            attempt bigint NOT NULL,
            max_attempts bigint NOT NULL,
            priority bigint NOT NULL,
            is_unique boolean NOT NULL,
            -- The reason, once somebody asked for the job to be withdrawn.
            cancelled text,
            worker text NOT NULL,
            kind text COLLATE "C" NOT NULL,
            subject text COLLATE "C" NOT NULL
        ) \(storage);

        -- What live jobs are about that must not be live twice.
        CREATE TABLE \(schema).job_key (
            kind text COLLATE "C" NOT NULL,
            subject text COLLATE "C" NOT NULL,
            PRIMARY KEY (kind, subject)
        ) \(storage);

        -- Jobs that ended without having been completed.
        CREATE TABLE \(schema).job_dead (
            id bigint PRIMARY KEY,
            kind text COLLATE "C" NOT NULL,
            subject text COLLATE "C" NOT NULL,
            attempts bigint NOT NULL,
            outcome \(schema).job_end NOT NULL,
            reason text NOT NULL,
            ended_at timestamptz NOT NULL DEFAULT clock_timestamp()
        );
        CREATE INDEX job_dead_by_time ON \(schema).job_dead (ended_at);

        -- Every live job once, for owners who ask where one stands; give kind, priority and id.
        CREATE VIEW \(schema).job_live AS
            SELECT kind, priority, id, attempt, false AS is_held FROM \(schema).job_ready
            UNION ALL SELECT kind, priority, id, attempt, false FROM \(schema).job_scheduled
            UNION ALL SELECT kind, priority, id, attempt, lease_until > now() FROM \(schema).job_lease;

        INSERT INTO \(schema).job_ready SELECT '', 0, number, 0, 0, false, '' FROM generate_series(1, \(rowsMade)) AS number;
        INSERT INTO \(schema).job_scheduled
            SELECT number, now(), '', 0, 0, 0, false, '' FROM generate_series(1, \(rowsMade)) AS number;
        INSERT INTO \(schema).job_lease
            SELECT number, 0, now(), 0, 0, 0, false, NULL, '', '', '' FROM generate_series(1, \(rowsMade)) AS number;
        INSERT INTO \(schema).job_key SELECT '', number::text FROM generate_series(1, \(rowsMade)) AS number;
        DELETE FROM \(schema).job_scheduled;
        DELETE FROM \(schema).job_lease;
        DELETE FROM \(schema).job_key;
        ALTER TABLE \(schema).job_ready SET (fillfactor = 100);
        ALTER TABLE \(schema).job_scheduled SET (fillfactor = 100);
        ALTER TABLE \(schema).job_lease SET (fillfactor = 70);
        ALTER TABLE \(schema).job_key SET (fillfactor = 100);
        """
    }

    /// Filled to a tenth, a page takes at least five of these rows.
    private static let rowsMade = 13 * pagesMade

    private static let storage = """
        WITH (fillfactor = 10, vacuum_truncate = false, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0)
        """
}
