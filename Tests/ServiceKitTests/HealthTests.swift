import Contracts
import ServiceKit
import Synchronization
import Testing
import Wire

@Suite("Health", .timeLimit(.minutes(1)))
struct HealthTests {
    private func ask(_ health: Health, _ service: String = "") async throws -> WireV1.HealthCheckResponse {
        let method = MethodDescriptor(service: "huleedu.wire.v1.Health", method: "Check")
        let context = ServerContext(method: method, metadata: Metadata(), deadline: .after(.seconds(60)), peer: "test")
        return try await health.check(WireV1.HealthCheckRequest(service: service), context: context)
    }

    @Test("serves while every service does, as a whole and each by name")
    func serving() async throws {
        let health = Health(checks: ["a.A": { nil }, "b.B": { nil }])
        for service in ["", "a.A", "b.B"] {
            #expect(try await ask(health, service) == .init(status: .serving))
        }
        #expect(try await ask(Health(checks: [:])) == .init(status: .serving))
    }

    @Test("names the service that cannot serve and why, and leaves the others serving")
    func notServing() async throws {
        let health = Health(checks: ["a.A": { nil }, "b.B": { "the database cannot be reached" }])
        let expected = WireV1.HealthCheckResponse(status: .notServing, reason: "b.B: the database cannot be reached")
        #expect(try await ask(health) == expected)
        #expect(try await ask(health, "b.B") == expected)
        #expect(try await ask(health, "a.A").status == .serving)
    }

    @Test("is asked anew each time")
    func recovers() async throws {
        let reason = Mutex<String?>("starting")
        let health = Health(checks: ["a.A": { reason.withLock { $0 } }])
        #expect(try await ask(health).status == .notServing)
        reason.withLock { $0 = nil }
        #expect(try await ask(health).status == .serving)
    }

    @Test("of a service that is not there is NOT_FOUND, by its name")
    func unknown() async throws {
        let health = Health(checks: ["a.A": { nil }])
        let error = await #expect(throws: RPCError.self) { try await ask(health, "c.C") }
        #expect(error?.code == .notFound && error?.message.contains("c.C") == true)
        let hostile = await #expect(throws: RPCError.self) {
            try await ask(health, "\u{1b}" + String(repeating: "x", count: 65536))
        }
        #expect(hostile.map { $0.message.count < 200 && !$0.message.contains("\u{1b}") } == true)
    }

    @Test("of a server that shuts down is not serving, without asking anybody")
    func draining() async throws {
        let isAsked = Atomic<Bool>(false)
        let health = Health(checks: [
            "a.A": {
                isAsked.store(true, ordering: .relaxed)
                return nil
            }
        ])
        health.beginDraining()
        for service in ["", "a.A"] {
            #expect(try await ask(health, service) == .init(status: .notServing, reason: "shutting down"))
        }
        let wasAsked = isAsked.load(ordering: .relaxed)
        #expect(!wasAsked)
    }

    @Test("tells whoever watches of each change, that nothing has changed, and of the shutdown")
    func watching() async throws {
        let reason = Mutex<String?>(nil)
        let health = Health(checks: ["a.A": { reason.withLock { $0 } }], interval: .milliseconds(1))
        let drain = DrainSignal()
        let told = AsyncStream.makeStream(of: WireV1.HealthCheckResponse.self)
        let responses = OutboundMessages(
            send: { told.continuation.yield(try WireV1.HealthCheckResponse(decoding: $0)) }, finish: {})
        let context = ServerContext(
            method: WireV1.HealthServer.watch, metadata: Metadata(), deadline: .after(.seconds(60)), peer: "test", drain: drain)
        let server = WireV1.HealthServer(health)
        let requests = MessageBuffer(limits: .init())
        requests.append(try WireV1.HealthCheckRequest(service: "a.A").encoded())
        requests.finish()
        async let end: Void = server.serve(
            method: "Watch", requests: InboundMessages(requests), responses: responses, context: context)
        var messages = told.stream.makeAsyncIterator()
        for _ in 0..<2 { #expect(await messages.next() == .init(status: .serving)) }
        reason.withLock { $0 = "away" }
        var next = await messages.next()
        // One that had been looked up before.
        if next == .init(status: .serving) { next = await messages.next() }
        #expect(next == .init(status: .notServing, reason: "a.A: away"))
        drain.begin()
        while next?.reason != "shutting down" { next = await messages.next() }
        #expect(next?.status == .notServing)
        try await end
    }

    @Test("that is watched of a service that is not there is refused")
    func watchingNothing() async throws {
        let transport = InProcessTransport([WireV1.HealthServer(Health(checks: [:]))])
        let error = await #expect(throws: RPCError.self) {
            for try await _ in try await WireV1.HealthClient(transport).watch(.init(service: "a.A")) {}
        }
        #expect(error?.code == .notFound)
    }
}
