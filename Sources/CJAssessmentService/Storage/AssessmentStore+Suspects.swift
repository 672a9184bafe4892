import CJCore
import Postgres

extension AssessmentPlan {
    /// What the essays seem to say to the judge, by the number of the essay. It takes a fraction of a second for a megabyte.
    @concurrent func suspects() async -> [(essay: Int, attempt: InstructionAttempt)] {
        essays.enumerated().flatMap { number, essay in
            InstructionDetector.attempts(in: essay.text).map { (number, $0) }
        }
    }
}

extension AssessmentStore {
    /// Writes what the essays of a new assessment seem to say to the judge.
    func insert(_ suspects: [(essay: Int, attempt: InstructionAttempt)], of assessment: String, in unit: UnitOfWork) {
        guard !suspects.isEmpty else { return }
        _ = unit.send(
            """
            INSERT INTO cj.instruction_attempt (assessment_id, essay, ordinal, kind, start, length, excerpt)
            SELECT \(assessment), given.essay, given.ordinal, given.kind::cj.attempt_kind, given.start, given.length, given.excerpt
            FROM unnest(
                \(suspects.map { Int64($0.essay) })::bigint[], \(suspects.map(\.attempt.kind.rawValue))::text[],
                \(suspects.map { Int64($0.attempt.range.lowerBound) })::bigint[],
                \(suspects.map { Int64($0.attempt.range.count) })::bigint[],
                \(suspects.map { Array($0.attempt.excerpt.utf8) })::bytea[])
                WITH ORDINALITY AS given (essay, kind, start, length, excerpt, ordinal)
            """)
    }

    /// What the essays of an assessment seem to say to the judge, essay by essay.
    func suspects(of assessment: String, in unit: UnitOfWork) async throws -> [SuspectPassage] {
        let rows = try await unit.query(
            """
            SELECT essay.id, kind::text, start, length, excerpt
            FROM cj.instruction_attempt AS attempt JOIN cj.essay
                ON essay.assessment_id = attempt.assessment_id AND essay.number = attempt.essay
            WHERE attempt.assessment_id = \(assessment)
            ORDER BY attempt.essay, attempt.ordinal
            """)
        return try rows.map { row in
            let (essay, kind, start, length, excerpt) = try row.decode(
                String.self, String.self, Int64.self, Int64.self, [UInt8].self)
            return SuspectPassage(
                essayID: essay, kind: try Self.parse(kind), start: Int(start), length: Int(length), excerpt: excerpt)
        }
    }
}
