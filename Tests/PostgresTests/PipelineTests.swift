import Logging
import PostgresTestSupport
import Testing

@testable import Postgres

@Suite("A pipeline")
struct PipelineTests {
    private static let refusal = ServerReport(severity: .error, sqlState: "22012", message: "m", constraint: nil)
    private static let done = Pipeline.Event.completed(
        StatementResult(table: ResultTable(columns: [], rowCount: 1, bytes: [], ends: []), rowCount: 1, tag: "SELECT 1"))

    private func names(_ reply: Reply) -> String {
        switch reply.failure {
        case nil: "none"
        case .refused: "refused"
        case .stale: "stale"
        case .lost: "lost"
        case .notSent: "notSent"
        }
    }

    @Test("in which a statement fails aborts those after it, and its connection goes on")
    func errorInTheMiddle() async throws {
        let pool = try await TestDatabase.make().pool(size: 1)
        try await pool.execute("CREATE TABLE note (id int8)")
        let process = try await pool.query("SELECT pg_backend_pid()")[0].decode(Int.self)
        for position in 0..<5 {
            let error = await #expect(throws: PostgresError.self) {
                try await pool.unitOfWork("half") { unit in
                    let answers = (0..<5).map { index in
                        index == position ? unit.send("SELECT 1/0") : unit.send("INSERT INTO note VALUES (\(index))")
                    }
                    do {
                        try await unit.sync()
                    } catch {
                        // Those before it have answers, which its failure does not undo; those after it have none.
                        for (index, answer) in answers.enumerated() {
                            if index < position {
                                #expect(try answer.rowCount == 1)
                            } else {
                                #expect(throws: PostgresError.self) { try answer.rowCount }
                            }
                        }
                        throw error
                    }
                }
            }
            #expect(error?.sqlState == "22012" && error?.outcome == .rolledBack)
            #expect(
                try await pool.query("SELECT pg_backend_pid(), (SELECT count(*) FROM note)")[0].decode(Int.self, Int.self) == (
                    process, 0
                ))
        }
        #expect(await pool.statistics().connectionsMade == 1)
    }

    @Test("takes one answer for each step, in order")
    func inOrder() {
        var pipeline = Pipeline(closing: ["b"], steps: [.prepare(name: "a"), .execute(reuses: nil)])
        #expect(pipeline.receive(Self.done) == .awaitNext)
        #expect(pipeline.receive(.synced) == .awaitNext)
        #expect(pipeline.receive(Self.done) == .awaitNext)
        #expect(pipeline.receive(Self.done) == .awaitNext)
        #expect(!pipeline.isFinished)
        #expect(pipeline.receive(.synced) == .finish)
        #expect(pipeline.isFinished && names(pipeline.reply) == "none")
        #expect(pipeline.preparedNames == ["a"] && pipeline.deallocatedNames == ["b"] && pipeline.reply.results.count == 1)
    }

    @Test("is not failed by a statement that was to be closed and is not there, but trusts none of the older ones any more")
    func closingFailure() {
        let absent = ServerReport(severity: .error, sqlState: "26000", message: "m", constraint: nil)
        func answered(_ end: Pipeline.Event) -> Pipeline {
            var pipeline = Pipeline(closing: ["a", "b"], steps: [.execute(reuses: nil)])
            for event in [Pipeline.Event.failed(absent), .aborted, .synced, end] {
                #expect(pipeline.receive(event) == .awaitNext)
            }
            #expect(pipeline.receive(.synced) == .finish)
            return pipeline
        }
        let done = answered(Self.done)
        #expect(names(done.reply) == "none" && done.reply.results.count == 1 && done.staleness == .all)
        let refused = answered(.failed(Self.refusal))
        #expect(names(refused.reply) == "refused" && refused.staleness == .all)
    }

    @Test("keeps the first of two errors, and one at the synchronisation point itself")
    func firstError() {
        let second = ServerReport(severity: .error, sqlState: "40001", message: "n", constraint: nil)
        var pipeline = Pipeline(steps: [.execute(reuses: nil), .execute(reuses: nil)])
        #expect(pipeline.receive(.failed(Self.refusal)) == .awaitNext)
        #expect(pipeline.receive(.aborted) == .awaitNext)
        #expect(pipeline.receive(.failed(second)) == .awaitNext)
        #expect(pipeline.receive(.synced) == .finish)
        guard case .refused(let report) = pipeline.reply.failure else {
            Issue.record("\(pipeline.reply)")
            return
        }
        #expect(report == Self.refusal)
    }

    @Test("does not trust a server whose answers do not fit")
    func misfits() {
        var early = Pipeline(steps: [.execute(reuses: nil)])
        #expect(early.receive(.synced) == .abandon)
        var late = Pipeline(steps: [])
        #expect(late.receive(Self.done) == .abandon)
        var unprovoked = Pipeline(steps: [.execute(reuses: nil)])
        #expect(unprovoked.receive(.aborted) == .abandon)
        var over = Pipeline(steps: [])
        #expect(over.receive(.synced) == .finish)
        #expect(over.receive(.synced) == .abandon)
    }

    @Test("tells outdated statements from wrong ones, and the server's farewell from both")
    func staleness() {
        func reply(_ step: Pipeline.Step, _ state: SQLState, _ severity: ServerReport.Severity = .error) -> (
            Pipeline.Staleness?, String
        ) {
            var pipeline = Pipeline(steps: [step])
            _ = pipeline.receive(.failed(ServerReport(severity: severity, sqlState: state, message: "m", constraint: nil)))
            return (pipeline.staleness, names(pipeline.reply))
        }
        #expect(reply(.execute(reuses: "s1"), "0A000") == (.one(name: "s1"), "stale"))
        #expect(reply(.execute(reuses: "s1"), "26000") == (.all, "stale"))
        #expect(reply(.execute(reuses: nil), "0A000") == (nil, "refused"))
        #expect(reply(.execute(reuses: "s1"), "22012") == (nil, "refused"))
        #expect(reply(.prepare(name: "s1"), "42601") == (nil, "refused"))
        #expect(reply(.execute(reuses: nil), "57P01", .fatal) == (nil, "lost"))
    }
}
