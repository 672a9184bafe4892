import CJCore
import Contracts
import Postgres

extension AssessmentStore {
    /// Points of the run that one answer shows at most.
    static let historyLimit = 500

    /// How often an assessment has changed, and whether it still can; nil for one that does not exist.
    func revision(of id: String) async throws -> (revision: Int64, hasEnded: Bool)? {
        let row = try await pool.query("SELECT revision, state <> 'running' FROM cj.assessment WHERE id = \(id)").first
        return try row?.decode(Int64.self, Bool.self)
    }

    /// How the figures moved: every point, or evenly spread ones where there are more than the limit.
    func history(of id: String, in unit: UnitOfWork) async throws -> [CJV1.ScalePoint] {
        let rows = try await unit.query(
            """
            SELECT judged, posterior_reliability, scale_separation_reliability, cost
            FROM (
                SELECT *, row_number() OVER (ORDER BY judged DESC) AS back, count(*) OVER () AS points
                FROM cj.scale_point WHERE assessment_id = \(id)) AS point
            WHERE (back - 1) % ((points - 1) / \(Int64(Self.historyLimit)) + 1) = 0
            ORDER BY judged
            """)
        return try rows.map { row in
            let (judged, posterior, separation, cost) = try row.decode(Int64.self, Double.self, Double.self, Int64?.self)
            return CJV1.ScalePoint(
                judged: UInt32(judged), posteriorReliability: posterior, scaleSeparationReliability: separation,
                costNanodollars: cost.map { UInt64(clamping: $0) })
        }
    }

    /// Bytes of rationales and failures that one page holds at most, its first comparison excepted: an answer has to fit a frame.
    static let pageBytes = 2 << 20

    /// A page of an assessment's comparisons, each with its last request. It ends early where their texts are long.
    func comparisons(of id: String, after number: Int64, limit: Int) async throws -> [CJV1.ComparisonRecord] {
        let rows = try await pool.query(
            """
            SELECT number, first_id, second_id, state, outcome, margin, confidence, rationale, request_id, prompt_sha256, model, cost, is_priced,
                failure
            FROM (
            SELECT comparison.number, first.id AS first_id, second.id AS second_id, comparison.state::text, outcome::text, margin::text, confidence,
                rationale, request.id AS request_id, prompt_sha256, coalesce(judgement.model, '') AS model, judgement.cost,
                assessment.estimated_cost IS NOT NULL AS is_priced, coalesce(comparison.failure, '') AS failure,
                row_number() OVER earlier AS place,
                sum(coalesce(octet_length(rationale), 0) + octet_length(coalesce(comparison.failure, ''))) OVER earlier AS bytes
            FROM cj.comparison
            JOIN cj.assessment ON assessment.id = comparison.assessment_id
            JOIN cj.essay AS first ON first.assessment_id = comparison.assessment_id AND first.number = first_essay
            JOIN cj.essay AS second ON second.assessment_id = comparison.assessment_id AND second.number = second_essay
            JOIN cj.request ON request.assessment_id = comparison.assessment_id AND request.comparison = comparison.number
                AND request.attempt = comparison.attempts
            LEFT JOIN cj.judgement ON judgement.assessment_id = comparison.assessment_id
                AND judgement.comparison = comparison.number
            WHERE comparison.assessment_id = \(id) AND comparison.number > \(number) AND comparison.number <= \(number) + \(Int64(limit))
            WINDOW earlier AS (ORDER BY comparison.number)
            ) AS page
            WHERE place = 1 OR bytes <= \(Int64(Self.pageBytes))
            ORDER BY number
            """)
        return try rows.map(Self.record)
    }

    private static func record(_ row: Row) throws -> CJV1.ComparisonRecord {
        let (
            number, first, second, stored, outcome, margin, confidence, rationale, request, prompt, model, cost, isPriced, failure
        ) = try row.decode(
            Int64.self, String.self, String.self, String.self, String?.self, String?.self, Int64?.self, [UInt8]?.self,
            String.self,
            String?.self, String.self, Int64?.self, Bool.self, String.self)
        let state: AssessmentSnapshot.Entry.State = try parse(stored)
        return CJV1.ComparisonRecord(
            number: UInt32(number), firstEssayID: first, secondEssayID: second, state: state.contract,
            outcome: try outcome.map { stored in (try parse(stored) as Outcome).contract } ?? .unspecified,
            confidence: UInt32(confidence ?? 0), rationale: rationale ?? [], requestID: request, promptSha256: prompt ?? "",
            model: model, costNanodollars: isPriced ? cost.map { UInt64(clamping: $0) } : nil, failure: failure,
            margin: try margin.map { stored in (try parse(stored) as Margin).contract } ?? .unspecified)
    }
}
