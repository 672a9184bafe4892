import Glibc
import PostgresTestSupport
import Testing

@testable import Postgres

@Suite("A session that the server has just ended", .timeLimit(.minutes(1)))
struct EndedSessionTests {
    /// `POLLRDHUP`, which Glibc declares for GNU sources only.
    private static let otherSideHasClosed: Int16 = 0x2000

    /// Ends the connection's session, and returns once the end can be read, which nobody does meanwhile.
    @PostgresLoop
    private func endSession(_ process: Int32, of connection: Connection) {
        #expect(kill(process, SIGTERM) == 0)
        var entry = pollfd(fd: connection.watchedDescriptor, events: Self.otherSideHasClosed, revents: 0)
        #expect(poll(&entry, 1, 10_000) == 1)
    }

    @PostgresLoop
    private func replyAfterEnd(_ process: Int32, of connection: Connection) async -> Reply {
        endSession(process, of: connection)
        // In the same turn, as a caller that finds the turn free would.
        return await Task.immediate { await connection.run(Batch(queries: ["SELECT 1"])) }.value
    }

    @Test("is sent nothing, so that nobody is in doubt about it")
    func notSent() async throws {
        let pool = try await TestDatabase.make().pool(size: 1)
        let process = try await pool.query("SELECT pg_backend_pid()")[0].decode(Int32.self)
        let connection = try await pool.core.acquire().connection
        let reply = await replyAfterEnd(process, of: connection)
        pool.core.release(connection)
        guard case .notSent(let error)? = reply.failure else {
            Issue.record("\(String(describing: reply.failure))")
            return
        }
        #expect(error.code == .connectionLost && error.outcome == .notSent)
        #expect(error.message.contains("terminating connection"))
    }
}
