import CJCore
import Contracts
import Postgres

extension AssessmentStore {
    /// Claims requests that nobody has handed over: new ones of assessments that go on, as many as may be with the judge at once, and
    /// those of dead processes whatever their assessment does, because their results may already be on the way. What was claimed less often
    /// goes first: requests that are refused for the time being, because their tenant's budget is set aside, hold up no others.
    ///
    /// - Parameter tenants: those of which nothing is claimed.
    func claimRequests(
        limit: Int, claimLifetimeSeconds: Int64, besides tenants: Set<String> = []
    ) async throws -> [RequestToSubmit] {
        try await pool.unitOfWork("claim requests") { unit in
            // Replicas take turns, so that together they hand over no more than may be with the judge.
            try await unit.execute("SELECT pg_advisory_xact_lock(hashtextextended('cj.request.claimed_at', 0))")
            let rows = try await unit.query(
                """
                WITH open AS (
                    SELECT id, row_number() OVER (
                        PARTITION BY assessment_id ORDER BY claimed_at IS NULL, comparison, attempt) AS place
                    FROM cj.request WHERE finished_at IS NULL),
                due AS (
                    SELECT request.id, request.claimed_at IS NOT NULL AS is_unclear
                    FROM open JOIN cj.request ON request.id = open.id
                        JOIN cj.assessment ON assessment.id = request.assessment_id
                    WHERE request.submitted_at IS NULL AND request.finished_at IS NULL
                        AND NOT assessment.tenant = ANY (\(Array(tenants))::text[])
                        AND (request.claimed_at < now() - make_interval(secs => \(Double(claimLifetimeSeconds)))
                            OR request.claimed_at IS NULL AND assessment.state = 'running' AND assessment.stop_reason IS NULL
                                AND place <= maximum_in_flight)
                    ORDER BY request.claims, assessment.created_at, request.comparison
                    LIMIT \(limit)
                    FOR UPDATE OF request SKIP LOCKED)
                UPDATE cj.request SET claimed_at = now(), claims = claims + 1
                FROM due, cj.comparison, cj.essay AS first, cj.essay AS second
                WHERE request.id = due.id AND comparison.assessment_id = request.assessment_id
                    AND comparison.number = request.comparison
                    AND first.assessment_id = comparison.assessment_id AND first.number = first_essay
                    AND second.assessment_id = comparison.assessment_id AND second.number = second_essay
                RETURNING request.id, request.assessment_id, request.comparison, request.attempt, due.is_unclear, claims, first.content,
                    second.content
                """)
            var claimed: [RequestToSubmit] = []
            var contexts: [String: PromptContext] = [:]
            for row in rows {
                let (id, assessment, comparison, attempt, isUnclear, claim, first, second) = try row.decode(
                    String.self, String.self, Int64.self, Int64.self, Bool.self, Int64.self, [UInt8].self, [UInt8].self)
                let context: PromptContext
                if let known = contexts[assessment] {
                    context = known
                } else {
                    context = try await promptContext(of: assessment, in: unit)
                    contexts[assessment] = context
                }
                claimed.append(
                    RequestToSubmit(
                        id: id, assessment: assessment, comparison: comparison, attempt: attempt, isUnclear: isUnclear,
                        claim: claim,
                        judge: context.judge,
                        prompt: context.template.prompt(
                            question: context.question, rubric: context.rubric, first: String(decoding: first, as: UTF8.self),
                            // How long it is really kept is decided where prices and pace are known.
                            second: String(decoding: second, as: UTF8.self), cacheMark: .oneHour),
                        replyFormat: ReplyFormat(for: context.template), expectedRequests: Int(context.essays),
                        tenant: context.tenant, isByBatch: context.isByBatch))
            }
            // What is asked is on record before it is asked: a result may come before anything else is written.
            _ = unit.send(
                """
                UPDATE cj.request SET prompt_sha256 = given.prompt_sha256
                FROM unnest(\(claimed.map(\.id))::text[], \(claimed.map(\.prompt.sha256))::text[]) AS given (id, prompt_sha256)
                WHERE request.id = given.id
                """)
            return claimed
        }
    }

    /// Marks a request that the provider service has stored.
    func markSubmitted(_ request: RequestToSubmit) async throws {
        try await pool.execute("UPDATE cj.request SET submitted_at = now() WHERE id = \(request.id)")
    }

