import CJCore
import Contracts
import FakeProvider
import Postgres
import ServiceKit
import Testing

@testable import LLMProviderService

@Suite("A provider that fails")
struct BreakerRunTests {
    private func request(_ id: String, model: String = "simulated-judge") throws -> LLMV1.SubmitRequest {
        let template = try #require(PromptTemplate(language: "en"))
        let prompt = template.prompt(
            question: nil, rubric: nil, first: "Essay \(id) is about the sea.", second: "The sea is in essay \(id).")
        return Sample.request(id) {
            $0.model = model
            $0.blocks = prompt.blocks.map { Sample.block($0.target == .system ? .system : .user, $0.text) }
        }
    }

    private static func quick(_ configuration: inout LLMProviderConfiguration) {
        configuration.breakerPause = .milliseconds(20)
        configuration.longestBreakerPause = .milliseconds(80)
        configuration.probeInterval = .milliseconds(40)
        configuration.leaderPatience = .zero
    }

    private func changes(_ fixture: ServiceFixture, _ from: String, _ to: String, _ reason: String) -> UInt64 {
        fixture.metrics.lanes.breakerChanges["vendor", "simulated-judge", from, to, reason]
    }

    @Test(
        "is left alone until a probe is answered; all requests wait, use up no attempts meanwhile, and have their answers",
        arguments: [
            FaultPlan.Fault.overloaded, .serverError(status: 500), .resetBeforeAnswer,
        ])
    func outage(fault: FaultPlan.Fault) async throws {
        let failures = 60
        try await withFake(
            FakeProviderConfiguration(faults: FaultPlan(script: Array(repeating: fault, count: failures))),
            configure: {
                Self.quick(&$0)
                $0.maximumInFlight = 8
            }
        ) { fixture, fake in
            for number in 0..<40 { try await fixture.submit(try request("r\(number)")) }
            try await fixture.running {
                for number in 0..<40 {
                    let result = try await fixture.result("r\(number)")
                    #expect(result.outcome?.reply != nil, "\(result.outcome?.failure?.message ?? "")")
                }
            }
            #expect(fake.ledger.count == 40 + failures)
            #expect(changes(fixture, "closed", "open", "unavailable") == 1)
            let probes = changes(fixture, "open", "half-open", "unavailable")
            #expect(probes == changes(fixture, "half-open", "open", "unavailable") + 1)
            #expect(changes(fixture, "half-open", "closed", "unavailable") == 1)
            // At most those that were under way when it opened went in vain besides the probes, each of which libcurl may send twice where
            // a connection that it had kept is reset.
            #expect(probes * 2 >= UInt64(failures - 4 - 8))
            #expect(fixture.log.text.contains("nothing is sent to a lane for a while"))
            #expect(fixture.log.text.contains("a lane goes on"))
        }
    }

