import CJAssessmentService
import LLMProviderService
import Postgres
import PostgresTestSupport
import Testing

@Suite("Columns of floating-point numbers")
struct FloatBoundTests {
    private struct Column: Sendable {
        let table: String
        let name: String
        /// What a CHECK on this column alone demands, all of them together; nil where there is none.
        let demand: String?
    }

    private func columns(_ pool: Pool, schemas: [String]) async throws -> [Column] {
        try await pool.query(
            """
            SELECT format('%I.%I', nspname, relname), quote_ident(attname), (
                SELECT string_agg(pg_get_expr(conbin, conrelid), ' AND ') FROM pg_constraint
                WHERE conrelid = attrelid AND contype = 'c' AND conkey = ARRAY[attnum])
            FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid JOIN pg_namespace ON pg_namespace.oid = relnamespace
            WHERE nspname = ANY(\(schemas)::text[]) AND relkind IN ('r', 'p') AND attnum > 0 AND NOT attisdropped
                AND atttypid IN ('float4'::regtype, 'float8'::regtype)
            ORDER BY 1, 2
            """
        ).map { row in
            let (table, name, demand) = try row.decode(String.self, String.self, String?.self)
            return Column(table: table, name: name, demand: demand)
        }
    }

    @Test("take no number that is none: what is stored can be written down as JSON")
    func bounded() async throws {
        let migrators = [CJAssessment.migrator, LLMProvider.migrator]
        let pool = try await TestDatabase.make(migrations: migrators).pool(size: 1)
        let columns = try await columns(pool, schemas: migrators.map(\.schema))
        #expect(columns.count >= 5)
        for column in columns {
            let demand = try #require(column.demand, "\(column.table).\(column.name) has no bound")
            for value in ["NaN", "Infinity", "-Infinity"] {
                let isTaken = try await pool.query(
                    """
                    SELECT coalesce(\(unescaped: demand), true)
                    FROM (SELECT '\(unescaped: value)'::float8 AS \(unescaped: column.name)) AS given
                    """)[0].decode(Bool.self)
                #expect(!isTaken, "\(column.table).\(column.name) takes \(value)")
            }
        }
    }
}
