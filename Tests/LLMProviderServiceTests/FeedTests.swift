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
            let client = EventsV1.EventFeedClient(InProcessTransport([EventsV1.EventFeedServer(feed)]))
            var position: UInt64 = 0
            var messages = 0
            for try await message in try await client.follow(EventsV1.FollowRequest(limit: 1000)) {
                #expect(try message.encoded().count < 4 << 20)
                #expect(message.events.first?.position == position + 1)
                position = try #require(message.events.last?.position)
                messages += 1
                if position == 6 { break }
            }
            #expect(messages == 3)
        }
    }
}
