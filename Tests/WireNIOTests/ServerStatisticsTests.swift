import Testing
import Wire

@testable import WireNIO

@Suite("What a server has done", .timeLimit(.minutes(1)))
struct ServerStatisticsTests {
    private let load = ServerLoad(ServerConfiguration())

    /// Once the handler of every call has ended.
    private func counted(_ method: MethodDescriptor, ended count: Int) async throws -> ServerStatistics.Method {
        while true {
            let counts = load.statistics.methods[method]
            if let counts, counts.running == 0, counts.calls == count { return counts }
            try await Task.sleep(for: .milliseconds(1))
        }
    }

    @Test("is counted by method: calls, how they ended, bytes and times")
    func unary() async throws {
        let service = TestService(handlers: [
            "Echo": { payload, _ in
                guard !payload.isEmpty else { throw RPCError(.invalidArgument, "nothing to echo") }
                return payload + payload
            }
        ])
        try await withServer(service, load: load) { address, _ in
            try await withClient(address) { client in
                for size in 1...10 {
                    _ = try await client.call(TestService.echo, payload: [UInt8](repeating: 0, count: size), options: .init())
                }
                await #expect(throws: RPCError.self) {
                    try await client.call(TestService.echo, payload: [], options: .init())
                }
                await #expect(throws: RPCError.self) {
                    try await client.call(TestService.method("Other"), payload: [1], options: .init())
                }
                let counts = try await counted(TestService.echo, ended: 11)
                #expect(counts.statuses == [.ok: 10, .invalidArgument: 1])
                #expect(counts.receivedBytes == 55 && counts.sentBytes == 110)
                #expect(counts.latency(percentile: 50) > 0 && counts.longestLatency >= counts.latency(percentile: 99))
                let statistics = load.statistics
                #expect(Array(statistics.methods.keys) == [TestService.echo])
                #expect(statistics.connections == 1 && statistics.acceptedConnections == 1)
                #expect(statistics.runningHandlers == 0 && statistics.heldRequestBytes == 0)
            }
        }
    }

    /// Whose handler of `Wait` heeds nothing but the gate.
    private func stubborn(_ gate: Gate) -> TestService {
        TestService(handlers: [
            "Wait": { payload, _ in
                await gate.passStubbornly()
                return payload
            }
        ])
    }

    @Test("says of calls that are under way that they are, and of those that took too long what their callers were told")
    func late() async throws {
        let gate = Gate()
        var configuration = ServerConfiguration()
        configuration.maximumTimeout = .milliseconds(20)
        try await withServer(stubborn(gate), configuration: configuration, load: load) { address, _ in
            try await withClient(address) { client in
                let error = await #expect(throws: RPCError.self) {
                    try await client.call(TestService.wait, payload: [1, 2, 3], options: .timeout(.seconds(60)))
                }
                #expect(error?.code == .deadlineExceeded)
                #expect(load.statistics.methods[TestService.wait]?.running == 1)
                #expect(load.statistics.runningHandlers == 1 && load.statistics.heldRequestBytes >= 3)
                gate.open()
                let counts = try await counted(TestService.wait, ended: 1)
                #expect(counts.statuses == [.deadlineExceeded: 1] && counts.sentBytes == 0)
            }
        }
    }

    @Test("says of answers that are too long to be sent what their callers were told instead")
    func tooLong() async throws {
        let service = TestService(handlers: ["Echo": { _, _ in [UInt8](repeating: 0, count: 2000) }])
        var configuration = ServerConfiguration()
        configuration.maximumMessageBytes = 1000
        try await withServer(service, configuration: configuration, load: load) { address, _ in
            try await withClient(address) { client in
                let error = await #expect(throws: RPCError.self) {
                    try await client.call(TestService.echo, payload: [1], options: .init())
                }
                #expect(error?.code == .resourceExhausted)
                let counts = try await counted(TestService.echo, ended: 1)
                #expect(counts.statuses == [.resourceExhausted: 1] && counts.sentBytes == 0 && counts.receivedBytes == 1)
            }
        }
    }

    @Test("says of calls whose caller has gone that they were cancelled")
    func gone() async throws {
        let gate = Gate()
        try await withServer(stubborn(gate), load: load) { address, _ in
            try await withClient(address) { client in
                let call = Task { try await client.call(TestService.wait, payload: [], options: .init()) }
                await gate.arrivals(1)
                await client.close()
                _ = await call.result
            }
            while load.statistics.connections > 0 { try await Task.sleep(for: .milliseconds(1)) }
            gate.open()
            let counts = try await counted(TestService.wait, ended: 1)
            #expect(counts.statuses == [.cancelled: 1])
            #expect(load.statistics.acceptedConnections == 1)
        }
    }

    @Test("counts every message of a stream")
    func streams() async throws {
        let service = TestService.streaming(.bidirectional) { requests, responses, _ in
            for try await request in requests { try await responses.send(request + [0]) }
        }
        try await withServer(service, load: load) { address, _ in
            try await withClient(address) { client in
                let call = try await client.open(TestService.stream, .bidirectional, payload: nil, options: .init())
                for size in 1...4 { try await call.requests.send([UInt8](repeating: 1, count: size)) }
                call.requests.finish()
                var count = 0
                for try await _ in call.responses { count += 1 }
                #expect(count == 4)
                let counts = try await counted(TestService.stream, ended: 1)
                #expect(counts.statuses == [.ok: 1] && counts.receivedBytes == 10 && counts.sentBytes == 14)
            }
        }
    }

    @Test("counts connections that were too many")
    func refused() async throws {
        var configuration = ServerConfiguration()
        configuration.maximumConnections = 1
        try await withServer(configuration: configuration, load: load) { address, _ in
            try await withClient(address) { client in
                _ = try await client.call(TestService.echo, payload: [1], options: .init())
                await #expect(throws: RPCError.self) {
                    try await withClient(address) { other in
                        try await other.call(TestService.echo, payload: [1], options: .timeout(.milliseconds(200)))
                    }
                }
                let statistics = load.statistics
                #expect(statistics.refusedConnections >= 1 && statistics.connections == 1 && statistics.acceptedConnections == 1)
            }
        }
    }
}
