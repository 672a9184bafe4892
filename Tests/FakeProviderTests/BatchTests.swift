import CurlClient
import Testing

@testable import FakeProvider

@Suite("Message batches")
struct BatchTests {
    private func batch(_ items: [(String, JSON)]) -> JSON {
        ["requests": .array(items.map { ["custom_id": .string($0.0), "params": $0.1] })]
    }

    private func results(_ fixture: ProviderFixture, _ id: String) async throws -> [String: JSON] {
        let response = try await fixture.client.send(fixture.call("GET", "/\(id)/results"))
        expect(200, response)
        let lines = try response.body.split(separator: UInt8(ascii: "\n")).map { try JSONParser.parse(Array($0)) }
        return Dictionary(uniqueKeysWithValues: lines.map { ($0["custom_id"]?.text ?? "", $0["result"] ?? .null) })
    }

    @Test("are answered after their time, in another order, at half the price; a bad request fails alone")
    func run() async throws {
        let clock = ManualClock()
        let configuration = FakeProviderConfiguration(
            faults: FaultPlan(script: [.overloaded]), batches: BatchSettings(duration: .seconds(100)), clock: clock.clock)
        try await withProvider(configuration) { fixture in
            let items =
                (0..<50).map { ("item-\($0)", Sample.question("Question \($0)")) } + [
                    ("bad", Sample.question().setting("max_tokens", -1)), ("stream", Sample.question().setting("stream", true)),
                    ("warm", Sample.question().setting("max_tokens", 0)), ("model", Sample.question(model: "none")),
                ]
            let created = try await fixture.post(batch(items), to: ProviderCore.batches)
            expect(200, created)
            let id = try #require(created.json["id"]?.text)
            #expect(created.json["processing_status"] == "in_progress" && created.json["results_url"] == .null)
            clock.advance(by: .seconds(99))
            let early = try await fixture.client.send(fixture.call("GET", "/\(id)")).json
            #expect(early["request_counts"]?["processing"] == 54 && early["request_counts"]?["succeeded"] == 0)
            expect(400, try await fixture.client.send(fixture.call("GET", "/\(id)/results")))
            expect(400, try await fixture.client.send(fixture.call("DELETE", "/\(id)")))
            clock.advance(by: .seconds(1))
            let ended = try await fixture.client.send(fixture.call("GET", "/\(id)")).json
            #expect(ended["processing_status"] == "ended" && ended["ended_at"] == "2026-01-01T00:01:40Z")
            #expect(ended["request_counts"]?["succeeded"] == 49 && ended["request_counts"]?["errored"] == 5)
            #expect(ended["results_url"]?.text == "\(fixture.url)\(ProviderCore.batches)/\(id)/results")
            let results = try await results(fixture, id)
            #expect(results.count == 54)
            #expect(results["bad"]?["error"]?["error"]?["type"] == "invalid_request_error")
            #expect(results["model"]?["error"]?["error"]?["type"] == "not_found_error")
            #expect(results["stream"]?["type"] == "errored" && results["warm"]?["type"] == "errored")
            #expect(results.values.count { $0["error"]?["error"]?["type"] == "overloaded_error" } == 1)
            let answered = try #require(results.values.first { $0["type"] == "succeeded" })
            #expect(answered["message"]?["usage"]?["service_tier"] == "batch")
            #expect(fixture.provider.ledger.allSatisfy { $0.batch == id && $0.costPercent == 50 })
            #expect(fixture.provider.statistics.batchRequests == 54 && fixture.provider.statistics.calls == 0)
            expect(200, try await fixture.client.send(fixture.call("DELETE", "/\(id)")))
            expect(404, try await fixture.client.send(fixture.call("GET", "/\(id)")))
        }
    }

