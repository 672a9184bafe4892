import Synchronization
import Testing
import Watching
import Wire

@testable import WireNIO

@Suite("A pool of servers", .timeLimit(.minutes(2)))
struct PoolTests {
    private static let soon = CallOptions.timeout(.seconds(100))

    @Test("is called in turn")
    func roundRobin() async throws {
        let seen = (0..<3).map { _ in Seen() }
        let servers = try await start(seen.map { TestService.working($0) })
        try await withPool(servers) { pool in
            for number in 0..<9 {
                let answer = try await pool.call(TestService.unsafe, payload: [UInt8(number)], options: Self.soon)
                #expect(answer == [UInt8(number)])
            }
        }
        #expect(seen.map(\.count) == [3, 3, 3])
        for server in servers { await server.kill() }
    }

    @Test("is called where the fewest calls run")
    func fewestRunning() async throws {
        let gates = (0..<3).map { _ in Gate() }
        let servers = try await start(gates.map { gate in TestService.working(Seen()) { _ in try await gate.pass() } })
        var configuration = WirePoolConfiguration.quick
        configuration.choice = .fewestRunning
        try await withPool(servers, configuration: configuration) { pool in
            try await withThrowingTaskGroup(of: Void.self) { group in
                func call(_ count: Int) {
                    for _ in 0..<count {
                        group.addTask { _ = try await pool.call(TestService.unsafe, payload: [], options: Self.soon) }
                    }
                }
                call(6)
                for gate in gates { await gate.arrivals(2) }
                // Two end at one server, and the next two go there.
                gates[1].open()
                for _ in 0..<2 { try await group.next() }
                call(2)
                for _ in 0..<2 { try await group.next() }
                #expect(gates.map(\.arrivalCount) == [2, 4, 2])
                for gate in gates { gate.open() }
                try await group.waitForAll()
            }
        }
        for server in servers { await server.kill() }
    }

