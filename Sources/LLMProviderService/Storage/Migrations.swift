import EventLog
import JobQueue
import Postgres

extension RequestStore {
    /// Schema in which the service keeps everything of its own.
    static let schema = "llm_provider"
    static let log = EventLog(schema: schema)
    static let queue = JobQueue(schema: schema)

    static let migrator = Migrator(
        line: "llm-provider", schema: schema,
        migrations: [
            Migration(version: 1, name: "requests", sql: tables),
            EventLog.migration(version: 2, schema: schema),
            log.outboxMigration(version: 3),
            JobQueue.migration(version: 4, schema: schema),
            Migration(version: 5, name: "lanes", sql: lanes),
            Migration(version: 6, name: "bills", sql: bills),
            Migration(version: 7, name: "spending", sql: spending),
            Migration(version: 8, name: "simulated requests", sql: simulatedRequests),
            Migration(version: 9, name: "standstills", sql: standstills),
            Migration(version: 10, name: "admission", sql: admission),
            Migration(version: 11, name: "admission indexes", sql: admissionIndexes, isTransactional: false),
            Migration(version: 12, name: "origins", sql: origins),
            Migration(version: 13, name: "batches", sql: batches),
            Migration(version: 14, name: "batch care", sql: batchCare),
            Migration(version: 15, name: "refusals", sql: refusals),
            Migration(version: 16, name: "refusal indexes", sql: refusalIndexes, isTransactional: false),
            Migration(version: 17, name: "passages", sql: passages),
        ],
        enums: [
            StoredEnum(FinalState.self, type: "final_state"), JobEnd.stored, StoredEnum(Breaker.Reason.self, type: "standstill"),
            StoredEnum(Batch.State.self, type: "batch_state"),
        ], firstRelease: 4)

    private static let admission = """
        ALTER TABLE llm_provider.account
            -- The job's kind; absent in requests of earlier versions, whose jobs are named by their provider.
            ADD COLUMN kind text,
            -- What has no answer by then ends without one.
            ADD COLUMN expires_at timestamptz NOT NULL DEFAULT now() + interval '1 day';
        """

    /// One that was not built to its end is left behind as invalid.
    private static let admissionIndexes = """
        DROP INDEX CONCURRENTLY IF EXISTS llm_provider.account_by_tenant;
        CREATE INDEX CONCURRENTLY account_by_tenant ON llm_provider.account (tenant, job);
        DROP INDEX CONCURRENTLY IF EXISTS llm_provider.account_by_expiry;
        CREATE INDEX CONCURRENTLY account_by_expiry ON llm_provider.account (expires_at);
        """

    private static let standstills = """
        CREATE TYPE llm_provider.standstill AS ENUM ('unavailable', 'spent', 'barred');
        -- Why one request at a time finds out whether the lane goes on; absent where nothing is the matter.
        ALTER TABLE llm_provider.lane ADD COLUMN standstill llm_provider.standstill;
        """

    private static let refusals = """
        -- The life of the instance that put the freeze on record, which need not read it. An earlier version leaves it as it was.
        ALTER TABLE llm_provider.lane ADD COLUMN frozen_by text NOT NULL DEFAULT '';
        """

    /// Few batches of those that are kept wait after a refusal, and each look for one that is due asks for them. An index that was not built to
    /// its end is left behind as invalid.
    private static let refusalIndexes = """
        DROP INDEX CONCURRENTLY IF EXISTS llm_provider.batch_by_refusal;
        CREATE INDEX CONCURRENTLY batch_by_refusal ON llm_provider.batch (not_before, provider, credential);
        """

    private static let origins = """
        -- What a request is part of, as its caller sees it; absent in those taken on before.
        ALTER TABLE llm_provider.request ADD COLUMN traceparent text, ADD COLUMN correlation_id text;
        """

    private static let simulatedRequests = """
        -- No language model stood behind the provider when the request was taken on.
        ALTER TABLE llm_provider.account ADD COLUMN simulated boolean NOT NULL DEFAULT false;

        -- Nothing was paid for what is simulated; until now it was counted as spent. A line and its share of the sums have the same stripe.
        UPDATE llm_provider.balance SET spent_nanodollars = spent_nanodollars - simulated.cost
        FROM (
            SELECT tenant, holder, stripe, sum(cost_nanodollars) AS cost
            FROM llm_provider.spending CROSS JOIN LATERAL (VALUES (''), (owner)) AS payer (holder)
            WHERE simulated GROUP BY tenant, holder, stripe) AS simulated
        WHERE balance.tenant = simulated.tenant AND balance.owner = simulated.holder AND balance.stripe = simulated.stripe;
        """

