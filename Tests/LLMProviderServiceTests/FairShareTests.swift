import Contracts
import Postgres
import Testing

@testable import LLMProviderService

@Suite("Fair shares")
struct FairShareTests {
    private func flow(_ tenant: String, _ priority: LLMV1.RequestPriority = .normal) -> RequestFlow {
        RequestFlow(
            Sample.request {
                $0.tenant = tenant
                $0.priority = priority
            })
    }

    /// Jain's index of fairness (Jain, Chiu and Hawe 1984): 1 where all have the same.
    private func jain(_ shares: [Int]) -> Double {
        let sum = Double(shares.reduce(0, +))
        return sum * sum / (Double(shares.count) * shares.reduce(0) { $0 + Double($1 * $1) })
    }

    @Test("Tenants that wait have the same, whatever the number of places that come free at once", arguments: [1, 3, 32])
    func tenants(places: Int) {
        var share = FairShare()
        let flows = ["a", "b", "c"].map { flow($0) }
        var counts: [RequestFlow: Int] = [:]
        for _ in 0..<100 { counts.merge(share.divide(places, among: flows)) { $0 + $1 } }
        #expect(counts.values.reduce(0, +) == 100 * places)
        #expect(jain(flows.map { counts[$0] ?? 0 }) > 0.999)
    }

    @Test("Who had nothing waiting has neither credit nor debt from that")
    func newcomer() {
        var share = FairShare()
        let (a, b) = (flow("a"), flow("b"))
        for _ in 0..<1000 { _ = share.divide(1, among: [a]) }
        for alone in [b, a, b] {
            let both = share.divide(10, among: [a, b])
            #expect((4...6).contains(both[a] ?? 0) && (both[a] ?? 0) + (both[b] ?? 0) == 10)
            #expect(share.divide(100, among: [alone]) == [alone: 100])
        }
        #expect(share.divide(0, among: [a, b]) == [:])
        #expect(share.divide(10, among: []) == [:])
    }

    @Test("A tenant's requests have four, two and one part of its share by their priorities, and take nothing of another's")
    func priorities() {
        var share = FairShare()
        let flows = [LLMV1.RequestPriority.high, .normal, .low].map { flow("a", $0) } + [flow("b", .low)]
        let counts = share.divide(1400, among: flows)
        #expect(flows.map { counts[$0] ?? 0 } == [400, 200, 100, 700])
        #expect(share.divide(10, among: [flow("a", .low), flow("b", .low)]).values.sorted() == [5, 5])
    }

    @Test("A flow is known by its jobs' kind, which fits the queue; earlier versions' kinds are their providers'")
    func kinds() {
        let longest = flow(String(repeating: "t", count: 100), .high)
        #expect(longest.kind.utf8.count <= 63)
        #expect(RequestFlow(kind: longest.kind) == longest)
        #expect(flow("a") != flow("b") && flow("") == flow("default"))
        #expect(flow("a", .unspecified) == flow("a", .normal))
        let old = RequestFlow(kind: "anthropic")
        #expect(old.provider == "anthropic" && old.tenant.isEmpty && old.priority == .normal && old.kind == "anthropic")
    }

    @Test("A tenant with a tenth of another's backlog, which came later, is served as fast as the other while both wait")
    func served() async throws {
        try await withService(configure: {
            $0.maximumInFlight = 4
            // None is put back for a while, as those are that the first request finds out for.
            $0.leaderPatience = .zero
        }) { fixture in
            for number in 0..<200 {
                try await fixture.submit(Sample.request("heavy\(number)", text: "<heavy>") { $0.tenant = "heavy" })
            }
            for number in 0..<20 {
                try await fixture.submit(Sample.request("light\(number)", text: "<light>") { $0.tenant = "light" })
            }
            try await fixture.running {
                for number in 0..<20 { _ = try await fixture.result("light\(number)") }
                for number in 0..<200 { _ = try await fixture.result("heavy\(number)") }
            }
            let order = fixture.vendor.requests.map { $0.text.contains("<light>") }
            #expect(order.count == 220)
            let last = try #require(order.lastIndex(of: true))
            let light = order[...last].count { $0 }
            let index = jain([light, last + 1 - light])
            #expect(light == 20 && index >= 0.98, "\(index)")
        }
    }

    @Test("Requests of earlier versions are served with the others")
    func earlier() async throws {
        try await withService { fixture in
            for number in 0..<3 { try await fixture.submit(Sample.request("r\(number)")) }
            try await fixture.pool.execute("UPDATE llm_provider.account SET kind = NULL WHERE request_id <> 'r0'")
            try await fixture.pool.execute("UPDATE llm_provider.job_ready SET kind = 'vendor' WHERE subject IN ('r1', 'r2')")
            #expect(try await fixture.get("r1").state == .queued)
            try await fixture.running {
                for number in 0..<3 {
                    let result = try await fixture.result("r\(number)")
                    #expect(result.outcome?.reply != nil)
                }
            }
        }
    }
}
