import Contracts
import EventLog
import Postgres
import Testing
import Wire

@testable import LLMProviderService

@Suite("The feed of results")
struct FeedTests {
    @Test("Replies as long as they may be are told in answers that fit a frame, all of them and in order")
    func large() async throws {
        try await withService { fixture in
            let reply = LLMV1.Result(outcome: .reply(LLMV1.Reply(json: [UInt8](repeating: 0x61, count: 1 << 20))))
            for number in 1...6 {
                try await fixture.submit(Sample.request("r\(number)"))
                var result = reply
                result.requestID = "r\(number)"
                let claim = try #require(try await fixture.claim().first)
                #expect(try await fixture.store.finish(claim, with: result, isSuccess: true))
            }
            try await fixture.sequencer.drain()
            let feed = EventFeed(log: RequestStore.log, pool: fixture.pool, bell: Bell())
            var position: UInt64 = 0
            var reads = 0
            while position < 6 {
                let response = try await feed.read(EventsV1.ReadRequest(afterPosition: position, limit: 1000), context: .test)
                #expect(try response.encoded().count < 4 << 20)
                #expect(response.events.first?.position == position + 1)
                position = try #require(response.events.last?.position)
                reads += 1
            }
            #expect(reads == 3)
        }
    }
}
