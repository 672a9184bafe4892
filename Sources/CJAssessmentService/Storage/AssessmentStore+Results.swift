import CJCore
import Contracts
import Postgres

extension AssessmentStore {
    /// Those of the requests that are ours and still waited for, with their assessments locked in a fixed order.
    func openRequests(_ ids: [String], in unit: UnitOfWork) async throws -> [String: OpenRequest] {
        try await unit.execute(
            """
            SELECT 1 FROM cj.assessment
            WHERE id IN (SELECT assessment_id FROM cj.request WHERE request.id = ANY(\(ids)::text[]))
            ORDER BY id FOR UPDATE
            """)
        let rows = try await unit.query(
            """
            SELECT request.id, assessment_id, comparison, attempt, claims, stop_reason IS NOT NULL, verdict_levels
            FROM cj.request JOIN cj.assessment ON assessment.id = assessment_id
            WHERE request.id = ANY(\(ids)::text[]) AND request.finished_at IS NULL
            """)
        var open: [String: OpenRequest] = [:]
        for row in rows {
            let (id, assessment, comparison, attempt, claim, isStopping, levels) = try row.decode(
                String.self, String.self, Int64.self, Int64.self, Int64.self, Bool.self, Int64.self)
            open[id] = OpenRequest(
                assessment: assessment, comparison: comparison, attempt: attempt, claim: claim, isStopping: isStopping,
                levels: try Self.levels(levels))
        }
        return open
    }

    /// Writes finished requests and everything that follows from them.
    func record(_ finished: [FinishedRequest], in unit: UnitOfWork) async throws {
        _ = unit.send(
            "UPDATE cj.request SET finished_at = now() WHERE id = ANY(\(finished.map(\.requestID))::text[])")
        insertJudgements(finished, in: unit)
        settleComparisons(finished, in: unit)
        openFurtherAttempts(finished, in: unit)
        for (assessment, tally) in AssessmentTally.tallies(finished) {
            add(tally, to: assessment, in: unit)
        }
        try await unit.sync()
    }

    private func insertJudgements(_ finished: [FinishedRequest], in unit: UnitOfWork) {
        let judged = finished.compactMap { request -> (FinishedRequest, Verdict)? in
            guard case .judged(let verdict) = request.effect else { return nil }
            return (request, verdict)
        }
        guard !judged.isEmpty else { return }
        _ = unit.send(
            """
            INSERT INTO cj.judgement (
                assessment_id, comparison, request_id, outcome, margin, confidence, rationale, model, cost)
            SELECT given.assessment, given.comparison, given.request, given.outcome::cj.outcome, nullif(given.margin, '')::cj.margin,
                given.confidence, given.rationale, given.model, given.cost
            FROM unnest(
                \(judged.map(\.0.assessment))::text[], \(judged.map(\.0.comparison))::bigint[],
                \(judged.map(\.0.requestID))::text[], \(judged.map(\.1.outcome.rawValue))::text[],
                \(judged.map { $0.1.margin?.rawValue ?? "" })::text[],
                \(judged.map { Int64($0.1.confidence) })::bigint[], \(judged.map { Array($0.1.rationale.utf8) })::bytea[],
                \(judged.map(\.0.result.model))::text[], \(judged.map { Int64(clamping: $0.0.result.costNanodollars ?? 0) })::bigint[])
                AS given (assessment, comparison, request, outcome, margin, confidence, rationale, model, cost)
            """)
    }

    private func settleComparisons(_ finished: [FinishedRequest], in unit: UnitOfWork) {
        let settled = finished.compactMap { request -> (FinishedRequest, state: String, failure: String)? in
            switch request.effect {
            case .judged: (request, "judged", "")
            case .giveUp(let reason), .judgeUnusable(let reason): (request, "failed", reason)
            case .withdrawn, .unaffordable: (request, "cancelled", "")
            case .retry: nil
            }
        }
        guard !settled.isEmpty else { return }
        _ = unit.send(
            """
            UPDATE cj.comparison SET state = given.state::cj.comparison_state, failure = nullif(given.failure, '')
            FROM unnest(
                \(settled.map(\.0.assessment))::text[], \(settled.map(\.0.comparison))::bigint[],
                \(settled.map(\.state))::text[], \(settled.map(\.failure))::text[])
                AS given (assessment, number, state, failure)
            WHERE comparison.assessment_id = given.assessment AND comparison.number = given.number
            """)
    }

    private func openFurtherAttempts(_ finished: [FinishedRequest], in unit: UnitOfWork) {
        let again = finished.filter { if case .retry = $0.effect { true } else { false } }
        guard !again.isEmpty else { return }
        let assessments = again.map(\.assessment)
        let comparisons = again.map(\.comparison)
        _ = unit.send(
            """
            UPDATE cj.comparison SET attempts = attempts + 1
            FROM unnest(\(assessments)::text[], \(comparisons)::bigint[]) AS given (assessment, number)
            WHERE comparison.assessment_id = given.assessment AND comparison.number = given.number
            """)
        _ = unit.send(
            """
            INSERT INTO cj.request (id, assessment_id, comparison, attempt)
            SELECT assessment || ':' || comparison || ':' || attempt, assessment, comparison, attempt
            FROM unnest(\(assessments)::text[], \(comparisons)::bigint[], \(again.map { $0.attempt + 1 })::bigint[])
                AS given (assessment, comparison, attempt)
            """)
    }

    private func add(_ tally: AssessmentTally, to assessment: String, in unit: UnitOfWork) {
        _ = unit.send(
            """
            UPDATE cj.assessment SET
                revision = revision + 1,
                results = results + \(tally.results),
                provider_calls = provider_calls + \(tally.calls),
                cost = cost + \(tally.cost),
                cache_savings = cache_savings + \(tally.cacheSavings),
                consecutive_failures =
                    CASE WHEN \(tally.hasJudgement) THEN 0 ELSE consecutive_failures END + \(tally.trailingFailures),
                permanent_failure = coalesce(permanent_failure, \(tally.permanentFailure)),
                budget_refusal = coalesce(budget_refusal, \(tally.budgetRefusal)),
                -- Once the judge has been given up, the reason for that stays.
                failure = CASE WHEN stop_reason IS NULL THEN coalesce(\(tally.lastFailure), failure) ELSE failure END
            WHERE id = \(assessment)
            """)
    }
}
