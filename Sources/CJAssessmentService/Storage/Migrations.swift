import CJCore
import EventLog
import Postgres

extension AssessmentStore {
    /// Schema in which the service keeps everything of its own.
    static let schema = "cj"
    static let log = EventLog(schema: schema)

    /// The service's tables, as a line of forward-only migrations.
    static let migrator = Migrator(
        line: "cj-assessment", schema: schema,
        migrations: [
            Migration(version: 1, name: "assessments", sql: assessmentTables),
            EventLog.migration(version: 2, schema: schema),
            Migration(
                version: 3, name: "decisions without a lock",
                sql: """
                    -- Counts what was decided: a decision is carried out only while none has been since its snapshot.
                    ALTER TABLE cj.assessment ADD COLUMN decisions bigint NOT NULL DEFAULT 0;
                    CREATE INDEX comparison_in_flight ON cj.comparison (assessment_id) WHERE state = 'in_flight';
                    """),
            Migration(
                version: 4, name: "comparisons chosen ahead",
                sql: """
                    -- Which requests of an assessment wait for a result or to be handed over is asked at every claim.
                    CREATE INDEX request_open ON cj.request (assessment_id) WHERE finished_at IS NULL;
                    """),
            Migration(
                version: 5, name: "calls that cost more than expected",
                sql: """
                    -- Nano-dollars that one call can cost at most; null where the price is not known.
                    ALTER TABLE cj.assessment ADD COLUMN call_cost_at_most bigint;
                    -- Assessments from before were estimated only; four times that covers long essays and long replies.
                    UPDATE cj.assessment SET call_cost_at_most = 4 * estimated_cost;
                    """),
            log.outboxMigration(version: 6),
            EventConsumer.migration(version: 7, schema: schema),
            Migration(
                version: 8, name: "runs of an assessment",
                sql: """
                    -- Every continuation begins a further run, which has an end of its own.
                    ALTER TABLE cj.assessment ADD COLUMN run bigint NOT NULL DEFAULT 1;
                    -- The consumer of results keeps its cursor where all consumers do.
                    INSERT INTO cj.event_cursor (consumer, partition, position)
                    SELECT 'cj-results', 0, position FROM cj.cursor WHERE feed = 'llm';
                    DROP TABLE cj.cursor;
                    """),
            Migration(
                version: 9, name: "limits of time",
                sql: """
                    ALTER TYPE cj.stop_reason ADD VALUE 'time_limit' AFTER 'pairs_exhausted';
                    -- Seconds from the start or the continuation after which nothing more is begun, and when that is.
                    ALTER TABLE cj.assessment ADD COLUMN maximum_seconds bigint, ADD COLUMN overdue_at timestamptz;
                    -- When its result was last asked for, where it is long in coming.
                    ALTER TABLE cj.request ADD COLUMN asked_at timestamptz;
                    -- A number that is none has no place in a figure.
                    ALTER TABLE cj.scale_point
                        ADD CHECK (posterior_reliability BETWEEN -1 AND 1),
                        ADD CHECK (scale_separation_reliability BETWEEN -1 AND 1);
                    """),
            Migration(
                version: 10, name: "judges that go by places",
                sql: "ALTER TYPE cj.stop_reason ADD VALUE 'blind_judge' AFTER 'judge_failed';"),
            Migration(
                version: 11, name: "steps and shares of grades, and passages that speak to the judge",
                sql: """
                    -- Steps of each grade ('', '-', '+' or '-+') and its expected share; empty where there are none.
                    ALTER TABLE cj.assessment
                        ADD COLUMN grade_steps text[] NOT NULL DEFAULT '{}',
                        ADD COLUMN expected_shares double precision[] NOT NULL DEFAULT '{}';
                    CREATE TYPE cj.attempt_kind AS ENUM ('override', 'demand', 'address', 'forgery', 'hidden');
                    -- Passages of essays that read like instructions to the judge: for a person to look at, and without effect.
                    CREATE TABLE cj.instruction_attempt (
                        assessment_id text NOT NULL,
                        essay bigint NOT NULL,
                        ordinal bigint NOT NULL,
                        kind cj.attempt_kind NOT NULL,
                        -- Bytes of the essay.
                        start bigint NOT NULL CHECK (start >= 0),
                        length bigint NOT NULL CHECK (length > 0),
                        excerpt bytea NOT NULL,
                        PRIMARY KEY (assessment_id, essay, ordinal),
                        FOREIGN KEY (assessment_id, essay) REFERENCES cj.essay (assessment_id, number)
                    );
                    """),
            Migration(
                version: 12, name: "other goals than a reliability",
                sql: """
                    -- What is to be reached: the one of the three that has a value; none of them where only the limits count.
                    ALTER TABLE cj.assessment
                        ALTER COLUMN target_reliability DROP NOT NULL,
                        ADD COLUMN target_kendall_tau double precision,
                        ADD COLUMN maximum_grade_deviation double precision,
                        ADD CONSTRAINT assessment_target_kendall_tau CHECK (target_kendall_tau BETWEEN 0 AND 1) NOT VALID,
                        ADD CONSTRAINT assessment_maximum_grade_deviation
                            CHECK (maximum_grade_deviation BETWEEN 0 AND 10) NOT VALID,
                        ADD CONSTRAINT assessment_one_goal
                            CHECK (num_nonnulls(target_reliability, target_kendall_tau, maximum_grade_deviation) <= 1) NOT VALID;
                    """),
            Migration(
                version: 13, name: "goals of assessments from before",
                sql: """
                    ALTER TABLE cj.assessment
                        VALIDATE CONSTRAINT assessment_target_kendall_tau,
                        VALIDATE CONSTRAINT assessment_maximum_grade_deviation,
                        VALIDATE CONSTRAINT assessment_one_goal;
                    """),
            Migration(
                version: 14, name: "tenants and their budgets",
                sql: """
                    ALTER TABLE cj.assessment
                        -- Who pays; empty for the provider service's default.
                        ADD COLUMN tenant text NOT NULL DEFAULT '',
                        -- Why the provider service takes no more requests on: a budget that it keeps.
                        ADD COLUMN budget_refusal text;
                    """),
            Migration(
                version: 15, name: "judges asked in batches",
                sql: """
                    ALTER TABLE cj.assessment
                        ADD COLUMN by_batch boolean NOT NULL DEFAULT false,
                        -- Why, or why not; empty in assessments from before.
                        ADD COLUMN dispatch_reason text NOT NULL DEFAULT '';
                    """),
        ], enums: enums, firstRelease: 9)