    @Test("loses no call that may be made again when one of three servers dies in the middle of them")
    func death() async throws {
        let gate = Gate()
        let seen = (0..<3).map { _ in Seen() }
        let services = seen.enumerated().map { index, seen in
            TestService.working(seen) { _ in
                // From its twentieth call on the first server answers nothing.
                if index == 0, seen.count >= 20 { try await gate.pass() }
            }
        }
        let servers = try await start(services)
        try await withPool(servers) { pool in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for caller in 0..<24 {
                    group.addTask {
                        for number in 0..<40 {
                            let payload = [UInt8(caller), UInt8(number)]
                            let answer = try await pool.call(TestService.safe, payload: payload, options: Self.soon)
                            #expect(answer == payload)
                        }
                    }
                }
                await gate.arrivals(8)
                await servers[0].kill()
                try await group.waitForAll()
            }
        }
        #expect(Set(seen.flatMap(\.all)).count == 24 * 40)
        for server in servers[1...] { await server.kill() }
    }

    @Test("never sends a call twice that may not be made again, once it was written")
    func atMostOnce() async throws {
        let gate = Gate()
        let seen = (0..<3).map { _ in Seen() }
        let services = seen.enumerated().map { index, seen in
            TestService.working(seen) { _ in if index == 0, seen.count >= 20 { try await gate.pass() } }
        }
        let servers = try await start(services)
        let lost = try await withPool(servers) { pool in
            await withTaskGroup(of: Int.self) { group in
                for caller in 0..<24 {
                    group.addTask {
                        var lost = 0
                        for number in 0..<40 {
                            let error = await failure {
                                try await pool.call(
                                    TestService.unsafe, payload: [UInt8(caller), UInt8(number)], options: Self.soon)
                            }
                            #expect(error == nil || error?.code == .unavailable && error?.isRefused == false)
                            lost += error == nil ? 0 : 1
                        }
                        return lost
                    }
                }
                await gate.arrivals(8)
                await servers[0].kill()
                return await group.reduce(0, +)
            }
        }
        // Those that were being answered, and perhaps some that arrived at the dying server unseen.
        #expect(lost >= 8)
        let requests = seen.flatMap(\.all)
        #expect(Set(requests).count == requests.count)
        for server in servers[1...] { await server.kill() }
    }

    @Test("makes refused calls elsewhere while a server drains, and lets it finish what it has begun")
    func drain() async throws {
        let gate = Gate()
        let seen = (0..<3).map { _ in Seen() }
        let services = seen.enumerated().map { index, seen in
            TestService.working(seen) { payload in if index == 0, payload == [255] { try await gate.pass() } }
        }
        let servers = try await start(services)
        try await withPool(servers) { pool in
            // The turn begins with the first server; this call stays there, and with it the connection.
            let held = Task { try await pool.call(TestService.unsafe, payload: [255], options: Self.soon) }
            await gate.arrivals(1)
            servers[0].beginDraining()
            for number in 0..<100 {
                let answer = try await pool.call(TestService.unsafe, payload: [UInt8(number)], options: Self.soon)
                #expect(answer == [UInt8(number)])
            }
            gate.open()
            let answer = try await held.value
            #expect(answer == [255])
            try await servers[0].drained()
        }
        let requests = seen.flatMap(\.all)
        #expect(Set(requests).count == 101 && requests.count == 101)
        for server in servers[1...] { await server.kill() }
    }

    @Test("passes over a server that says it takes no calls, until it says that it does")
    func health() async throws {
        let seen = (0..<2).map { _ in Seen() }
        let health = TestHealth()
        let servers = [
            try await PoolServer.start([TestService.working(seen[0]), health]),
            try await PoolServer.start([TestService.working(seen[1])]),
        ]
        try await withPool(servers) { pool in
            func call(_ count: Int) async throws {
                for _ in 0..<count { _ = try await pool.call(TestService.unsafe, payload: [], options: Self.soon) }
            }
            try await call(4)
            #expect(seen.map(\.count) == [2, 2])
            health.isServing.change { $0 = false }
            try await pool.members { !$0.allSatisfy(\.isOpen) }
            try await call(4)
            #expect(seen.map(\.count) == [2, 6])
            health.isServing.change { $0 = true }
            try await pool.members { $0.allSatisfy(\.isOpen) }
            try await call(4)
            #expect(seen.map(\.count) == [4, 8])
        }
        for server in servers { await server.kill() }
    }

    @Test("refuses calls at once while every server says that it takes none, but for those that wait, within their deadlines")
    func noneReady() async throws {
        let health = TestHealth()
        health.isServing.change { $0 = false }
        let server = try await PoolServer.start([TestService.streaming { _, _, _ in }, health])
        let pool = WirePool([server.name], configuration: .quick, logger: silent)
        var patient = Self.soon
        patient.waitsForReady = true
        try await pool.run(beside: { [patient] in
            try await pool.members { $0.first?.isRefusing == true }
            let refusal = await failure { try await pool.call(TestService.echo, payload: [1], options: Self.soon) }
            #expect(refusal?.code == .unavailable && refusal?.isRefused == true)
            let stream = await failure {
                _ = try await pool.stream(options: Self.soon)
                return []
            }
            #expect(stream?.code == .unavailable && stream?.isRefused == true)
            var brief = CallOptions.timeout(.milliseconds(20))
            brief.waitsForReady = true
            let late = await failure { [brief] in try await pool.call(TestService.echo, payload: [1], options: brief) }
            #expect(late?.code == .unavailable && late?.isRefused == true)
            let given = Task { await failure { try await pool.call(TestService.echo, payload: [1], options: patient) } }
            given.cancel()
            #expect(await given.value?.code == .cancelled)
            async let answer = pool.call(TestService.echo, payload: [2], options: patient)
            async let messages = pool.stream(options: patient)
            health.isServing.change { $0 = true }
            let echo = try await answer
            #expect(echo == [2])
            let end = await collect(try await messages)
            #expect(end.error == nil)
        })
        // Afterwards there is nobody to call.
        let over = await failure { try await pool.call(TestService.echo, payload: [3], options: patient) }
        #expect(over?.code == .unavailable && over?.isRefused == true)
        await server.kill()
    }

    @Test("makes no more attempts than its budget allows when every server fails")
    func retryStorm() async throws {
        let seen = (0..<3).map { _ in Seen() }
        let servers = try await start(
            seen.map { TestService.working($0) { _ in throw RPCError(.unavailable, "the database is away") } })
        var configuration = WirePoolConfiguration.quick
        configuration.budgetTokens = 20
        configuration.shortestPause = .microseconds(100)
        configuration.longestPause = .microseconds(200)
        try await withPool(servers, configuration: configuration) { pool in
            for _ in 0..<200 {
                let error = await failure { try await pool.call(TestService.safe, payload: [], options: Self.soon) }
                #expect(error?.code == .unavailable && error?.message == "the database is away")
            }
        }
        // Twenty tokens are used up to the half by the first three calls, with four, four and two attempts.
        let attempts = seen.map(\.count).reduce(0, +)
        #expect(attempts == 207)
        for server in servers { await server.kill() }
    }

    private func start(_ services: [TestService]) async throws -> [PoolServer] {
        var servers: [PoolServer] = []
        for service in services { servers.append(try await PoolServer.start([service])) }
        return servers
    }
}
