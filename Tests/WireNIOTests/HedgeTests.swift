import Testing
import Wire

@testable import WireNIO

@Suite("Hedges", .timeLimit(.minutes(2)))
struct HedgeTests {
    private static let soon = CallOptions.timeout(.seconds(100))

    private static func configuration(tokens: Double = 100) -> WirePoolConfiguration {
        var configuration = WirePoolConfiguration.quick
        configuration.hedgeDelays = [TestService.safe: .milliseconds(1)]
        configuration.budgetTokens = tokens
        return configuration
    }

    /// Two servers, of which the first answers once the gate is open.
    private static func servers(_ gate: Gate, _ seen: [Seen]) async throws -> [PoolServer] {
        [
            try await PoolServer.start([TestService.working(seen[0]) { _ in try await gate.pass() }]),
            try await PoolServer.start([TestService.working(seen[1])]),
        ]
    }

    @Test("answer where the first server is slow, and nobody waits for it any more")
    func win() async throws {
        let gate = Gate()
        let seen = [Seen(), Seen()]
        let servers = try await Self.servers(gate, seen)
        try await withPool(servers, configuration: Self.configuration()) { pool in
            for number in UInt8(0)..<4 {
                let answer = try await pool.call(TestService.safe, payload: [number], options: Self.soon)
                #expect(answer == [number])
            }
            #expect(pool.members.map(\.running) == [0, 0])
        }
        #expect(seen[0].count > 0 && Set(seen[1].all).count == 4)
        for server in servers { await server.kill() }
    }

    @Test("are not made of methods that may not be called twice")
    func unsafe() async throws {
        let gate = Gate()
        let seen = [Seen(), Seen()]
        let servers = try await Self.servers(gate, seen)
        try await withPool(servers, configuration: Self.configuration()) { pool in
            // Both in turn; the second answers, and the first keeps its call.
            let held = Task { try await pool.call(TestService.unsafe, payload: [1], options: Self.soon) }
            await gate.arrivals(1)
            let answer = try await pool.call(TestService.unsafe, payload: [2], options: Self.soon)
            #expect(answer == [2])
            gate.open()
            let late = try await held.value
            #expect(late == [1])
        }
        #expect(seen.map(\.all) == [[[1]], [[2]]])
        for server in servers { await server.kill() }
    }

    @Test("cost a token each, and end with the budget")
    func budget() async throws {
        let gate = Gate()
        let seen = Seen()
        let slow = TestService.working(seen) { _ in try await gate.pass() }
        let servers = [try await PoolServer.start([slow]), try await PoolServer.start([slow])]
        // Two more than half, and none earned.
        var configuration = Self.configuration(tokens: 4)
        configuration.budgetEarnedBySuccess = 0
        try await withPool(servers, configuration: configuration) { pool in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in UInt8(0)..<20 {
                    group.addTask { _ = try await pool.call(TestService.safe, payload: [number], options: Self.soon) }
                }
                // No answer comes before all that are to be made have arrived.
                await seen.reached(22)
                gate.open()
                try await group.waitForAll()
            }
        }
        #expect(seen.count == 22)
        for server in servers { await server.kill() }
    }

    @Test("are waited for where the first attempt fails meanwhile")
    func firstFails() async throws {
        let gates = [Gate(), Gate()]
        let seen = [Seen(), Seen()]
        let servers = [
            try await PoolServer.start([TestService.working(seen[0]) { _ in try await gates[0].pass() }]),
            try await PoolServer.start([TestService.working(seen[1]) { _ in try await gates[1].pass() }]),
        ]
        try await withPool(servers, configuration: Self.configuration()) { pool in
            let call = Task { try await pool.call(TestService.safe, payload: [1], options: Self.soon) }
            for gate in gates { await gate.arrivals(1) }
            await servers[0].kill()
            gates[1].open()
            let answer = try await call.value
            #expect(answer == [1])
        }
        #expect(seen.map(\.count) == [1, 1])
        await servers[1].kill()
    }
}
