import CJAssessmentService
import Contracts
import LLMProviderService
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

    @Test("lists who reads the logs, and waits no more for one that is gone, but for one that may be running only when forced")
    func consumers() async throws {
        let database = try await TestDatabase.make(migrations: [CJAssessment.migrator, LLMProvider.migrator])
        let pool = database.pool(size: 1)
        #expect(try await run(["consumers"], database) == (0, "Nobody reads the logs.\n"))
        func reader(_ schema: String, _ consumer: String, partition: Int64 = 0, silent seconds: Double) async throws {
            try await pool.execute(
                """
                INSERT INTO \(unescaped: schema).event_reader (consumer, partition, position, seen_at)
                VALUES (\(consumer), \(partition), 3, clock_timestamp() - make_interval(secs => \(seconds)))
                """)
        }
        try await pool.execute("UPDATE cj.event_partition SET position = 10")
        try await reader("cj", "gone", silent: 903)
        try await reader("cj", "busy", silent: 890)
        try await reader("llm_provider", "gone", silent: 90_000)
        try await reader("llm_provider", "both", silent: 1_000)
        let listed = try await run(["consumers"], database)
        #expect(listed.status == 0)
        #expect(listed.output.contains("cj-assessment  gone  position 3, 7 events behind, heard of 15 min"), "\(listed.output)")
        #expect(
            listed.output.contains("llm-provider  gone  position 3, 0 events behind, heard of 1 d 1 h ago\n"), "\(listed.output)")

        let unknown = try await run(["forget", "nobody"], database)
        #expect(unknown.status == 1 && unknown.output.contains("Nobody reads a log as \"nobody\"."), "\(unknown.output)")
        let busy = try await run(["forget", "busy"], database)
        #expect(busy.status == 1 && busy.output.contains("may be running") && busy.output.contains("--force"), "\(busy.output)")
        #expect(try await pool.query("SELECT 1 FROM cj.event_reader WHERE consumer = 'busy'").count == 1)
        #expect(try await run(["forget", "busy", "--force"], database).status == 0)
        #expect(try await run(["forget", "both", "--log", "cj-assessment"], database).status == 1)
        let gone = try await run(["forget", "gone"], database)
        #expect(gone == (0, "llm-provider waits for gone no more.\ncj-assessment waits for gone no more.\n"))
        #expect(try await pool.query("SELECT 1 FROM cj.event_reader").isEmpty)
        #expect(
            try await pool.query("SELECT consumer FROM llm_provider.event_reader").map { try $0.decode(String.self) } == ["both"])
        await pool.close()
    }

    #if !Kafka
    @Test("says how to get a program that publishes on Kafka")
    func relayNotBuilt() async throws {
        let database = try await TestDatabase.make()
        let refused = try await run(
            ["relay", "--log", "cj-assessment", "--brokers", "127.0.0.1:1", "--topic", "events"], database)
        #expect(refused.status == 69 && refused.output.contains("--traits Kafka"), "\(refused.output)")
    }
    #endif

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