    @Test("to which there is no connection is asked by one request at a time, and another lane goes on meanwhile")
    func unreachable() async throws {
        let port = try await unusedPort()
        try await withService(configure: {
            Self.quick(&$0)
            $0.providers[0] = ProviderConfiguration(
                name: "vendor", dialect: .anthropicMessages, baseURL: "http://127.0.0.1:\(port)",
                apiKey: Secret(FakeProviderConfiguration.defaultKey), isSimulated: true)
        }) { fixture in
            for number in 0..<20 { try await fixture.submit(try request("r\(number)")) }
            try await fixture.running {
                try await eventually { changes(fixture, "half-open", "open", "unavailable") > 20 }
                try await fixture.submit(Sample.request("other") { $0.provider = "other" })
                #expect(try await fixture.result("other").outcome?.reply != nil)
                #expect(try await fixture.events().map(\.requestID) == ["other"])

                let again = try FakeProvider(configuration: FakeProviderConfiguration(port: port))
                _ = try await again.start()
                for number in 0..<20 { #expect(try await fixture.result("r\(number)").outcome?.reply != nil) }
                await again.stop()
            }
        }
    }

    /// A port that the kernel gives to no outgoing connection.
    private func unusedPort() async throws -> Int {
        var failure: (any Error)?
        for _ in 0..<100 {
            let fake = try FakeProvider(configuration: FakeProviderConfiguration(port: .random(in: 20_000..<32_000)))
            do {
                let port = try await fake.start().port
                await fake.stop()
                return port
            } catch {
                failure = error
            }
        }
        throw failure ?? ConditionTimedOut()
    }

    @Test("request by request for what stands in them is not left alone")
    func onesOwnFault() async throws {
        try await withService(answer: { $0.text.contains("<bad>") ? .error(500) : .verdict }) { fixture in
            try await fixture.submit(Sample.request("bad", text: "<bad>"))
            try await fixture.running {
                let result = try await fixture.result("bad")
                #expect(result.outcome?.failure?.kind == .overloaded)
                #expect(result.attempts == 5)
            }
            #expect(!fixture.log.text.contains("lane"))
        }
    }

    @Test("for one pool of models lets requests to others pass while a probe is under way, of which nothing is known here yet")
    func probeUnderWay() async throws {
        let gate = Gate()
        let failures = Shared(0)
        try await withService(
            answer: { request in
                guard request.text.contains("claude-haiku") else { return .verdict }
                let isProbe = failures.update {
                    $0 += 1
                    return $0 > 8
                }
                if isProbe { gate.pass() }
                return .error(500)
            },
            configure: {
                Self.quick(&$0)
                $0.maximumInFlight = 8
                $0.scoutInterval = .milliseconds(10)
            }
        ) { fixture in
            defer { gate.open() }
            for number in 0..<10 { try await fixture.submit(Sample.request("r\(number)")) }
            try await fixture.running {
                try await eventually {
                    fixture.metrics.lanes.breakerChanges["vendor", "claude-haiku-4", "open", "half-open", "unavailable"] > 0
                        && fixture.vendor.requests.count > 8
                }
                try await fixture.submit(Sample.request("other") { $0.model = "claude-opus-5-5" })
                #expect(try await fixture.result("other").outcome?.reply != nil)
                gate.open()
            }
        }
    }

    @Test(
        "for want of money costs one request of a hundred, and stands still in one pool of models alone",
        arguments: [FaultPlan.Fault.spendLimit, .usageLimit])
    func spent(fault: FaultPlan.Fault) async throws {
        try await withFake(
            FakeProviderConfiguration(faults: FaultPlan(script: [fault])),
            configure: { $0.scoutInterval = .milliseconds(20) }
        ) { fixture, fake in
            try await fixture.running {
                for number in 0..<100 { try await fixture.submit(try request("r\(number)")) }
                try await eventually { try await fixture.events().count == 1 }
                for number in 0..<10 { try await fixture.submit(try request("b\(number)", model: "claude-haiku-4-5")) }
                for number in 0..<10 { #expect(try await fixture.result("b\(number)").outcome?.reply != nil) }
            }
            let events = try await fixture.events()
            #expect(events.count == 11)
            #expect(events.count { $0.outcome?.failure?.kind == .billing } == 1)
            #expect(fake.ledger.count { $0.model == "simulated-judge" } == 1, "nothing more until it is probed")
            #expect(changes(fixture, "closed", "open", "spent") == 1)
            #expect(fixture.log.text.contains("does not let the account in"))
        }
    }

    @Test("for want of money costs one request even where eight were under way; the others wait with those that were not sent")
    func spentUnderWay() async throws {
        let gate = Gate()
        try await withService(
            answer: { _ in
                gate.pass()
                return .error(400, message: "You have reached your specified API usage limits.")
            },
            configure: {
                $0.maximumInFlight = 8
                $0.leaderPatience = .zero
            }
        ) { fixture in
            defer { gate.open() }
            for number in 0..<40 { try await fixture.submit(Sample.request("r\(number)")) }
            try await fixture.running {
                try await eventually { fixture.vendor.requests.count == 8 }
                gate.open()
                try await eventually {
                    let leases = try await fixture.pool.query("SELECT count(*) FROM llm_provider.job_lease")
                    let events = try await fixture.events()
                    return try leases[0].decode(Int.self) == 0 && events.count == 1
                }
            }
            #expect(try await fixture.events().map { $0.outcome?.failure?.kind } == [.billing])
            #expect(fixture.vendor.requests.count == 8)
        }
    }

    @Test("for want of money, or because of a key, goes on once a probe is answered")
    func wayBack() async throws {
        let script: [FaultPlan.Fault?] = [.spendLimit, .spendLimit, .spendLimit]
        try await withFake(
            FakeProviderConfiguration(faults: FaultPlan(script: script)),
            configure: {
                Self.quick(&$0)
                $0.leaderPatience = .seconds(60)
            }
        ) { fixture, fake in
            for number in 0..<30 { try await fixture.submit(try request("r\(number)")) }
            try await fixture.running {
                for number in 0..<30 { _ = try await fixture.result("r\(number)") }
            }
            let events = try await fixture.events()
            #expect(events.count { $0.outcome?.failure?.kind == .billing } == 3, "one at a time found out")
            #expect(events.count { $0.outcome?.reply != nil } == 27)
            #expect(fake.ledger.count == 30)
        }
    }

    @Test("for the sake of its key goes on at once where there is another key")
    func anotherKey() async throws {
        try await withFake(FakeProviderConfiguration(keys: ["right": "w"])) { fixture, fake in
            for number in 0..<20 { try await fixture.submit(try request("r\(number)")) }
            try await fixture.running {
                try await eventually { try await fixture.events().count == 1 }
            }
            var configuration = fixture.configuration
            configuration.providers[0].apiKey = Secret("right")
            let next = LLMProvider(
                pool: fixture.pool, bell: .init(), configuration: configuration, http: fixture.http,
                batchHTTP: fixture.http, metrics: LLMProviderMetrics(), logger: fixture.log.logger)
            let run = Task { try await next.run() }
            // What was put back already waits until the account would have been tried again.
            for number in 20..<30 { try await fixture.submit(try request("r\(number)")) }
            for number in 20..<30 { #expect(try await fixture.result("r\(number)").outcome?.reply != nil) }
            run.cancel()
            try await run.value
            #expect(fake.ledger.count { $0.status == 401 } == 1)
        }
    }
}