    private static let spending = """
        ALTER TABLE llm_provider.account
            ADD COLUMN tenant text NOT NULL DEFAULT 'default',
            -- The most that the request can cost, in all of its calls; zero where the price is not known.
            ADD COLUMN reserved_nanodollars bigint NOT NULL DEFAULT 0;

        -- The ledger: what the requests came to that ended on a day. It is kept for good. A stripe is the part of one session of the
        -- database at a time, so that sessions do not wait for each other; they are added up when the ledger is read.
        CREATE TABLE llm_provider.spending (
            tenant text NOT NULL,
            owner text NOT NULL,
            provider text NOT NULL,
            model text NOT NULL,
            day date NOT NULL,
            -- No language model stands behind the provider.
            simulated boolean NOT NULL,
            stripe bigint NOT NULL,
            requests bigint NOT NULL,
            -- Those of them whose price is not known.
            unpriced_requests bigint NOT NULL,
            calls bigint NOT NULL,
            input_tokens bigint NOT NULL,
            output_tokens bigint NOT NULL,
            cache_read_tokens bigint NOT NULL,
            cache_write_five_minutes_tokens bigint NOT NULL,
            cache_write_one_hour_tokens bigint NOT NULL,
            cost_nanodollars bigint NOT NULL,
            cache_savings_nanodollars bigint NOT NULL,
            PRIMARY KEY (tenant, owner, day, provider, model, simulated, stripe)
        ) WITH (fillfactor = 50);

        -- The sums of an account: of the ledger, and of what is set aside for requests under way. They move with what they sum up, in the
        -- same transactions; they save adding it up each time. The owner of a tenant's own account is empty.
        CREATE TABLE llm_provider.balance (
            tenant text NOT NULL,
            owner text NOT NULL,
            stripe bigint NOT NULL,
            spent_nanodollars bigint NOT NULL,
            -- May be below zero in one stripe: what one session sets aside another may release.
            reserved_nanodollars bigint NOT NULL,
            PRIMARY KEY (tenant, owner, stripe)
        ) WITH (fillfactor = 50);

        -- What an account may spend in all. Who takes a request on locks the budgets that hold for it, the tenant's first.
        CREATE TABLE llm_provider.budget (
            tenant text NOT NULL,
            owner text NOT NULL,
            limit_nanodollars bigint NOT NULL,
            PRIMARY KEY (tenant, owner)
        );
        """

    private static let bills = """
        -- What the attempts of an open request cost, each by the tariff of its own day; absent while they are not priced.
        ALTER TABLE llm_provider.account ADD COLUMN cost_nanodollars bigint, ADD COLUMN cache_savings_nanodollars bigint;
        """

    private static let lanes = """
        -- What a process has to know of the vendor's limits that sends where another has stopped.
        CREATE TABLE llm_provider.lane (
            provider text NOT NULL,
            -- Tells accounts apart without telling their keys.
            credential text NOT NULL,
            pool text NOT NULL,
            -- Thousandths of the limits that are used.
            share bigint NOT NULL,
            -- A minute, as the vendor has said.
            stated_requests bigint,
            stated_input_tokens bigint,
            stated_output_tokens bigint,
            largest_input_tokens bigint NOT NULL,
            largest_output_tokens bigint NOT NULL,
            frozen_until timestamptz NOT NULL,
            PRIMARY KEY (provider, credential, pool)
        ) WITH (fillfactor = 70);
        """

    private static let tables = """
        CREATE TYPE llm_provider.final_state AS ENUM ('succeeded', 'failed', 'cancelled');

        -- What was asked for; never changed.
        CREATE TABLE llm_provider.request (
            id text PRIMARY KEY,
            owner text NOT NULL,
            content bytea NOT NULL,
            created_at timestamptz NOT NULL DEFAULT now()
        );

        -- What an open request has used: a row that lives as long as its job. Calls that were begun are the job's attempts, counted
        -- before each is made, so that a death in between is counted too.
        CREATE TABLE llm_provider.account (
            request_id text PRIMARY KEY REFERENCES llm_provider.request,
            job bigint NOT NULL UNIQUE,
            owner text NOT NULL,
            -- The job's kind.
            provider text NOT NULL,
            waits bigint NOT NULL DEFAULT 0,
            input_tokens bigint NOT NULL DEFAULT 0,
            output_tokens bigint NOT NULL DEFAULT 0,
            cache_read_tokens bigint NOT NULL DEFAULT 0,
            cache_write_five_minutes_tokens bigint NOT NULL DEFAULT 0,
            cache_write_one_hour_tokens bigint NOT NULL DEFAULT 0
        ) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0);
        CREATE INDEX account_by_owner ON llm_provider.account (owner, job);

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
