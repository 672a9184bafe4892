import EventLog
import Logging
import Postgres
import Testing
import Wire

@Suite("A service whose database is away")
struct DatabaseAvailabilityTests {
    /// Asks its database; the text of the query is the payload.
    private struct Asking: RPCService {
        let pool: Pool
        var name: String { "test.Asking" }
        var methods: [String] { ["Ask"] }
        var streams: [String: StreamKind] { ["Follow": .serverStreaming] }

        func serve(
            method: String, requests: InboundMessages, responses: OutboundMessages, context: ServerContext
        ) async throws {
            for try await query in requests {
                try await responses.send(try await handle(method: method, payload: query, context: context))
            }
        }

        func handle(method: String, payload: [UInt8], context: ServerContext) async throws -> [UInt8] {
            _ = try await pool.query("\(unescaped: String(decoding: payload, as: UTF8.self))")
            return payload
        }
    }

    private func transport(_ pool: Pool) -> InProcessTransport {
        InProcessTransport([Asking(pool: pool)], interceptors: [DatabaseAvailability()])
    }

    private func follow(_ query: String, _ pool: Pool) async throws -> [UInt8]? {
        let call = try await transport(pool).open(
            MethodDescriptor(service: "test.Asking", method: "Follow"), .serverStreaming, payload: Array(query.utf8),
            options: CallOptions())
        for try await message in call.responses { return message }
        return nil
    }

    private func ask(_ query: String, _ pool: Pool) async throws -> [UInt8]? {
        try await transport(pool).call(
            MethodDescriptor(service: "test.Asking", method: "Ask"), payload: Array(query.utf8), options: CallOptions())
    }

    @Test("tells its callers that it is unavailable")
    func away() async throws {
        var configuration = PoolConfiguration(connectionString: "host=/nowhere dbname=none", size: 1)
        configuration.acquireTimeout = .milliseconds(200)
        let pool = Pool(configuration, logger: Logger(label: "test"))
        for ask in [ask, follow] {
            let error = await #expect(throws: RPCError.self) { _ = try await ask("SELECT 1", pool) }
            #expect(error?.code == .unavailable)
        }
        await pool.close()
    }

    @Test("lets answers, and errors that will not pass, through as they are")
    func present() async throws {
        let fixture = try await LogFixture(size: 1)
        #expect(try await ask("SELECT 1", fixture.pool) == Array("SELECT 1".utf8))
        #expect(try await follow("SELECT 1", fixture.pool) == Array("SELECT 1".utf8))
        for ask in [ask, follow] {
            let error = await #expect(throws: RPCError.self) { _ = try await ask("SELECT nothing", fixture.pool) }
            #expect(error?.code == .internal)
        }
        await fixture.pool.close()
    }
}
