extension RequestStore {
    static let batches = """
        CREATE TYPE llm_provider.batch_state AS ENUM ('gathering', 'sending', 'submitted', 'closed');

        -- Requests that go to a vendor together. A row is kept when the batch is closed: the vendor goes on to tell of it for a month.
        CREATE TABLE llm_provider.batch (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            provider text NOT NULL,
            -- Tells accounts apart without telling their keys.
            credential text NOT NULL,
            state llm_provider.batch_state NOT NULL DEFAULT 'gathering',
            -- What the names of its requests begin with.
            mark text NOT NULL,
            requests bigint NOT NULL DEFAULT 0,
            -- Of the call that hands it over, so far.
            bytes bigint NOT NULL DEFAULT 0,
            created_at timestamptz NOT NULL DEFAULT now(),
            -- When that call was begun.
            sent_at timestamptz,
            -- The vendor's name for it.
            vendor_id text,
            is_cancelled boolean NOT NULL DEFAULT false,
            -- Nothing more goes into it.
            is_full boolean NOT NULL DEFAULT false,
            -- When it is to be looked at.
            next_at timestamptz NOT NULL,
            -- Until when it waits after a refusal, and with it every batch of its account that is still to be handed over.
            not_before timestamptz NOT NULL DEFAULT '-infinity',
            -- The life of an instance that holds it, its number from the sequence that leases have theirs from, and until when it does.
            holder text NOT NULL DEFAULT '',
            epoch bigint NOT NULL DEFAULT 0,
            lease_until timestamptz NOT NULL DEFAULT '-infinity'
        ) WITH (fillfactor = 70);
        CREATE INDEX batch_by_time ON llm_provider.batch (next_at) WHERE state <> 'closed';
        CREATE INDEX batch_by_vendor_id ON llm_provider.batch (vendor_id);

        -- The requests of batches that are not closed. Their jobs are scheduled for a time that never comes.
        CREATE TABLE llm_provider.batch_item (
            job bigint PRIMARY KEY,
            batch bigint NOT NULL REFERENCES llm_provider.batch,
            -- The owner wants it no more.
            is_withdrawn boolean NOT NULL DEFAULT false
        ) WITH (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0);
        CREATE INDEX batch_item_by_batch ON llm_provider.batch_item (batch, job);

        -- Those of the requests that ended in a batch.
        ALTER TABLE llm_provider.spending ADD COLUMN batch_requests bigint NOT NULL DEFAULT 0;
        """

    static let batchCare = """
        -- When the vendor began to say that it knows nothing of a batch; absent where it did not, or knew it since.
        ALTER TABLE llm_provider.batch ADD COLUMN missing_since timestamptz;
        -- Since when looks at the vendor's have not shown what became of a batch; absent where the last one did.
        ALTER TABLE llm_provider.batch ADD COLUMN unclear_since timestamptz;
        """
}
