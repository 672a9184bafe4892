import CJCore
import Postgres
import Wire

extension AssessmentStore {
    /// Reads an assessment as it stands.
    func snapshot(of id: String, in unit: UnitOfWork) async throws -> AssessmentSnapshot? {
        let comparisons = unit.send(
            """
            SELECT comparison.number, first_essay, second_essay, state::text, outcome::text, margin::text, confidence, model,
                comparison.failure
            FROM cj.comparison LEFT JOIN cj.judgement
                ON judgement.assessment_id = comparison.assessment_id AND judgement.comparison = comparison.number
            WHERE comparison.assessment_id = \(id)
            ORDER BY comparison.number
            """)
        guard var snapshot = try await settings(of: id, in: unit) else { return nil }
        snapshot.entries = try comparisons.rows().map { try Self.entry($0, items: snapshot.items) }
        snapshot.suspects = try await suspects(of: id, in: unit)
        return snapshot
    }

    /// Reads an assessment without its comparisons, which are counted only: there may be very many, and it is looked at often.
    func standing(
        of id: String, in unit: UnitOfWork
    ) async throws -> (snapshot: AssessmentSnapshot, counts: [AssessmentSnapshot.Entry.State: Int])? {
        let states = unit.send(
            "SELECT state::text, count(*) FROM cj.comparison WHERE assessment_id = \(id) GROUP BY state")
        guard let snapshot = try await settings(of: id, in: unit) else { return nil }
        var counts: [AssessmentSnapshot.Entry.State: Int] = [:]
        for row in try states.rows() {
            let (state, count) = try row.decode(String.self, Int.self)
            counts[try Self.parse(state)] = count
        }
        return (snapshot, counts)
    }

    private func settings(of id: String, in unit: UnitOfWork) async throws -> AssessmentSnapshot? {
        let settings = unit.send(
            """
            SELECT state::text, stop_reason::text, failure, revision, decisions, results, consecutive_failures, permanent_failure, provider_calls,
                cost, cache_savings, reliability, expected_comparisons,
                (extract(epoch FROM coalesce(finished_at, now()) - created_at) * 1000)::bigint,
                coalesce(overdue_at <= now(), false), run, budget_refusal
            FROM cj.assessment WHERE id = \(id)
            """)
        let plan = unit.send(
            """
            SELECT provider, model, temperature, maximum_output_tokens, verdict_levels, target_reliability, target_kendall_tau,
                maximum_grade_deviation, maximum_comparisons, maximum_cost, pairing, grades, grade_steps, expected_shares, seed,
                maximum_in_flight, prompt_version, simulated, estimated_cost, call_cost_at_most, maximum_seconds, by_batch,
                dispatch_reason
            FROM cj.assessment WHERE id = \(id)
            """)
        let essays = unit.send("SELECT id, anchor_grade FROM cj.essay WHERE assessment_id = \(id) ORDER BY number")
        try await unit.sync()
        guard let settings = try settings.rows().first, let plan = try plan.rows().first else { return nil }
        let items = try essays.rows().map { row in
            let (id, grade) = try row.decode(String.self, String.self)
            return AssessmentSnapshot.Item(id: CJCore.Item.ID(id), anchorGrade: grade.isEmpty ? nil : grade)
        }
        return try Self.assemble(id: id, settings: settings, plan: plan, items: items)
    }

    private static func entry(_ row: Row, items: [AssessmentSnapshot.Item]) throws -> AssessmentSnapshot.Entry {
        let (number, first, second, state, outcome, margin, confidence, model, failure) = try row.decode(
            Int64.self, Int64.self, Int64.self, String.self, String?.self, String?.self, Int64?.self, String?.self,
            String?.self)
        let comparison = try Comparison(first: items[Int(first)].id, second: items[Int(second)].id)
        var judgement: Judgement?
        if let outcome, let model {
            judgement = Judgement(
                comparison: comparison, outcome: try parse(outcome), margin: try margin.map { stored in try parse(stored) },
                judge: Judge.ID(model),
                confidence: confidence.map(Int.init))
        }
        return AssessmentSnapshot.Entry(
            number: Int(number), comparison: comparison, state: try parse(state), judgement: judgement, failure: failure)
    }

    private static func assemble(
        id: String, settings: Row, plan: Row, items: [AssessmentSnapshot.Item]
    ) throws -> AssessmentSnapshot {
        let (
            state, reason, failure, revision, decisions, results, failures, permanentFailure, calls, cost, savings, reliability,
            expected, elapsed, isOverdue, run, budgetRefusal
        ) = try settings.decode(
            String.self, String?.self, String?.self, Int64.self, Int64.self, Int64.self, Int64.self, String?.self, Int64.self,
            Int64.self, Int64.self, Double?.self, Int64.self, Int64.self, Bool.self, Int64.self, String?.self)
        let (
            provider, model, temperature, tokens, levels, targetReliability, tau, gradeDeviation, maximumComparisons, maximumCost,
            pairing,
            grades, steps, shares, seed, inFlight, promptVersion, simulated, estimatedCost, callCostAtMost, maximumSeconds,
            byBatch, dispatchReason
        ) = try plan.decode(
            String.self, String.self, Double?.self, Int64.self, Int64.self, Double?.self, Double?.self, Double?.self, Int64.self,
            Int64?.self, String.self, [String].self, [String].self, [Double].self, Int64.self, Int64.self, String.self, Bool.self,
            Int64?.self, Int64?.self,
            Int64?.self, Bool.self, String.self)
        var snapshot = AssessmentSnapshot(
            id: id,
            state: try parse(state),
            reason: try reason.map { stored in try parse(stored) },
            failure: failure,
            revision: revision,
            decisions: decisions,
            results: results,
            judge: AssessmentPlan.Judge(
                provider: provider, model: model, temperature: temperature, maximumOutputTokens: Int(tokens),
                levels: try Self.levels(levels)),
            stopping: AssessmentPlan.Stopping(
                goal: StoppingGoal(reliability: targetReliability, kendallTau: tau, gradeDeviation: gradeDeviation),
                maximumComparisons: Int(maximumComparisons), maximumCost: maximumCost,
                maximumSeconds: maximumSeconds),
            pairing: try parse(pairing),
            grading: AssessmentPlan.Grading(grades: grades, steps: try steps.map(Self.steps), expectedShares: shares),
            seed: UInt64(bitPattern: seed),
            maximumInFlight: Int(inFlight),
            promptVersion: promptVersion,
            isSimulated: simulated,
            estimatedCost: estimatedCost,
            callCostAtMost: callCostAtMost,
            consecutiveFailures: Int(failures),
            permanentFailure: permanentFailure,
            budgetRefusal: budgetRefusal,
            providerCalls: Int(calls),
            cost: cost,
            cacheSavings: savings,
            reliability: reliability,
            expectedComparisons: Int(expected),
            elapsedMilliseconds: elapsed,
            isOverdue: isOverdue,
            run: run,
            items: items,
            entries: [])
        snapshot.dispatch = DispatchChoice(isByBatch: byBatch, reason: dispatchReason)
        return snapshot
    }
}
