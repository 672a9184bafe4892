import Contracts
import Postgres
import PostgresTestSupport
import Synchronization
import Testing

@testable import LLMProviderService

@Suite("An answer that can't be stored")
struct StorageFailureTests {
    @Test("because the database has gone away is stored when it is back, even when the lease has run out meanwhile")
    func databaseAway() async throws {
        let gate = Gate()
        try await withService(
            answer: { _ in
                gate.pass()
                return .verdict
            },
            configure: { $0.heartbeat = .seconds(3600) },
            connect: { $0.acquireTimeout = .seconds(2) }
        ) { fixture in
            defer { gate.open() }
            let operations = try await TestDatabase.make().pool(size: 1)
            let name = try await fixture.pool.query("SELECT current_database()::text")[0].decode(String.self)
            try await fixture.submit(Sample.request())
            try await fixture.running {
                try await eventually { fixture.vendor.requests.count == 1 }
                try await fixture.expireLeases()
                try await operations.execute("ALTER DATABASE \(unescaped: name) ALLOW_CONNECTIONS false")
                try await operations.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = \(name)")
                gate.open()
                try await eventually { fixture.log.text.contains("result not stored") }
                try await operations.execute("ALTER DATABASE \(unescaped: name) ALLOW_CONNECTIONS true")
                try await eventually {
                    // The test itself asks through connections that come back in their own time.
                    do { return try await fixture.get("r1").state == .succeeded } catch is PostgresError { return false }
                }
            }
            #expect(fixture.vendor.requests.count == 1)
            #expect(try await fixture.get("r1").attempts == 1)
            #expect(try await fixture.events().count == 1)
            await operations.close()
        }
    }

    @Test("is kept for as long as the patience lasts, and then the request is another worker's to make again")
    func patience() async throws {
        let gate = Gate()
        let answers = Mutex(0)
        let isFirst: @Sendable () -> Bool = {
            answers.withLock {
                $0 += 1; return $0 == 1
            }
        }
        try await withService(
            answer: { _ in
                if !isFirst() { gate.pass() }
                return .verdict
            },
            configure: { $0.storagePatience = .zero }
        ) { fixture in
            defer { gate.open() }
            try await fixture.pool.execute(
                "ALTER TABLE llm_provider.result ADD CONSTRAINT nothing CHECK (octet_length(content) < 0)")
            try await fixture.submit(Sample.request())
            try await fixture.running {
                try await eventually { fixture.log.text.contains("result not stored") }
                #expect(try await fixture.get("r1").result == nil)
                try await eventually { fixture.vendor.requests.count == 2 }
                try await fixture.pool.execute("ALTER TABLE llm_provider.result DROP CONSTRAINT nothing")
                gate.open()
                let result = try await fixture.result("r1")
                #expect(result.attempts == 2)
            }
            #expect(fixture.vendor.requests.count == 2)
            #expect(try await fixture.events().count == 1)
        }
    }
}