    /// The types whose values are this program's cases.
    private static let enums = [
        StoredEnum(AssessmentSnapshot.State.self, type: "assessment_state"),
        StoredEnum(AssessmentSnapshot.Reason.self, type: "stop_reason"),
        StoredEnum(AssessmentSnapshot.Entry.State.self, type: "comparison_state"),
        StoredEnum(Outcome.self, type: "outcome"),
        StoredEnum(Margin.self, type: "margin"),
        StoredEnum(InstructionAttempt.Kind.self, type: "attempt_kind"),
    ]

    private static let assessmentTables = """
        CREATE TYPE cj.assessment_state AS ENUM ('running', 'completed', 'cancelled', 'failed');
        CREATE TYPE cj.stop_reason AS ENUM (
            'converged', 'comparison_budget', 'money_budget', 'pairs_exhausted', 'cancelled', 'judge_failed');
        CREATE TYPE cj.comparison_state AS ENUM ('in_flight', 'judged', 'failed', 'cancelled');
        CREATE TYPE cj.outcome AS ENUM ('first', 'second', 'tie');
        CREATE TYPE cj.margin AS ENUM ('slight', 'clear');

        -- Essays handed over ahead of their assessment.
        CREATE TABLE cj.upload (
            assessment_id text NOT NULL,
            essay_id text NOT NULL,
            ordinal bigint GENERATED ALWAYS AS IDENTITY,
            content bytea NOT NULL,
            anchor_grade text NOT NULL,
            uploaded_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (assessment_id, essay_id)
        );

        CREATE TABLE cj.assessment (
            id text PRIMARY KEY,
            content_sha256 bytea NOT NULL,
            state cj.assessment_state NOT NULL DEFAULT 'running',
            -- Set while the assessment still runs once it only waits for what is with the judge.
            stop_reason cj.stop_reason,
            failure text,
            question bytea NOT NULL,
            rubric bytea NOT NULL,
            language text NOT NULL,
            grades text[] NOT NULL,
            provider text NOT NULL,
            model text NOT NULL,
            temperature double precision CHECK (temperature BETWEEN 0 AND 2),
            maximum_output_tokens bigint NOT NULL,
            verdict_levels bigint NOT NULL CHECK (verdict_levels IN (2, 4)),
            target_reliability double precision NOT NULL CHECK (target_reliability BETWEEN 0 AND 1),
            maximum_comparisons bigint NOT NULL,
            maximum_cost bigint,
            pairing text NOT NULL,
            seed bigint NOT NULL,
            maximum_in_flight bigint NOT NULL,
            prompt_version text NOT NULL,
            simulated boolean NOT NULL,
            -- Nano-dollars that one comparison should cost; null where the price is not known.
            estimated_cost bigint,
            revision bigint NOT NULL DEFAULT 1,
            consecutive_failures bigint NOT NULL DEFAULT 0,
            permanent_failure text,
            provider_calls bigint NOT NULL DEFAULT 0,
            cost bigint NOT NULL DEFAULT 0,
            cache_savings bigint NOT NULL DEFAULT 0,
            reliability double precision,
            expected_comparisons bigint NOT NULL,
            -- Results recorded when the assessment was last advanced; null asks for its first advance.
            advanced_at_results bigint,
            results bigint NOT NULL DEFAULT 0,
            created_at timestamptz NOT NULL DEFAULT now(),
            finished_at timestamptz,
            CHECK ((state = 'running') = (finished_at IS NULL)),
            CHECK (state = 'running' OR stop_reason IS NOT NULL),
            CHECK (reliability IS NULL OR reliability BETWEEN -1 AND 1)
        );
        CREATE INDEX assessment_running ON cj.assessment (created_at) WHERE state = 'running';

        CREATE TABLE cj.essay (
            assessment_id text NOT NULL REFERENCES cj.assessment,
            number bigint NOT NULL,
            id text NOT NULL,
            content bytea NOT NULL,
            anchor_grade text NOT NULL,
            PRIMARY KEY (assessment_id, number),
            UNIQUE (assessment_id, id)
        );

        CREATE TABLE cj.comparison (
            assessment_id text NOT NULL REFERENCES cj.assessment,
            number bigint NOT NULL,
            first_essay bigint NOT NULL,
            second_essay bigint NOT NULL,
            state cj.comparison_state NOT NULL DEFAULT 'in_flight',
            attempts bigint NOT NULL DEFAULT 1,
            failure text,
            created_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (assessment_id, number),
            FOREIGN KEY (assessment_id, first_essay) REFERENCES cj.essay (assessment_id, number),
            FOREIGN KEY (assessment_id, second_essay) REFERENCES cj.essay (assessment_id, number),
            CHECK (first_essay <> second_essay)
        );

        -- One row for each request to the provider service; a comparison has one for each attempt.
        CREATE TABLE cj.request (
            id text PRIMARY KEY,
            assessment_id text NOT NULL,
            comparison bigint NOT NULL,
            attempt bigint NOT NULL,
            prompt_sha256 text,
            -- Set before the request is handed over: from then on its result is waited for, whatever happens.
            claimed_at timestamptz,
            claims bigint NOT NULL DEFAULT 0,
            submitted_at timestamptz,
            finished_at timestamptz,
            UNIQUE (assessment_id, comparison, attempt),
            FOREIGN KEY (assessment_id, comparison) REFERENCES cj.comparison (assessment_id, number)
        );
        CREATE INDEX request_to_submit ON cj.request (assessment_id, comparison)
            WHERE submitted_at IS NULL AND finished_at IS NULL;

        -- What the judge decided; written once and never changed.
        CREATE TABLE cj.judgement (
            assessment_id text NOT NULL,
            comparison bigint NOT NULL,
            request_id text NOT NULL UNIQUE REFERENCES cj.request,
            outcome cj.outcome NOT NULL,
            -- Null where the judge was not asked, or is undecided.
            margin cj.margin,
            confidence bigint NOT NULL CHECK (confidence BETWEEN 1 AND 5),
            rationale bytea NOT NULL,
            model text NOT NULL,
            cost bigint,
            judged_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (assessment_id, comparison),
            FOREIGN KEY (assessment_id, comparison) REFERENCES cj.comparison (assessment_id, number)
        );

        CREATE TABLE cj.scale_point (
            assessment_id text NOT NULL REFERENCES cj.assessment,
            judged bigint NOT NULL,
            posterior_reliability double precision NOT NULL,
            scale_separation_reliability double precision NOT NULL,
            cost bigint,
            PRIMARY KEY (assessment_id, judged)
        );

        -- How far each feed of another service has been dealt with.
        CREATE TABLE cj.cursor (
            feed text PRIMARY KEY,
            position bigint NOT NULL
        );
        INSERT INTO cj.cursor (feed, position) VALUES ('llm', 0);
        """
}
