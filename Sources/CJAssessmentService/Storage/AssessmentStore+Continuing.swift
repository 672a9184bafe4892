import Postgres

extension AssessmentStore {
    /// Sets an assessment going again under other limits; the next look at it decides what follows. Its end, when it comes, is a further
    /// event.
    ///
    /// After a failure of the judge, what it failed at is forgotten: neither its failures in a row nor the pairs that were given up
    /// through it tell anything about the judge that there is now.
    ///
    /// The caller holds the assessment's lock.
    func takeUp(
        _ snapshot: AssessmentSnapshot, stopping: AssessmentPlan.Stopping, maximumInFlight: Int, in unit: UnitOfWork
    ) async throws {
        if snapshot.reason == .judgeFailed {
            _ = unit.send(
                "UPDATE cj.comparison SET state = 'cancelled' WHERE assessment_id = \(snapshot.id) AND state = 'failed'")
        }
        _ = unit.send(
            """
            UPDATE cj.assessment SET
                revision = revision + 1,
                decisions = decisions + 1,
                run = run + 1,
                state = 'running',
                stop_reason = NULL,
                failure = NULL,
                finished_at = NULL,
                consecutive_failures = 0,
                permanent_failure = NULL,
                budget_refusal = NULL,
                target_reliability = \(stopping.goal.reliability),
                target_kendall_tau = \(stopping.goal.kendallTau),
                maximum_grade_deviation = \(stopping.goal.gradeDeviation),
                maximum_comparisons = \(Int64(stopping.maximumComparisons)),
                maximum_cost = \(stopping.maximumCost),
                maximum_seconds = \(stopping.maximumSeconds),
                overdue_at = now() + make_interval(secs => \(stopping.maximumSeconds.map(Double.init))),
                maximum_in_flight = \(Int64(maximumInFlight)),
                advanced_at_results = NULL
            WHERE id = \(snapshot.id)
            """)
        try await unit.sync()
    }
}
