import CJCore
import Contracts
import EventLog
import Postgres
import Wire

/// The service's tables, seen as values. Every write happens in a unit of work that its caller opened.
struct AssessmentStore: WorkflowStore {
    let pool: Pool

    init(pool: Pool) {
        self.pool = pool
    }

    func unit<R>(
        _ name: String, isSnapshot: Bool, _ body: (UnitOfWork) async throws -> R
    ) async throws -> R {
        try await pool.unitOfWork(name, isolation: isSnapshot ? .repeatableRead : .readCommitted, body)
    }

    /// Content of an assessment that was started before under the same id.
    func startedContent(of id: String, in unit: UnitOfWork) async throws -> (hash: [UInt8], state: AssessmentSnapshot.State)? {
        let rows = try await unit.query("SELECT content_sha256, state::text FROM cj.assessment WHERE id = \(id)")
        guard let row = rows.first else { return nil }
        let (hash, state) = try row.decode([UInt8].self, String.self)
        return (hash, try Self.parse(state))
    }

    /// Writes a new assessment with its essays and drops what was uploaded for it.
    ///
    /// - Returns: false when its id is taken, at this moment by another caller perhaps; nothing is written then.
    func insert(
        _ plan: AssessmentPlan, terms: AssessmentTerms, suspects: [(essay: Int, attempt: InstructionAttempt)] = [],
        contentHash: [UInt8], in unit: UnitOfWork
    ) async throws -> Bool {
        let inserted = try await unit.execute(
            """
            INSERT INTO cj.assessment (
                id, content_sha256, question, rubric, language, grades, grade_steps, expected_shares, provider, model,
                temperature, maximum_output_tokens, verdict_levels, target_reliability, target_kendall_tau,
                maximum_grade_deviation, maximum_comparisons, maximum_cost, maximum_seconds, overdue_at, pairing, seed,
                maximum_in_flight, prompt_version, simulated, estimated_cost, call_cost_at_most,
                expected_comparisons, tenant, by_batch, dispatch_reason)
            VALUES (
                \(plan.id), \(contentHash), \(Array(plan.instructions.question.utf8)), \(Array(plan.instructions.rubric.utf8)),
                \(plan.instructions.language), \(plan.grading.grades), \(plan.grading.steps.map(\.stored)),
                \(plan.grading.expectedShares), \(plan.judge.provider), \(terms.model),
                \(plan.judge.temperature), \(plan.judge.maximumOutputTokens), \(Int64(plan.judge.levels.rawValue)),
                \(plan.stopping.goal.reliability), \(plan.stopping.goal.kendallTau), \(plan.stopping.goal.gradeDeviation),
                \(plan.stopping.maximumComparisons), \(plan.stopping.maximumCost), \(plan.stopping.maximumSeconds),
                now() + make_interval(secs => \(plan.stopping.maximumSeconds.map(Double.init))), \(plan.pairing.rawValue),
                \(Int64(bitPattern: plan.seed)), \(plan.maximumInFlight), \(terms.promptVersion), \(terms.isSimulated),
                \(terms.estimatedCost), \(terms.callCostAtMost), \(terms.expectedComparisons), \(plan.tenant),
                \(terms.dispatch.isByBatch), \(terms.dispatch.reason))
            ON CONFLICT (id) DO NOTHING
            """)
        guard inserted == 1 else { return false }
        _ = unit.send(
            """
            INSERT INTO cj.essay (assessment_id, number, id, content, anchor_grade)
            SELECT \(plan.id), given.number - 1, given.id, given.content, given.anchor_grade
            FROM unnest(
                \(plan.essays.map(\.id))::text[], \(plan.essays.map { Array($0.text.utf8) })::bytea[],
                \(plan.essays.map { $0.anchorGrade ?? "" })::text[])
                WITH ORDINALITY AS given (id, content, anchor_grade, number)
            """)
        insert(suspects, of: plan.id, in: unit)
        _ = unit.send("DELETE FROM cj.upload WHERE assessment_id = \(plan.id)")
        try await unit.sync()
        return true
    }

    /// Keeps everybody else from uploading essays for an assessment, and from starting it, until the unit of work ends.
    func lockUploads(of assessment: String, in unit: UnitOfWork) async throws {
        try await unit.execute("SELECT pg_advisory_xact_lock(hashtextextended(\("huleedu uploads " + assessment), 0))")
    }

