public import Postgres

/// What must hold in the services' tables, whatever was killed: each rule is a query for the rows that break it.
public struct Invariants: Sendable {
    /// A rule that was broken.
    public struct Violation: Sendable, Hashable, CustomStringConvertible {
        public let rule: String
        /// Rows that break it.
        public let count: Int
        /// The first of them.
        public let example: String

        public var description: String { "\(rule): broken \(count) times, first by \(example)" }
    }

    struct Rule: Sendable {
        let name: String
        /// One text column, a row for each fault.
        let faults: String
    }

    /// Rules that hold between any two commits.
    static let always = [
        Rule(
            name: "a comparison is judged when it has a judgement, and only then",
            faults: """
                SELECT comparison.assessment_id || ' ' || comparison.number
                FROM cj.comparison
                LEFT JOIN cj.judgement ON judgement.assessment_id = comparison.assessment_id
                    AND judgement.comparison = comparison.number
                WHERE (comparison.state = 'judged') <> (judgement.request_id IS NOT NULL)
                """),
        Rule(
            name: "a comparison that is over waits for no request",
            faults: """
                SELECT request.id
                FROM cj.request JOIN cj.comparison ON comparison.assessment_id = request.assessment_id
                    AND comparison.number = request.comparison
                WHERE request.finished_at IS NULL AND comparison.state <> 'in_flight'
                """),
        Rule(
            name: "a comparison under way waits for exactly one request",
            faults: """
                SELECT comparison.assessment_id || ' ' || comparison.number
                FROM cj.comparison
                WHERE state = 'in_flight' AND 1 <> (
                    SELECT count(*) FROM cj.request
                    WHERE request.assessment_id = comparison.assessment_id AND request.comparison = comparison.number
                        AND request.finished_at IS NULL)
                """),
        Rule(
            name: "an assessment that has ended has nothing under way",
            faults: """
                SELECT DISTINCT assessment.id
                FROM cj.assessment JOIN cj.comparison ON comparison.assessment_id = assessment.id
                WHERE assessment.state <> 'running' AND comparison.state = 'in_flight'
                """),
        Rule(
            name: "an assessment's end is told once",
            faults: """
                SELECT id FROM cj.assessment
                LEFT JOIN (
                    SELECT aggregate_id, type FROM cj.event_log UNION ALL SELECT aggregate_id, type FROM cj.event_pending
                ) AS event ON aggregate_id = id AND type = 'huleedu.events.v1.AssessmentFinished'
                GROUP BY id, state HAVING count(aggregate_id) <> (state <> 'running')::int
                """),
        Rule(
            name: "a request's end is told once",
            faults: """
                SELECT request_id FROM llm_provider.result
                LEFT JOIN (
                    SELECT aggregate_id FROM llm_provider.event_log
                    UNION ALL SELECT aggregate_id FROM llm_provider.event_pending) AS event ON aggregate_id = request_id
                GROUP BY request_id HAVING count(aggregate_id) <> 1
                """),
        Rule(name: "the provider service's events have no gaps", faults: gaps(in: "llm_provider")),
        Rule(name: "the assessment service's events have no gaps", faults: gaps(in: "cj")),
    ]

    /// Rules that hold besides once every assessment has ended.
    static let atRest = [
        Rule(name: "every assessment has ended", faults: "SELECT id FROM cj.assessment WHERE state = 'running'"),
        Rule(
            name: "every request that was taken on has its result",
            faults: """
                SELECT request.id FROM llm_provider.request
                LEFT JOIN llm_provider.result ON result.request_id = request.id
                WHERE result.request_id IS NULL
                """),
        Rule(
            name: "every result has arrived",
            faults: """
                SELECT result.request_id FROM llm_provider.result JOIN cj.request ON request.id = result.request_id
                WHERE request.finished_at IS NULL
                """),
        Rule(
            name: "every answer that was stored and readable is a judgement",
            faults: """
                SELECT result.request_id FROM llm_provider.result
                LEFT JOIN cj.judgement ON judgement.request_id = result.request_id
                LEFT JOIN cj.request ON request.id = result.request_id
                LEFT JOIN cj.request AS again ON again.assessment_id = request.assessment_id
                    AND again.comparison = request.comparison AND again.attempt = request.attempt + 1
                LEFT JOIN cj.comparison ON comparison.assessment_id = request.assessment_id
                    AND comparison.number = request.comparison
                WHERE result.state = 'succeeded' AND judgement.request_id IS NULL AND again.id IS NULL
                    AND comparison.state IS DISTINCT FROM 'failed'
                """),
    ]

    private static func gaps(in schema: String) -> String {
        """
        SELECT position::text FROM (
            SELECT position, lag(position, 1, 0::bigint) OVER (PARTITION BY partition ORDER BY position) AS before
            FROM \(schema).event_log) AS event
        WHERE position <> before + 1
        """
    }

    /// The rules that are broken now.
    ///
    /// - Parameter isAtRest: whether every assessment should have ended.
    public static func violations(in pool: Pool, isAtRest: Bool) async throws -> [Violation] {
        try await pool.unitOfWork("check invariants", isolation: .repeatableRead, statementTimeout: .seconds(60)) { unit in
            var violations: [Violation] = []
            for rule in always + (isAtRest ? atRest : []) {
                let rows = try await unit.query("\(unescaped: rule.faults)")
                guard let first = rows.first else { continue }
                violations.append(Violation(rule: rule.name, count: rows.count, example: try first.decode(String.self)))
            }
            return violations
        }
    }
}
