import Contracts
import CoreMetrics
import Logging
import ServiceLifecycle
import ServiceLifecycleTestKit
import Synchronization
import Testing
import Wire
import WireNIO

@testable import ServiceKit

@Suite("A service's host")
struct ServiceHostTests {
    private struct Broken: Error {}

    /// What happened, in order, and a way to wait for it.
    private final class Journal: Sendable {
        private let state = Mutex<
            (entries: [String], waiters: [(entry: String, continuation: CheckedContinuation<Void, Never>)])
        >(([], []))

        var entries: [String] { state.withLock { $0.entries } }

        func note(_ entry: String) {
            let due = state.withLock { state in
                state.entries.append(entry)
                defer { state.waiters.removeAll { $0.entry == entry } }
                return state.waiters.filter { $0.entry == entry }
            }
            for waiter in due { waiter.continuation.resume() }
        }

        /// Returns once the entry is there.
        func wait(for entry: String) async {
            await withCheckedContinuation { continuation in
                let isThere = state.withLock { state in
                    guard !state.entries.contains(entry) else { return true }
                    state.waiters.append((entry, continuation))
                    return false
                }
                if isThere { continuation.resume() }
            }
        }
    }

    /// Answers a call when it is let.
    private struct SlowService: RPCService {
        let journal: Journal
        let name = "test.Slow"
        let methods = ["Answer"]

        func handle(method: String, payload: [UInt8], context: ServerContext) async throws -> [UInt8] {
            journal.note("called")
            await journal.wait(for: "let go")
            journal.note("answered")
            return payload
        }
    }

    private static let answer = MethodDescriptor(service: "test.Slow", method: "Answer")

