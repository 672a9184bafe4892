import Contracts
import ServiceKit
import Testing

@testable import LLMProviderService

@Suite("Blocks that are said to stay the same")
struct StaticBlocksTests {
    private func request(
        _ texts: [String], owner: String = "a", marked: Int = 1, varying: Set<Int> = [2],
        change: (inout LLMV1.SubmitRequest) -> Void = { _ in }
    ) -> LLMV1.SubmitRequest {
        Sample.request(owner: owner) {
            $0.blocks = texts.enumerated().map { place, text in
                LLMV1.PromptBlock(
                    target: place < 2 ? .system : .user, text: Array(text.utf8),
                    cacheMark: place == marked ? .fiveMinutes : .none, varies: varying.contains(place))
            }
            change(&$0)
        }
    }

    @Test("are compared with the request before, up to the last mark; the first change of each is told as such")
    func changes() throws {
        var blocks = StaticBlocks()
        #expect(blocks.changes(in: request(["rules", "task", "one"])) == [])
        #expect(blocks.changes(in: request(["rules", "task", "two"])) == [])
        let first = try #require(blocks.changes(in: request(["rules", "task of 9 o'clock", "two"])).first)
        #expect(first.place == 1 && first.isSystem && first.isFirst)
        // The SHA-256 of "task".
        #expect(first.before == "0ebb429fa86d")
        #expect(blocks.changes(in: request(["rules", "task of 9 o'clock", "two"])) == [])
        let second = blocks.changes(in: request(["Rules", "task", "two"]))
        #expect(second.map(\.place) == [0, 1])
        #expect(second.map(\.isFirst) == [true, false])
    }

    @Test("are each assessment's own, and each model's and form's")
    func apart() {
        var blocks = StaticBlocks()
        #expect(blocks.changes(in: request(["rules", "task"])) == [])
        #expect(blocks.changes(in: request(["rules", "another"], owner: "b")) == [])
        #expect(blocks.changes(in: request(["rules", "another"]) { $0.model = "sonnet" }) == [])
        #expect(blocks.changes(in: request(["rules", "another"]) { $0.provider = "other" }) == [])
        #expect(blocks.changes(in: request(["rules", "another"]) { $0.replyFormat?.name = "other" }) == [])
        #expect(blocks.changes(in: request(["rules", "another"])).count == 1)
    }

    @Test("are those that somebody wants kept: a prompt in one piece without a mark may be another each time")
    func unmarked() {
        var blocks = StaticBlocks()
        for text in ["one", "two"] {
            #expect(blocks.changes(in: request([text], marked: 9)) == [])
            #expect(blocks.changes(in: request(["rules", text, "x"], marked: 0)) == [])
        }
    }

    @Test("are forgotten when there are too many assessments, and learned anew")
    func bounded() {
        var blocks = StaticBlocks()
        for number in 0..<StaticBlocks.maximumSequences { _ = blocks.changes(in: request(["r", "t"], owner: "\(number)")) }
        #expect(blocks.changes(in: request(["r", "u"], owner: "0")).count == 1)
        #expect(blocks.changes(in: request(["r", "t"], owner: "one more")) == [])
        #expect(blocks.changes(in: request(["r", "v"], owner: "0")) == [])
    }

    @Test("Each change is counted; the log has one warning for each block of an assessment, without its text")
    func told() async throws {
        try await withService { fixture in
            for (number, task) in ["secret task", "secret task", "other", "secret task", "third"].enumerated() {
                try await fixture.submit(request(["rules", task, "\(number)"]) { $0.requestID = "r\(number)" })
            }
            // What was taken on before is not looked at again.
            try await fixture.submit(request(["rules", "secret task", "0"]) { $0.requestID = "r0" })
            #expect(fixture.metrics.prompts.blockChanges["vendor", "claude-haiku-4-5", "system"] == 3)
            let warnings = fixture.log.text.split(separator: "\n").filter { $0.hasPrefix("warning a block that is said") }
            #expect(warnings.count == 1)
            #expect(warnings.first?.contains("blocks[1]") == true)
            #expect(!fixture.log.text.contains("secret"))
        }
    }
}
