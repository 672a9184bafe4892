import Glibc
import PostgresTestSupport
import Testing

@testable import Postgres

@Suite("A session that the server has just ended", .timeLimit(.minutes(1)))
struct EndedSessionTests {
    /// `POLLRDHUP`, which Glibc declares for GNU sources only.
    private static let otherSideHasClosed: Int16 = 0x2000

    /// Ends the connection's session and, before anybody has read that, runs a statement on it, as a caller does that finds the turn free.
    private func replyAfterEnd(_ process: Int32, of connection: Connection) async throws -> Reply {
        while true {
            // Started in the turn, and as far as sending ended there too.
            let task = EventLoop.shared.performIfFree {
                Self.endSession(process, of: connection)
                return Self.start(connection)
            }
            if let task { return await task.value }
            await Task.yield()
        }
    }

    @PostgresLoop
    private static func endSession(_ process: Int32, of connection: Connection) {
        #expect(kill(process, SIGTERM) == 0)
        var entry = pollfd(fd: connection.watchedDescriptor, events: Self.otherSideHasClosed, revents: 0)
        #expect(poll(&entry, 1, 10_000) == 1)
    }

    private nonisolated static func start(_ connection: Connection) -> Task<Reply, Never> {
        Task.immediate { await connection.run(Batch(queries: ["SELECT 1"])) }
    }

    @Test("is sent nothing, so that nobody is in doubt about it")
    func notSent() async throws {
        let pool = try await TestDatabase.make().pool(size: 1)
        let process = try await pool.query("SELECT pg_backend_pid()")[0].decode(Int32.self)
        let connection = try await pool.core.acquire().connection
        let reply = try await replyAfterEnd(process, of: connection)
        pool.core.release(connection)
        guard case .notSent(let error)? = reply.failure else {
            Issue.record("\(String(describing: reply.failure))")
            return
        }
        #expect(error.code == .connectionLost && error.outcome == .notSent)
        #expect(error.message.contains("terminating connection"))
    }

    @Test("is sent nothing in the middle of a transaction either, as that has certainly been rolled back")
    func inTransaction() async throws {
        let pool = try await TestDatabase.make().pool(size: 1)
        let process = try await pool.query("SELECT pg_backend_pid()")[0].decode(Int32.self)
        let connection = try await pool.core.acquire().connection
        let begun = await connection.run(Batch(queries: ["BEGIN"]))
        #expect(begun.failure == nil)
        let reply = try await replyAfterEnd(process, of: connection)
        pool.core.release(connection)
        guard case .notSent(let error)? = reply.failure else {
            Issue.record("\(String(describing: reply.failure))")
            return
        }
        #expect(error.code == .connectionLost && error.sqlState == .adminShutdown)
    }

    @Test("is over when the server has said so, though the connection is still there")
    func farewell() async throws {
        let pool = try await TestDatabase.make().pool(size: 1)
        let process = try await pool.query("SELECT pg_backend_pid()")[0].decode(Int32.self)
        let connection = try await pool.core.acquire().connection
        await readFarewell(process, of: connection)
        pool.core.release(connection)
        #expect(try await pool.query("SELECT 1").count == 1)
    }

    /// What the server said is read, and not yet that the stream has ended: the library reads once each time.
    @PostgresLoop
    private func readFarewell(_ process: Int32, of connection: Connection) {
        Self.endSession(process, of: connection)
        connection.descriptorIsReady(readable: true, writable: false)
        #expect(!connection.isOpen)
    }
}