    private func host(
        _ journal: Journal, port: Int = 0, work: @escaping @Sendable () async throws -> Void
    ) -> ServiceHost {
        ServiceHost(
            name: "slow", services: [SlowService(journal: journal)],
            telemetry: Telemetry(metrics: NOOPMetricsHandler.instance),
            configuration: ServerConfiguration(host: "127.0.0.1", port: port), check: { nil }, work: work,
            close: { journal.note("closed") }, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private func client(_ address: BoundAddress) -> WireClient {
        WireClient(
            host: address.host, port: address.port, configuration: .init(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// Work that notes when it is cancelled.
    private func patientWork(_ journal: Journal) -> @Sendable () async throws -> Void {
        {
            do {
                try await Task.sleep(for: .seconds(3600))
            } catch {
                journal.note("work cancelled")
                throw error
            }
        }
    }

    @Test("shuts down gracefully: calls under way are answered, then the work is cancelled, then all is given back")
    func graceful() async throws {
        let journal = Journal()
        let host = host(journal, work: patientWork(journal))
        let client = client(try await host.start())
        try await testGracefulShutdown { trigger in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await host.run() }
                group.addTask {
                    let echoed = try await client.call(Self.answer, payload: [1, 2, 3], options: .timeout(.seconds(60)))
                    #expect(echoed == [1, 2, 3])
                }
                await journal.wait(for: "called")
                trigger.triggerGracefulShutdown()
                #expect(!journal.entries.contains("work cancelled") && !journal.entries.contains("closed"))
                journal.note("let go")
                try await group.waitForAll()
            }
        }
        #expect(journal.entries == ["called", "let go", "answered", "work cancelled", "closed"])
        await client.close()
    }

    @Test("serves health beside its services, by name and as a whole")
    func health() async throws {
        let journal = Journal()
        let host = host(journal, work: patientWork(journal))
        let client = client(try await host.start())
        try await testGracefulShutdown { trigger in
            async let run: Void = host.run()
            let health = WireV1.HealthClient(client)
            for service in ["", "test.Slow"] {
                #expect(try await health.check(.init(service: service)).status == .serving)
            }
            let error = await #expect(throws: RPCError.self) { try await health.check(.init(service: "test.Other")) }
            #expect(error?.code == .notFound)
            trigger.triggerGracefulShutdown()
            try await run
        }
        await client.close()
    }

    @Test("tells what it serves and in what terms, and what it has done")
    func reflectionAndStatistics() async throws {
        let journal = Journal()
        let host = host(journal, work: patientWork(journal))
        let client = client(try await host.start())
        try await testGracefulShutdown { trigger in
            async let run: Void = host.run()
            let reflection = WireV1.ReflectionClient(client)
            let standard = ["Drain", "Health", "Reflection", "Statistics"].map { "huleedu.wire.v1.\($0)" }
            #expect(try await reflection.listServices(.init()).services == standard + ["test.Slow"])
            let contracts = try await reflection.getContracts(.init())
            #expect(contracts.descriptorSet == ContractDescriptors.fileDescriptorSet)
            let statistics = try await WireV1.StatisticsClient(client).getStatistics(.init())
            #expect(statistics.connections == 1 && statistics.runningHandlers == 1)
            #expect(
                statistics.methods.map(\.method) == [
                    "huleedu.wire.v1.Reflection/GetContracts", "huleedu.wire.v1.Reflection/ListServices",
                    "huleedu.wire.v1.Statistics/GetStatistics",
                ])
            #expect(statistics.methods.first?.statuses == [.init(code: 0, calls: 1)])
            #expect(statistics.methods.first.map { $0.sentBytes > UInt64(contracts.descriptorSet.count) } == true)
            #expect(statistics.methods.last?.running == 1 && statistics.methods.last?.statuses == [])
            trigger.triggerGracefulShutdown()
            try await run
        }
        await client.close()
    }

    @Test("is taken out of service by a call, without losing another")
    func drain() async throws {
        let journal = Journal()
        let host = host(journal, work: patientWork(journal))
        let client = client(try await host.start())
        try await testGracefulShutdown { _ in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await host.run() }
                group.addTask {
                    let echoed = try await client.call(Self.answer, payload: [1, 2, 3], options: .timeout(.seconds(60)))
                    #expect(echoed == [1, 2, 3])
                }
                await journal.wait(for: "called")
                let answer = try await WireV1.DrainClient(client).beginDrain(.init())
                #expect(answer.runningHandlers == 2)
                // The client knows that this connection takes no more, and waits for another.
                let refusal = await #expect(throws: RPCError.self) {
                    _ = try await client.call(Self.answer, payload: [], options: .timeout(.seconds(2)))
                }
                #expect(refusal?.code == .unavailable && refusal?.isRefused == true)
                journal.note("let go")
                try await group.waitForAll()
            }
        }
        #expect(journal.entries == ["called", "let go", "answered", "work cancelled", "closed"])
        await client.close()
    }

    @Test("is not taken out of service from another machine")
    func drainFromElsewhere() throws {
        let signal = DrainSignal()
        let drain = Drain(signal: signal, load: ServerLoad(ServerConfiguration()))
        let method = WireV1.DrainServer.beginDrain
        for isLocal in [false, true] {
            let context = ServerContext(
                method: method, metadata: Metadata(), deadline: .after(.seconds(60)), peer: "test", isFromThisMachine: isLocal)
            if isLocal {
                #expect(try drain.beginDrain(.init(), context: context).runningHandlers == 0)
            } else {
                let refusal = #expect(throws: RPCError.self) { try drain.beginDrain(.init(), context: context) }
                #expect(refusal?.code == .permissionDenied)
            }
            #expect(signal.hasBegun == isLocal)
        }
    }

    @Test("serves on when its work ends by itself")
    func workEnds() async throws {
        for ending in [{}, { throw CancellationError() }] as [@Sendable () async throws -> Void] {
            let journal = Journal()
            let host = host(journal) {
                defer { journal.note("work ended") }
                try await ending()
            }
            let client = client(try await host.start())
            try await testGracefulShutdown { trigger in
                async let run: Void = host.run()
                await journal.wait(for: "work ended")
                #expect(try await WireV1.HealthClient(client).check(.init()).status == .serving)
                trigger.triggerGracefulShutdown()
                try await run
            }
            #expect(journal.entries == ["work ended", "closed"])
            await client.close()
        }
    }

    @Test("ends when its work fails, with the work's error, and gives back what it holds")
    func workFails() async throws {
        let journal = Journal()
        let host = host(journal) { throw Broken() }
        _ = try await host.start()
        await #expect(throws: Broken.self) { try await host.run() }
        #expect(journal.entries == ["closed"])
    }

    @Test("ends when it is cancelled, and gives back what it holds")
    func cancelled() async throws {
        let journal = Journal()
        let host = host(journal, work: patientWork(journal))
        let address = try await host.start()
        let task = Task { try await host.run() }
        let client = client(address)
        _ = try await WireV1.HealthClient(client).check(.init())
        task.cancel()
        _ = await task.result
        #expect(journal.entries == ["work cancelled", "closed"])
        await client.close()
        // The address is free again.
        let next = self.host(Journal(), port: address.port, work: {})
        #expect(try await next.start().port == address.port)
        let ending = Task { try await next.run() }
        ending.cancel()
        _ = await ending.result
    }

    @Test("that cannot start says which address is taken, or is none")
    func startFails() async throws {
        let journal = Journal()
        let first = host(journal, work: patientWork(journal))
        let address = try await first.start()
        let taken = await #expect(throws: ServerError.self) {
            _ = try await host(Journal(), port: address.port, work: {}).start()
        }
        #expect(taken?.code == .addressInUse && taken?.message.contains("\(address)") == true)
        let nowhere = ServiceHost(
            name: "nowhere", services: [], telemetry: Telemetry(metrics: NOOPMetricsHandler.instance),
            configuration: ServerConfiguration(host: "192.0.2.1", port: 1), check: { nil },
            work: {},
            close: {}, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let none = await #expect(throws: ServerError.self) { _ = try await nowhere.start() }
        #expect(none?.code == .addressUnavailable && none?.message.contains("192.0.2.1") == true)
        let ending = Task { try await first.run() }
        ending.cancel()
        _ = await ending.result
    }
}