    @Test("are cancelled, or expire, with what they have not come to", arguments: [true, false])
    func cutOff(isCancelled: Bool) async throws {
        let clock = ManualClock()
        let settings = BatchSettings(duration: .seconds(100), lifetime: .seconds(60))
        try await withProvider(FakeProviderConfiguration(batches: settings, clock: clock.clock)) { fixture in
            let items = (0..<10).map { ("item-\($0)", Sample.question("Question \($0)")) }
            let id = try #require(try await fixture.post(batch(items), to: ProviderCore.batches).json["id"]?.text)
            clock.advance(by: .seconds(40))
            if isCancelled {
                let cancelled = try await fixture.client.send(fixture.call("POST", "/\(id)/cancel")).json
                #expect(cancelled["processing_status"] == "canceling")
            } else {
                clock.advance(by: .seconds(60))
            }
            let counts = try await fixture.client.send(fixture.call("GET", "/\(id)")).json["request_counts"]
            #expect(counts?["succeeded"] == (isCancelled ? 4 : 6))
            #expect(counts?["canceled"] == (isCancelled ? 6 : 0) && counts?["expired"] == (isCancelled ? 0 : 4))
            #expect(try await results(fixture, id).count == 10)
            expect(400, try await fixture.client.send(fixture.call("POST", "/\(id)/cancel")))
        }
    }

    @Test("are refused as a whole where their form is wrong, or a name comes twice")
    func refusals() async throws {
        try await withProvider(FakeProviderConfiguration(batches: BatchSettings(maxBytes: 2000))) { fixture in
            let question = Sample.question()
            for body in [
                batch([]), batch([("a", question), ("a", question)]), batch([("", question)]), batch([("a.b", question)]),
                batch([(String(repeating: "a", count: 65), question)]), batch([("a", 7)]), [:], ["requests": 7],
                batch([("a", question)]).setting("extra", 1),
            ] {
                expect(400, try await fixture.post(body, to: ProviderCore.batches))
            }
            expect(200, try await fixture.post(batch([(String(repeating: "a", count: 64), question)]), to: ProviderCore.batches))
            let long = try await fixture.post(
                batch([("a", Sample.question(String(repeating: "x", count: 2000)))]), to: ProviderCore.batches)
            expect(413, long)
            expect(401, try await fixture.post(batch([("a", question)]), to: ProviderCore.batches, key: "wrong"))
            expect(404, try await fixture.client.send(fixture.call("GET", "/msgbatch_none")))
        }
    }

    @Test("have at most a hundred thousand requests", arguments: [100_000, 100_001])
    func border(count: Int) throws {
        let item = #"{"custom_id":"000000","params":{}}"#
        var text = #"{"requests":["#
        for number in 0..<count { text += (number == 0 ? "" : ",") + item.replacing("000000", with: "\(number)") }
        let bytes = Array((text + "]}").utf8)
        if count == BatchSettings.maxRequests {
            #expect(try BatchRequest(bytes).items.count == count)
        } else {
            #expect(throws: ProviderError.self) { try BatchRequest(bytes) }
        }
    }

    @Test("are listed in pages, the latest first")
    func pages() async throws {
        try await withProvider { fixture in
            var ids: [String] = []
            for number in 0..<5 {
                let created = try await fixture.post(batch([("a", Sample.question("\(number)"))]), to: ProviderCore.batches)
                ids.insert(try #require(created.json["id"]?.text), at: 0)
            }
            func page(_ query: String) async throws -> (ids: [String?], hasMore: Bool?) {
                let page = try await fixture.client.send(fixture.call("GET", query)).json
                return (page["data"]?.elements?.map { $0["id"]?.text } ?? [], page["has_more"]?.truth)
            }
            #expect(try await page("").ids == ids)
            let first = try await page("?limit=2")
            #expect(first.ids == Array(ids[..<2]) && first.hasMore == true)
            let second = try await page("?limit=2&after_id=\(ids[1])")
            #expect(second.ids == Array(ids[2..<4]) && second.hasMore == true)
            #expect(try await page("?limit=2&after_id=\(ids[3])").hasMore == false)
            #expect(try await page("?limit=2&before_id=\(ids[4])").ids == Array(ids[2..<4]))
            for wrong in ["?limit=0", "?limit=1001", "?limit=x", "?after_id=none"] {
                expect(400, try await fixture.client.send(fixture.call("GET", wrong)))
            }
        }
    }
}

extension ProviderFixture {
    fileprivate func call(_ method: String, _ path: String) -> HTTPRequest {
        HTTPRequest(
            method: method, url: url + ProviderCore.batches + path,
            headers: [("x-api-key", FakeProviderConfiguration.defaultKey), ("anthropic-version", "2023-06-01")])
    }
}
