import Postgres

extension AssessmentStore {
    /// The money of assessments that the caller has locked.
    func purses(of assessments: Set<String>, in unit: UnitOfWork) async throws -> [String: Purse] {
        let rows = try await unit.query(
            """
            SELECT id, maximum_cost, cost, coalesce(call_cost_at_most, 0), (
                SELECT count(*) FROM cj.comparison WHERE assessment_id = assessment.id AND comparison.state = 'in_flight')
            FROM cj.assessment WHERE id = ANY(\(assessments.sorted())::text[])
            """)
        return try rows.reduce(into: [:]) { purses, row in
            let (id, limit, spent, call, underWay) = try row.decode(
                String.self, Int64?.self, Int64.self, Int64.self, Int64.self)
            purses[id] = Purse(limit: limit, spent: spent, underWay: underWay, callCostAtMost: call)
        }
    }
}
