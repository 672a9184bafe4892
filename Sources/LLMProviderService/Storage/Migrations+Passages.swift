extension RequestStore {
    static let passages = """
        -- Requests that a process passes on while their callers wait. A row with an owner is one call, with the money set aside for it; a row
        -- without is a span of calls for which none is, and lasts until all of them are in the ledger. What is left of a process that died tells
        -- of calls that the ledger may lack.
        CREATE TABLE llm_provider.passage (
            id text PRIMARY KEY,
            worker text NOT NULL,
            tenant text NOT NULL,
            owner text NOT NULL,
            reserved_nanodollars bigint NOT NULL,
            begun_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            -- The last sign of life of the process.
            renewed_at timestamptz NOT NULL DEFAULT clock_timestamp()
        );
        -- Batches of such calls that are in the ledger: who does not know whether a batch is looks here, so that it is entered once.
        CREATE TABLE llm_provider.entered (
            batch text PRIMARY KEY,
            at timestamptz NOT NULL DEFAULT clock_timestamp()
        );
        """
}
