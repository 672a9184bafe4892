import Contracts
import Postgres
import Testing
import Wire

@testable import LLMProviderService

@Suite("What must not be told")
struct SecrecyTests {
    private static let essay = "My summer by the sea was long and warm, and nobody knows."

    @Test("A secret shows itself nowhere")
    func secret() {
        let secret = Secret(Sample.key)
        var dumped = ""
        dump(LLMProviderConfiguration.test(), to: &dumped)
        for text in ["\(secret)", String(reflecting: secret), "\([secret])", dumped, "\(LLMProviderConfiguration.test())"] {
            #expect(!text.contains(Sample.key))
        }
    }

    @Test("Neither the key nor the essay reaches a log, a result or an error, whatever the vendor says")
    func nothingLeaks() async throws {
        try await withService(
            answer: { request in
                switch true {
                case request.text.contains("<echo>"):
                    .error(400, message: "bad content: \(Self.essay) with \(Sample.key)")
                case request.text.contains("<reply>"):
                    .reply(200, body: Sample.message(#"{"rationale":"\#(Self.essay)","winner":"neither","confidence":4}"#))
                case request.text.contains("<cut>"): .cut
                default: .reply(200, body: Self.essay + Sample.key)
                }
            }
        ) { fixture in
            let ids = ["echo", "reply", "cut", "garbage"]
            var told: [String] = []
            for id in ids { try await fixture.submit(Sample.request(id, text: "<\(id)> \(Self.essay)")) }
            let refused = await #expect(throws: RPCError.self) {
                try await fixture.submit(Sample.request("echo", text: Self.essay))
            }
            told.append("\(refused?.description ?? "")")
            try await fixture.running {
                for id in ids { told.append("\(try #require(try await fixture.result(id).outcome?.failure))") }
                // An error of the database, with what it quotes.
                try await fixture.pool.execute("ALTER TABLE llm_provider.result ADD CHECK (octet_length(content) < 0) NOT VALID")
                try await fixture.submit(Sample.request("unstored", text: Self.essay))
                try await eventually { fixture.log.text.contains("result not stored") }
                try await fixture.pool.execute("ALTER TABLE llm_provider.result DROP CONSTRAINT result_content_check")
                told.append("\(try #require(try await fixture.result("unstored").outcome?.failure))")
            }
            told.append(fixture.log.text)
            #expect(fixture.log.text.contains("attempt failed"))
            for text in told {
                #expect(!text.contains("summer by the sea"))
                #expect(!text.contains(Sample.key))
            }
        }
    }
}
