import Measuring

extension QueueBench {
    /// What pgbench makes of the same tables, by job.
    ///
    /// - Returns: nil where there is no pgbench.
    func rawClaimAndComplete(_ jobs: Int, batch: Int, clients: Int) throws -> Round? {
        try cluster.pgbench(
            rawScript(batch), clients: clients, transactions: jobs / batch, variables: ["low": "0"]
        )?.perPart(of: batch)
    }

    /// What somebody would write by hand for one kind and one priority.
    private func rawScript(_ batch: Int) -> String {
        """
        WITH taken AS (
            DELETE FROM bench.job_ready WHERE ctid = ANY (ARRAY(
                SELECT ctid FROM bench.job_ready WHERE kind = 'grade' AND priority = 1 AND id > :low
                ORDER BY id LIMIT \(batch) FOR UPDATE SKIP LOCKED))
            RETURNING kind, priority, id, attempt, max_attempts, is_unique, subject),
        leased AS (
            INSERT INTO bench.job_lease (id, epoch, lease_until, attempt, max_attempts, priority, is_unique, worker, kind, subject)
            SELECT id, nextval('bench.job_epoch'), clock_timestamp() + interval '60 s', attempt + 1, max_attempts, priority, is_unique,
                'raw', kind, subject
            FROM taken
            RETURNING id, epoch)
        SELECT array_agg(id) AS ids, array_agg(epoch) AS epochs, coalesce(max(id) - 100, 0) AS low FROM leased \\gset
        DELETE FROM bench.job_lease WHERE id = ANY (:ids::bigint[]) AND epoch = ANY (:epochs::bigint[]);

        """
    }
}