    /// Gives a claimed request back, unless somebody else has claimed it since, to be handed over later, or withdraws it where its
    /// assessment starts nothing more.
    ///
    /// - Parameter wasRefused: whether the provider service certainly did not take it on this time. If it did not say so, now or
    ///   before, the request's result is waited for even when the assessment ends meanwhile, and it is handed over again to make sure.
    func releaseClaim(of request: RequestToSubmit, wasRefused: Bool) async throws {
        try await pool.unitOfWork("release claim") { unit in
            let isUnclear = request.isUnclear || !wasRefused
            // Whoever stops the assessment either finds the claim gone or is found to have stopped it.
            guard try await lock(request.assessment, in: unit) else { return }
            try await unit.execute(
                """
                UPDATE cj.request SET claimed_at = CASE WHEN \(isUnclear) THEN '-infinity'::timestamptz END
                WHERE id = \(request.id) AND claims = \(request.claim) AND submitted_at IS NULL AND finished_at IS NULL
                """)
            let rows = try await unit.query(
                "SELECT stop_reason IS NOT NULL FROM cj.assessment WHERE id = \(request.assessment)")
            if try rows[0].decode(Bool.self) { withdrawUnclaimed(of: request.assessment, in: unit) }
        }
    }

    /// Gives back every claim that is not marked as handed over; the requests may have been, so each is handed over again to make sure.
    func releaseAllClaims() async throws {
        try await pool.execute(
            """
            UPDATE cj.request SET claimed_at = '-infinity'
            WHERE claimed_at IS NOT NULL AND submitted_at IS NULL AND finished_at IS NULL
            """)
    }

    /// Requests that have waited for their results, or since somebody last asked after them, for so long; they count as asked after.
    func overdueRequests(patienceSeconds: Int64) async throws -> [String] {
        let rows = try await pool.query(
            """
            UPDATE cj.request SET asked_at = now()
            WHERE id IN (
                SELECT id FROM cj.request
                WHERE finished_at IS NULL
                    AND coalesce(asked_at, submitted_at) < now() - make_interval(secs => \(Double(patienceSeconds)))
                    AND submitted_at IS NOT NULL
                LIMIT 100
                FOR UPDATE SKIP LOCKED)
            RETURNING id
            """)
        return try rows.map { try $0.decode(String.self) }
    }

    /// Lets a request that the provider service does not know be handed over again.
    func forgetHandOver(of request: String) async throws {
        try await pool.execute(
            """
            UPDATE cj.request SET submitted_at = NULL, asked_at = NULL, claimed_at = '-infinity'
            WHERE id = \(request) AND finished_at IS NULL
            """)
    }

    /// Records that the provider service will never take a request on. Where somebody else has claimed it since, he will find out.
    func recordRefusal(of request: RequestToSubmit, effect: ResultIntake.Effect) async throws {
        try await pool.unitOfWork("record refusal") { unit in
            let open = try await openRequests([request.id], in: unit)
            guard open[request.id]?.claim == request.claim else { return }
            let result = LLMV1.Result(requestID: request.id, owner: request.assessment)
            try await record(
                [
                    FinishedRequest(
                        requestID: request.id, assessment: request.assessment, comparison: request.comparison,
                        attempt: request.attempt, result: result, effect: effect)
                ], in: unit)
        }
    }

    private struct PromptContext {
        let judge: AssessmentPlan.Judge
        let template: PromptTemplate
        let question: String
        let rubric: String
        let essays: Int64
        let tenant: String
        let isByBatch: Bool
    }

    private func promptContext(of assessment: String, in unit: UnitOfWork) async throws -> PromptContext {
        let rows = try await unit.query(
            """
            SELECT question, rubric, language, provider, model, temperature, maximum_output_tokens, verdict_levels,
                (SELECT count(*) FROM cj.essay WHERE assessment_id = assessment.id), tenant, by_batch
            FROM cj.assessment WHERE id = \(assessment)
            """)
        let (question, rubric, language, provider, model, temperature, tokens, storedLevels, essays, tenant, byBatch) =
            try rows[0].decode(
                [UInt8].self, [UInt8].self, String.self, String.self, String.self, Double?.self, Int64.self,
                Int64.self, Int64.self, String.self, Bool.self)
        let levels = try Self.levels(storedLevels)
        guard let template = PromptTemplate(language: language, levels: levels) else {
            throw AssessmentError(.unknownLanguage, "assessment \(assessment) is in a language without a prompt: \(language)")
        }
        return PromptContext(
            judge: AssessmentPlan.Judge(
                provider: provider, model: model, temperature: temperature, maximumOutputTokens: Int(tokens), levels: levels),
            template: template, question: String(decoding: question, as: UTF8.self),
            rubric: String(decoding: rubric, as: UTF8.self), essays: essays, tenant: tenant, isByBatch: byBatch)
    }

    /// Who pays for the judge of an assessment; empty for the provider service's default.
    func tenant(of assessment: String) async throws -> String {
        try await pool.query("SELECT tenant FROM cj.assessment WHERE id = \(assessment)").first?.decode(String.self) ?? ""
    }
}
