public import Postgres

/// Where the next search for kinds begins, so that in time it comes to all of them.
public struct KindSearch: Sendable {
    fileprivate var after = ""

    public init() {}
}

extension JobQueue {
    /// Most kinds that one search finds.
    public static let maximumKinds = 1000

    /// The kinds of which jobs are ready, in their order and at most ``maximumKinds``. Where there are more, the next search goes on with those.
    ///
    /// - Throws: ``PostgresError``.
    public func readyKinds(search: inout KindSearch, on pool: Pool) async throws -> [String] {
        let kinds = try await pool.query(findingKinds(after: search.after)).map { try $0.decode(String.self) }
        search.after = kinds.count < Self.maximumKinds ? "" : kinds.last ?? ""
        return kinds
    }

    /// Steps from the first job of a kind to the first of the next, whatever the number of jobs. The ballast's kind is the empty one.
    func findingKinds(after kind: String) -> Query {
        """
        WITH RECURSIVE found (kind) AS (
            SELECT (SELECT ready.kind FROM \(unescaped: schema).job_ready AS ready
                WHERE ready.kind > (SELECT \(kind)) ORDER BY ready.kind LIMIT 1)
            UNION ALL
            SELECT (SELECT ready.kind FROM \(unescaped: schema).job_ready AS ready
                WHERE ready.kind > found.kind ORDER BY ready.kind LIMIT 1)
            FROM found WHERE found.kind IS NOT NULL)
        SELECT kind FROM found WHERE kind IS NOT NULL LIMIT \(Int64(Self.maximumKinds))
        """
    }
}
