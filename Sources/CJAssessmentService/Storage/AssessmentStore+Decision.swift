import CJCore
import Contracts
import EventLog
import Postgres

extension AssessmentStore {
    /// Whether there is something to decide about an assessment: enough results that nobody has looked at, failures that do not look like
    /// chance, nothing with the judge, or an end.
    func isUndecided(_ id: String) async throws -> Bool {
        try await !pool.query(
            """
            SELECT 1 FROM cj.assessment WHERE id = \(id) AND \(unescaped: Self.isUndecided)
            """
        ).isEmpty
    }

    /// That there is something to decide, as a condition on `cj.assessment`.
    static let isUndecided = """
        state = 'running' AND (
            stop_reason IS NOT NULL
            OR advanced_at_results IS NULL
            OR overdue_at <= now()
            OR results - advanced_at_results >= greatest(1, (
                SELECT count(*) * count(*) / \(DecisionPace.squareOfEssays) FROM cj.essay WHERE assessment_id = assessment.id))
            OR advanced_at_results <> results
                AND (num_nonnulls(permanent_failure, budget_refusal) > 0
                    OR consecutive_failures >= \(DecisionPace.failuresWorthALook))
            OR NOT EXISTS (
                SELECT 1 FROM cj.comparison WHERE assessment_id = assessment.id AND comparison.state = 'in_flight'))
        """

    /// Locks an assessment, so that nobody else changes it before the unit of work ends.
    ///
    /// - Returns: false when there is none.
    func lock(_ id: String, in unit: UnitOfWork) async throws -> Bool {
        try await !unit.query("SELECT 1 FROM cj.assessment WHERE id = \(id) FOR UPDATE").isEmpty
    }

    /// Locks an assessment for a decision made from `snapshot`.
    ///
    /// Deciding takes its time, and nobody waits for it: results may have come since and are left for the next decision, but another
    /// decision may not.
    ///
    /// - Returns: false when something else has been decided since.
    func lock(_ snapshot: AssessmentSnapshot, in unit: UnitOfWork) async throws -> Bool {
        try await !unit.query(
            "SELECT 1 FROM cj.assessment WHERE id = \(snapshot.id) AND decisions = \(snapshot.decisions) FOR UPDATE"
        ).isEmpty
    }

    /// Writes what was decided about an assessment, with its events if it ended.
    ///
    /// The caller holds the assessment's lock and decided from `snapshot`.
    func apply(
        _ decision: AssessmentMachine.Decision, conclusion: Conclusion?, to snapshot: AssessmentSnapshot, in unit: UnitOfWork
    ) async throws {
        let numbers = Dictionary(uniqueKeysWithValues: snapshot.items.enumerated().map { ($0.element.id, Int64($0.offset)) })
        if !decision.start.isEmpty {
            start(decision.start, of: snapshot, numbers: numbers, in: unit)
        }
        if decision.stop != nil {
            withdrawUnclaimed(of: snapshot.id, in: unit)
        }
        if let figures = decision.figures {
            _ = unit.send(
                """
                INSERT INTO cj.scale_point (assessment_id, judged, posterior_reliability, scale_separation_reliability, cost)
                VALUES (\(snapshot.id), \(figures.judged), \(figures.posteriorReliability), \(figures.scaleSeparationReliability),
                    \(snapshot.estimatedCost == nil ? nil : snapshot.cost))
                ON CONFLICT (assessment_id, judged) DO NOTHING
                """)
        }
        _ = unit.send(
            """
            UPDATE cj.assessment SET
                revision = revision + 1,
                decisions = decisions + 1,
                stop_reason = coalesce(\(decision.stop?.rawValue)::cj.stop_reason, stop_reason),
                failure = coalesce(\(decision.failure), failure),
                state = coalesce(\(decision.finish?.rawValue)::cj.assessment_state, state),
                finished_at = CASE WHEN \(decision.finish != nil) THEN now() END,
                reliability = coalesce(\(decision.figures?.posteriorReliability), reliability),
                expected_comparisons = coalesce(\(decision.expectedComparisons.map(Int64.init)), expected_comparisons),
                advanced_at_results = \(snapshot.results)
            WHERE id = \(snapshot.id)
            """)
        try await unit.sync()
        if let conclusion { try await Self.log.append(try conclusion.events, in: unit) }
    }

    private func start(
        _ comparisons: [Comparison], of snapshot: AssessmentSnapshot, numbers: [CJCore.Item.ID: Int64], in unit: UnitOfWork
    ) {
        let next = Int64(snapshot.entries.count) + 1
        let given = comparisons.enumerated().map { next + Int64($0.offset) }
        let firsts = comparisons.compactMap { numbers[$0.first] }
        let seconds = comparisons.compactMap { numbers[$0.second] }
        precondition(
            firsts.count == comparisons.count && seconds.count == comparisons.count, "pairs come from the assessment's items")
        _ = unit.send(
            """
            INSERT INTO cj.comparison (assessment_id, number, first_essay, second_essay)
            SELECT \(snapshot.id), given.number, given.first, given.second
            FROM unnest(\(given)::bigint[], \(firsts)::bigint[], \(seconds)::bigint[]) AS given (number, first, second)
            """)
        _ = unit.send(
            """
            INSERT INTO cj.request (id, assessment_id, comparison, attempt)
            SELECT \(snapshot.id) || ':' || number || ':1', \(snapshot.id), number, 1 FROM unnest(\(given)::bigint[]) AS number
            """)
    }

    /// Takes back the comparisons that nobody has begun to hand to the judge; the others are waited for.
    func withdrawUnclaimed(of id: String, in unit: UnitOfWork) {
        _ = unit.send(
            """
            WITH withdrawn AS (
                UPDATE cj.request SET finished_at = now()
                WHERE assessment_id = \(id) AND claimed_at IS NULL AND finished_at IS NULL
                RETURNING comparison)
            UPDATE cj.comparison SET state = 'cancelled'
            FROM withdrawn
            WHERE comparison.assessment_id = \(id) AND comparison.number = withdrawn.comparison
                AND comparison.state = 'in_flight'
            """)
    }
}
