import Postgres

/// Some of the requests of a batch, as many as are read together.
struct BatchPage: Sendable {
    /// Those of them that are open, in the order of their jobs.
    let items: [BatchItem]
    /// The last job that was looked at, whatever has become of its request; nil where there are no more.
    let last: Int64?

    /// Bytes of the contents that are read together, but for the last one's: a content is as long as a prompt, and a result has its limit.
    static let mostBytes: Int64 = 8 << 20

    /// How many of some contents are read together, at least one.
    static func count(ofSizes sizes: some Sequence<Int64>) -> Int {
        var (count, bytes) = (0, Int64(0))
        for size in sizes where count == 0 || bytes < mostBytes {
            count += 1
            bytes += size
        }
        return count
    }
}

/// The requests in batches are read page by page: many are in one batch, and each may be long.
extension RequestStore {
    /// The next requests of a batch, in the order of their jobs.
    ///
    /// - Parameter job: after which.
    func page(of batch: Batch, after job: Int64, limit: Int) async throws -> BatchPage {
        try await pool.unitOfWork("read batch") { unit in
            let next = try await unit.query(
                """
                SELECT job FROM llm_provider.batch_item WHERE batch = \(batch.id) AND job > \(job)
                ORDER BY job LIMIT \(Int64(limit))
                """
            ).map { try $0.decode(Int64.self) }
            let jobs = try await Self.together(next, in: unit).first
            return BatchPage(items: try await Self.items(jobs, in: unit), last: jobs.last)
        }
    }

    /// Those of some jobs that are read together, in their order, and those that are left for later.
    static func together(_ jobs: [Int64], in unit: UnitOfWork) async throws -> (first: [Int64], left: [Int64]) {
        let sizes = try await unit.query(
            """
            SELECT given.job, coalesce(octet_length(request.content), 0)::bigint FROM unnest(\(jobs)::bigint[]) AS given (job)
                LEFT JOIN llm_provider.account ON account.job = given.job
                LEFT JOIN llm_provider.request ON request.id = account.request_id
            ORDER BY given.job
            """
        ).map { try $0.decode(Int64.self, Int64.self) }
        let count = BatchPage.count(ofSizes: sizes.lazy.map(\.1))
        return (sizes.prefix(count).map(\.0), sizes.dropFirst(count).map(\.0))
    }

    /// Requests that are in a batch, or about to come into one, with all that is known of them.
    static func items(_ jobs: [Int64], in unit: UnitOfWork) async throws -> [BatchItem] {
        let standing = unit.send(
            """
            SELECT job.id, job.kind, job.attempt, coalesce(item.is_withdrawn, false)
            FROM llm_provider.job_scheduled AS job LEFT JOIN llm_provider.batch_item AS item ON item.job = job.id
            WHERE job.id = ANY(\(jobs)::bigint[])
            """)
        let bodies = try await unit.query(
            """
            SELECT account.job, \(unescaped: bookkeeping)
            FROM llm_provider.account JOIN llm_provider.request ON request.id = account.request_id
            WHERE account.job = ANY(\(jobs)::bigint[]) ORDER BY account.job
            """)
        let known = try standing.rows().reduce(into: [Int64: (kind: String, attempt: Int64, isWithdrawn: Bool)]()) {
            let (job, kind, attempt, isWithdrawn) = try $1.decode(Int64.self, String.self, Int64.self, Bool.self)
            $0[job] = (kind, attempt, isWithdrawn)
        }
        return try bodies.compactMap { row in
            let job = try row.decode(Int64.self)
            guard let standing = known[job] else { return nil }
            return BatchItem(
                job: job, kind: standing.kind, claim: try claimed(row, attempts: standing.attempt, job: nil),
                isWithdrawn: standing.isWithdrawn)
        }
    }
}