    /// Keeps essays for an assessment to come.
    ///
    /// - Returns: how many are kept for it now, and their bytes.
    func upload(
        _ essays: [CJV1.Essay], for assessment: String, in unit: UnitOfWork
    ) async throws -> (count: Int, bytes: Int) {
        try await unit.execute(
            """
            INSERT INTO cj.upload (assessment_id, essay_id, content, anchor_grade)
            SELECT \(assessment), given.id, given.content, given.anchor_grade
            FROM unnest(
                \(essays.map(\.id))::text[], \(essays.map(\.text))::bytea[], \(essays.map(\.anchorGrade))::text[])
                WITH ORDINALITY AS given (id, content, anchor_grade, ordinal)
            ORDER BY given.ordinal
            ON CONFLICT (assessment_id, essay_id) DO UPDATE SET
                content = excluded.content, anchor_grade = excluded.anchor_grade, uploaded_at = now()
            """)
        let rows = try await unit.query(
            """
            SELECT count(*), coalesce(sum(octet_length(content)), 0)::bigint FROM cj.upload
            WHERE assessment_id = \(assessment)
            """)
        let (count, bytes) = try rows[0].decode(Int.self, Int.self)
        return (count, bytes)
    }

    /// Drops essays whose assessment was never started.
    func forgetUploads(olderThanSeconds seconds: Int, in unit: UnitOfWork) {
        _ = unit.send("DELETE FROM cj.upload WHERE uploaded_at < now() - make_interval(secs => \(Double(seconds)))")
    }

    /// The essays kept for an assessment, in the order in which they were handed over.
    func uploaded(for assessment: String, in unit: UnitOfWork) async throws -> [CJV1.Essay] {
        let rows = try await unit.query(
            "SELECT essay_id, content, anchor_grade FROM cj.upload WHERE assessment_id = \(assessment) ORDER BY ordinal")
        return try rows.map { row in
            let (id, text, grade) = try row.decode(String.self, [UInt8].self, String.self)
            return CJV1.Essay(id: id, text: text, anchorGrade: grade)
        }
    }

    /// Running assessments with something to decide that nobody may be about to: results not looked at yet, nothing with the judge,
    /// or waiting for their last results.
    func unattended() async throws -> [(id: String, isStopping: Bool)] {
        let rows = try await pool.query(
            """
            SELECT id, stop_reason IS NOT NULL FROM cj.assessment
            WHERE \(unescaped: Self.isUndecided)
            ORDER BY created_at
            """)
        return try rows.map { try $0.decode(String.self, Bool.self) }
    }

    /// An enumeration's stored spelling as a case of it.
    ///
    /// - Throws: `INTERNAL` when the database holds a value that this version does not know.
    static func parse<Value: RawRepresentable<String>>(_ stored: String) throws(RPCError) -> Value {
        guard let value = Value(rawValue: stored) else {
            throw RPCError(.internal, "the database holds a \(Value.self) that this version does not know: \(stored)")
        }
        return value
    }

    /// The steps of a grade that a text in the database stands for.
    static func steps(_ stored: String) throws(RPCError) -> GradeSteps {
        guard let steps = GradeSteps(stored: stored) else {
            throw RPCError(.internal, "the database holds steps of a grade that this version does not know: \(stored)")
        }
        return steps
    }

    /// The levels that a number in the database stands for.
    static func levels(_ stored: Int64) throws(RPCError) -> VerdictLevels {
        guard let levels = VerdictLevels(rawValue: Int(stored)) else {
            throw RPCError(.internal, "the database holds a number of levels that this version does not know: \(stored)")
        }
        return levels
    }
}

/// What the service settles about an assessment when it starts.
struct AssessmentTerms: Sendable, Hashable {
    /// The vendor's own name of the model.
    let model: String
    let promptVersion: String
    let isSimulated: Bool
    /// Nano-dollars that one comparison should cost; nil where the price is not known.
    let estimatedCost: Int64?
    /// Nano-dollars that one call can cost at most; nil where the price is not known.
    let callCostAtMost: Int64?
    let expectedComparisons: Int
    var dispatch = DispatchChoice(isByBatch: false, reason: "")
}
