import CJAssessmentService
import Contracts
import Postgres
import PostgresTestSupport
import Testing
import Wire

@Suite("huleedu events, on a database of its own", .timeLimit(.minutes(2)))
struct EventsCommandTests {
    private func run(_ arguments: [String], _ database: TestDatabase) async throws -> (status: Int32, output: String) {
        let program = try Program("huleedu", ["events"] + arguments + ["--database", database.connectionString])
        return (await program.status(), program.output)
    }

    /// A completion event as the service writes it, so and so many seconds after the first.
    private func complete(_ assessment: String, version: Int64, run: UInt32, seconds: Double, in pool: Pool) async throws {
        let payload = try EventsV1.AssessmentFinished(assessmentID: assessment, run: run).encoded()
        try await pool.execute(
            """
            INSERT INTO cj.event_log (partition, position, id, type, aggregate_id, aggregate_version, occurred_at, payload)
            SELECT 0, (SELECT count(*) + 1 FROM cj.event_log), uuid_send(gen_random_uuid()), \(EventsV1.AssessmentFinished.typeName),
                \(assessment), \(version), timestamptz '2026-11-01' + make_interval(secs => \(seconds)), \(payload)
            """)
    }

    @Test("tells a run that ended twice from an assessment that was continued, and both from the rest")
    func duplicates() async throws {
        let database = try await TestDatabase.make(migrations: [CJAssessment.migrator])
        let pool = database.pool(size: 1)
        let none = try await run(["duplicates"], database)
        #expect(none.status == 0 && none.output.contains("0 completion events of 0 assessments\n"), "\(none.output)")
        try await complete("once", version: 1, run: 1, seconds: 0, in: pool)
        try await complete("continued", version: 1, run: 1, seconds: 0, in: pool)
        try await complete("continued", version: 2, run: 2, seconds: 10, in: pool)
        let sound = try await run(["duplicates"], database)
        #expect(sound.status == 0, "\(sound.output)")
        #expect(sound.output.contains("3 completion events of 2 assessments, ratio 1.50\n"), "\(sound.output)")
        #expect(sound.output.contains("continued  continued  runs 1, 2, once each\n"), "\(sound.output)")
        for (version, seconds) in [0.0, 300, 600.001].enumerated() {
            try await complete("twice", version: Int64(version + 1), run: 1, seconds: seconds, in: pool)
        }
        let found = try await run(["duplicates"], database)
        #expect(found.status == 1)
        #expect(
            found.output.contains(
                "duplicate  twice  3 completion events, run 1 more than once, 1 within five minutes of the one before\n"),
            "\(found.output)")
        let json = try await run(["duplicates", "--json"], database)
        #expect(json.status == 1)
        #expect(json.output.contains(#""ratio": 2"#) && json.output.contains(#""repeated_runs": [1]"#), "\(json.output)")
        await pool.close()
    }

    @Test("counts an assessment that ended without telling, and an event that is still on its way")
    func counts() async throws {
        let database = try await TestDatabase.make(migrations: [CJAssessment.migrator])
        let pool = database.pool(size: 1)
        try await complete("told", version: 1, run: 1, seconds: 0, in: pool)
        try await pool.execute(
            """
            INSERT INTO cj.event_pending (partition, type, aggregate_id, aggregate_version, payload)
            SELECT 0, type, 'pending', 1, payload FROM cj.event_log
            """)
        try await pool.execute(
            """
            INSERT INTO cj.assessment (id, content_sha256, state, stop_reason, question, rubric, language, grades, provider, model,
                maximum_output_tokens, verdict_levels, target_reliability, maximum_comparisons, pairing, seed, maximum_in_flight, prompt_version,
                simulated, expected_comparisons, finished_at)
            VALUES ('untold', '', 'completed', 'converged', '', '', 'en', '{}', '', '', 1, 4, 0.5, 1, '', 1, 1, '', true, 1, now())
            """)
        let counted = try await run(["duplicates"], database)
        #expect(counted.output.contains("2 completion events of 3 assessments, ratio 0.67\n"), "\(counted.output)")
        await pool.close()
    }

    @Test("lists what was set aside, has it tried again, and gives it up")
    func dead() async throws {
        let database = try await TestDatabase.make(migrations: [CJAssessment.migrator])
        let pool = database.pool(size: 1)
        let none = try await run(["dead"], database)
        #expect(none.status == 0 && none.output.contains("No event is set aside."), "\(none.output)")
        let id = String(repeating: "ab", count: 16)
        try await pool.execute(
            """
            INSERT INTO cj.event_set_aside (consumer, partition, position, id, type, aggregate_id, aggregate_version, occurred_at,
                payload, attempts, fault, retry_at, is_dead)
            VALUES ('cj-results', 0, 7, decode(\(id), 'hex'), 'some.Type', 'r1', 1, now(), '', 1, 'unreadable', now(), true)
            """)
        let listed = try await run(["dead"], database)
        #expect(listed.status == 1)
        #expect(listed.output.contains("\(id)  dead  cj-results  some.Type  r1  1 attempt  unreadable\n"), "\(listed.output)")
        let json = try await run(["dead", "--json"], database)
        #expect(json.status == 1 && json.output.contains(#""position": 7"#), "\(json.output)")
        #expect(try await run(["replay", id], database).status == 0)
        #expect(try await run(["replay", id], database).status == 1, "it is dead no more")
        #expect(try await run(["discard", id], database).status == 1)
        #expect(try await run(["dead"], database).status == 0)
        try await pool.execute("UPDATE cj.event_set_aside SET is_dead = true")
        #expect(try await run(["discard", id], database).status == 0)
        #expect(try await pool.query("SELECT 1 FROM cj.event_set_aside").isEmpty)
        let misspelt = try await run(["replay", "r1"], database)
        #expect(misspelt.status == 64 && misspelt.output.contains("32 hexadecimal digits"), "\(misspelt.output)")
        await pool.close()
    }
}
