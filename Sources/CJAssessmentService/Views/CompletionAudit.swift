import Contracts
public import Postgres
import Wire

/// Whether the end of every assessment was told once, as far back as the event log goes.
///
/// An assessment that was continued ends again, and each of its runs tells its own end: the event carries the run's number, so that a
/// further run is not taken for a repetition.
public struct CompletionAudit: Sendable, Hashable {
    /// One end that was told.
    public struct Completion: Sendable, Hashable {
        public let assessment: String
        /// Counts from one; zero in an event from before runs were counted.
        public let run: UInt32
        /// Sixteen bytes.
        public let eventID: [UInt8]
        public let at: Timestamp

        public init(assessment: String, run: UInt32, eventID: [UInt8], at: Timestamp) {
            self.assessment = assessment
            self.run = run
            self.eventID = eventID
            self.at = at
        }
    }

    /// An assessment whose end was told several times.
    public struct Several: Sendable, Hashable {
        public let assessment: String
        /// By time.
        public let completions: [Completion]

        /// The runs whose end was told more than once.
        public var repeatedRuns: [UInt32] {
            Dictionary(grouping: completions, by: \.run).filter { $0.value.count > 1 }.keys.sorted()
        }

        /// Completions that came within five minutes of the one before, whichever their runs.
        public var closelyFollowing: [Completion] {
            zip(completions.dropFirst(), completions)
                .filter { $0.at.unixMicroseconds - $1.at.unixMicroseconds <= CompletionAudit.shortInterval }
                .map(\.0)
        }
    }

    /// Five minutes, in microseconds.
    public static let shortInterval: Int64 = 5 * 60 * 1_000_000

    /// Completion events that the log holds.
    public let eventCount: Int
    /// Assessments that have such an event, or have ended since the oldest of them.
    public let assessmentCount: Int
    /// Those with more than one event, by their ids.
    public let several: [Several]

    /// - Parameter completions: those of assessments that have more than one.
    public init(eventCount: Int, assessmentCount: Int, completions: [Completion]) {
        self.eventCount = eventCount
        self.assessmentCount = assessmentCount
        several = Dictionary(grouping: completions, by: \.assessment)
            .filter { $0.value.count > 1 }
            .map { Several(assessment: $0.key, completions: $0.value.sorted { $0.at < $1.at }) }
            .sorted { $0.assessment < $1.assessment }
    }

    /// Those of which one run's end was told more than once: there should be none.
    public var repeated: [Several] { several.filter { !$0.repeatedRuns.isEmpty } }
    /// Those that were continued, and told the end of each run once.
    public var continued: [Several] { several.filter(\.repeatedRuns.isEmpty) }
    /// Completion events for each assessment; nil where there is none.
    public var ratio: Double? { assessmentCount > 0 ? Double(eventCount) / Double(assessmentCount) : nil }

    /// Looks at a database.
    ///
    /// - Throws: ``PostgresError``, or an error of decoding where the log holds what no version wrote.
    public static func read(_ pool: Pool) async throws -> CompletionAudit {
        try await pool.unitOfWork("audit completions", isolation: .repeatableRead) { unit in
            let type = EventsV1.AssessmentFinished.typeName
            let counts = try await unit.query(
                """
                WITH event AS (\(unescaped: completions))
                SELECT (SELECT count(*) FROM event WHERE type = \(type)),
                    (SELECT count(*) FROM (
                        SELECT aggregate_id FROM event WHERE type = \(type)
                        UNION
                        SELECT id FROM cj.assessment
                        WHERE finished_at >= (SELECT min(occurred_at) FROM event WHERE type = \(type))) AS assessment)
                """)[0]
            let (events, assessments) = try counts.decode(Int.self, Int.self)
            let rows = try await unit.query(
                """
                WITH event AS (\(unescaped: completions))
                SELECT aggregate_id, id, occurred_at, payload
                FROM (SELECT *, count(*) OVER (PARTITION BY aggregate_id) AS completions FROM event WHERE type = \(type)) AS counted
                WHERE completions > 1
                """)
            let completions = try rows.map { row in
                let (assessment, id, at, payload) = try row.decode(String.self, [UInt8].self, Timestamp.self, [UInt8].self)
                let run = try EventsV1.AssessmentFinished(decoding: payload).run
                return Completion(assessment: assessment, run: run, eventID: id, at: at)
            }
            return CompletionAudit(eventCount: events, assessmentCount: assessments, completions: completions)
        }
    }

    /// What was told, in the log or on its way there.
    private static let completions = """
        SELECT type, aggregate_id, id, occurred_at, payload FROM cj.event_log
        UNION ALL
        SELECT type, aggregate_id, id, occurred_at, payload FROM cj.event_pending
        """
}
