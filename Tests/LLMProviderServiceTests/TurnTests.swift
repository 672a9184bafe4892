import Contracts
import CurlClient
import Postgres
import ServiceKit
import Synchronization
import Testing

@testable import LLMProviderService

@Suite("Processes that share a provider's limits")
struct TurnTests {
    private static func limit(_ configuration: inout LLMProviderConfiguration) {
        configuration.providers[0].limits.requestsPerMinute = 60_000
        configuration.leaderPatience = .zero
    }

    private func turns(_ fixture: ServiceFixture) -> Int {
        fixture.log.text.split(separator: "\n").count { $0.contains("turn begun") }
    }

    private func answer(_ ids: some Sequence<Int>, _ fixture: ServiceFixture) async throws {
        for id in ids { try await fixture.submit(Sample.request("r\(id)")) }
        for id in ids { #expect(try await fixture.result("r\(id)").outcome?.reply != nil) }
    }

    @Test("One sends at a time; when it ends, another goes on")
    func oneAtATime() async throws {
        let other = VendorServer { _ in .verdict }
        defer { other.stop() }
        let http = CurlClient()
        try await withService(configure: Self.limit) { fixture in
            let first = Task { try await fixture.service.run() }
            try await eventually { turns(fixture) == 1 }
            let second = Task { try await fixture.another(before: other, http: http).run() }
            try await answer(0..<40, fixture)
            #expect(fixture.vendor.requests.count == 40)
            #expect(other.requests.isEmpty)

            first.cancel()
            try await first.value
            try await eventually { turns(fixture) == 2 }
            try await answer(40..<50, fixture)
            #expect(other.requests.count == 10)
            second.cancel()
            try await second.value
        }
        await http.shutdown()
    }

    @Test("One that has lost its session stops sending, and puts back what waits; whoever is next sends it")
    func lostSession() async throws {
        let other = VendorServer { _ in .verdict }
        defer { other.stop() }
        let http = CurlClient()
        try await withService(configure: Self.limit) { fixture in
            let both = [
                Task { try await fixture.service.run() },
                Task { try await fixture.another(before: other, http: http).run() },
            ]
            for round in 1...5 {
                try await eventually { turns(fixture) == round }
                try await answer((round * 20)..<(round * 20 + 20), fixture)
                _ = try await fixture.pool.query(
                    """
                    SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted
                        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                    """)
            }
            for task in both {
                task.cancel()
                try await task.value
            }
            #expect(fixture.vendor.requests.count + other.requests.count == 100)
        }
        await http.shutdown()
    }

    @Test("A refusal is on record at once, for whoever sends next")
    func refusalOnRecord() async throws {
        let gate = Mutex(0)
        try await withService(
            answer: { _ in
                gate.withLock {
                    $0 += 1
                    return $0 == 3 ? .error(429, headers: "retry-after: 3000\r\n") : .verdict
                }
            }, configure: Self.limit
        ) { fixture in
            try await fixture.running {
                for id in 0..<3 {
                    try await fixture.submit(Sample.request("r\(id)"))
                    if id < 2 { _ = try await fixture.result("r\(id)") }
                }
                try await eventually {
                    guard let record = try await fixture.store.laneRecords(of: "vendor").values.first else { return false }
                    return record.frozenUntil > 2_900_000_000_000 && record.share == 891 && record.largest.inputTokens > 0
                }
            }
            let records = try await fixture.store.laneRecords(of: "vendor")
            let clock = Atomic<Int64>(5_000_000_000)
            let lanes = Lanes(fixture.configuration) { clock.load(ordering: .relaxed) }
            #expect(lanes.rooms(limit: 8).keys.sorted() == ["other"], "nothing is claimed before its turn")
            lanes.begin("vendor", from: records)
            #expect(lanes.takeUnrecorded().isEmpty)
            let lane = try #require(records.keys.first)
            #expect(lanes.pause(of: lane) > .seconds(2900))
            // One more second than was left.
            clock.add(3_001_000_000_000, ordering: .relaxed)
            #expect(lanes.pause(of: lane) == .zero)
            #expect(lanes.rooms(limit: 8)["vendor", default: 0] > 0)
            #expect(lanes.end("vendor").isEmpty)
            #expect(lanes.rooms(limit: 8)["vendor"] == nil)
        }
    }

    @Test("A process shows how lanes stand only while it is its turn to send there")
    func gauges() async throws {
        try await withService(configure: Self.limit) { fixture in
            let lanes = fixture.worker().lanes
            let provider = try #require(fixture.configuration.providers.first)
            let id = LaneID(provider: "vendor", credential: provider.credential, pool: "claude-haiku-4")
            func shown() -> String {
                let (standing, now) = lanes.standing
                fixture.metrics.lanes.show(standing, of: fixture.configuration.providers, at: now)
                return fixture.metrics.lanes.breaker.text
            }
            #expect(!shown().contains("claude-haiku-4"))
            let record = LaneRecord(
                share: 990, stated: PerDimension(all: nil), largest: .nothing, frozenUntil: 0, standstill: .unavailable)
            lanes.begin("vendor", from: [id: record])
            #expect(shown().contains(#"{provider="vendor",pool="claude-haiku-4"} 1"#))
            #expect(lanes.end("vendor").isEmpty)
            #expect(!shown().contains("claude-haiku-4"), "it stands as the process knows that sends now")
        }
    }

    @Test("Who takes turns goes on with the lanes of its own key, and leaves those of earlier keys as they stand")
    func anotherKey() async throws {
        try await withService { fixture in
            let provider = try #require(fixture.configuration.providers.first)
            let own = LaneID(provider: provider.name, credential: provider.credential, pool: "a")
            let earlier = LaneID(provider: provider.name, credential: "another", pool: "a")
            var record = LaneRecord(
                share: 1, stated: PerDimension(requests: nil, inputTokens: nil, outputTokens: nil),
                largest: Charge(inputTokens: 1, outputTokens: 1), frozenUntil: 0)
            try await fixture.store.record([own: record])
            record.standstill = .barred
            try await fixture.store.record([earlier: record])
            #expect(try await fixture.store.laneRecords(of: provider).keys.map { $0 } == [own])
        }
    }

    @Test("What is on record of lanes is what was recorded last")
    func records() async throws {
        try await withService { fixture in
            func id(_ pool: String, _ provider: String = "vendor") -> LaneID {
                LaneID(provider: provider, credential: "1.2", pool: pool)
            }
            func record(_ share: Int64, _ frozen: Int64 = 0) -> LaneRecord {
                LaneRecord(
                    share: share, stated: PerDimension(requests: share, inputTokens: nil, outputTokens: frozen + 1),
                    largest: Charge(inputTokens: share * 2, outputTokens: 7), frozenUntil: frozen)
            }
            try await fixture.store.record([id("a"): record(990), id("b"): record(500), id("a", "other"): record(1)])
            var standing = record(600, 3_600_000_000_000)
            standing.standstill = .spent
            try await fixture.store.record([id("b"): standing])
            let records = try await fixture.store.laneRecords(of: "vendor")
            #expect(Set(records.keys) == [id("a"), id("b")])
            #expect(records[id("a")] == record(990))
            #expect(records[id("b")]?.share == 600)
            #expect(records[id("b")]?.standstill == .spent)
            #expect((3_590_000_000_000...3_600_000_000_000).contains(records[id("b")]?.frozenUntil ?? 0))
        }
    }

    @Test("Limits that are known from the start, or a least distance, make processes take turns", arguments: [0, 1, 2, 3])
    func known(kind: Int) {
        var provider = ProviderConfiguration(
            name: "p", dialect: .anthropicMessages, baseURL: "http://gateway", apiKey: nil, isSimulated: false)
        switch kind {
        case 1: provider.limits.outputTokensPerMinute = 1000
        case 2: provider.limits.spacing = .milliseconds(1)
        case 3: provider.baseURL = ProviderConfiguration.anthropicURL
        default: break
        }
        #expect(provider.isInTurn == (kind > 0))
    }
}
