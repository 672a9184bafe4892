import Testing

@testable import LLMProviderService

@Suite("Results of batches")
struct BatchResultTests {
    private func outcome(_ line: String) throws -> AttemptOutcome {
        let line = try #require(BatchResultLine(Array(line.utf8)))
        #expect(line.customID == "m-1")
        return AnthropicDialect().outcome(of: line.outcome, schema: try JSONSchema(Array(Sample.schema.utf8)))
    }

    private func line(_ result: String) -> String { #"{"custom_id":"m-1","result":\#(result)}"# }

    @Test("Each kind of result means what the same answer means outside a batch")
    func kinds() throws {
        let message = Sample.message()
        let reply = try outcome(line(#"{"type":"succeeded","message":\#(message)}"#))
        #expect(reply.failure == nil && reply.usage == TokenUsage(input: 10, output: 5))
        for (type, kind, remedy) in [
            ("invalid_request_error", AttemptFailure.Kind.invalidRequest, AttemptFailure.Remedy.none),
            ("overloaded_error", .overloaded, .retry), ("api_error", .overloaded, .retry),
            ("rate_limit_error", .rateLimited, .wait(.seconds(5))), ("authentication_error", .authentication, .none),
            ("billing_error", .billing, .none), ("request_too_large", .invalidRequest, .none),
            ("what_comes_next_error", .overloaded, .retry),
        ] {
            let failure = try outcome(
                line(#"{"type":"errored","error":{"type":"error","error":{"type":"\#(type)","message":"why"}}}"#)
            ).failure
            #expect(failure?.kind == kind && failure?.remedy == remedy, "\(type)")
        }
        #expect(try outcome(line(#"{"type":"expired"}"#)).failure?.remedy == .retry)
        #expect(try outcome(line(#"{"type":"canceled"}"#)).failure?.remedy == .wait(.zero))
        for strange in [
            "null", "{}", #"{"type":"succeeded"}"#, #"{"type":"succeeded","message":{}}"#, #"{"type":"errored"}"#,
            #"{"type":"errored","error":[]}"#, #"{"type":7}"#, #"{"type":"new"}"#,
        ] {
            let failure = try outcome(line(strange)).failure
            #expect(failure?.kind == .unreadableReply && failure?.remedy == .retry, "\(strange)")
        }
    }

    @Test(
        "A line that does not say which request it is about is no result", arguments: ["", "{", "7", #"{"custom_id":7}"#, "[]"])
    func anonymous(text: String) {
        #expect(BatchResultLine(Array(text.utf8)) == nil)
    }

    @Test("Lines are the same however their bytes come")
    func pieces() {
        let text = Array("one\n\nlonger line\nlast".utf8)
        for cut in 0...text.count {
            for second in cut...text.count {
                var splitter = LineSplitter(limit: 11)
                var lines = [text[..<cut], text[cut..<second], text[second...]].flatMap { splitter.lines(in: Array($0)) }
                lines += splitter.last().map { [$0] } ?? []
                #expect(lines.map { String(decoding: $0, as: UTF8.self) } == ["one", "longer line", "last"])
                #expect(splitter.skipped == 0)
            }
        }
    }

    @Test("A line over the limit is passed over, and the next one is not")
    func tooLong() {
        for cut in 0...11 {
            let text = Array("longer line\nnext\n".utf8)
            var splitter = LineSplitter(limit: 10)
            let lines = splitter.lines(in: Array(text[..<cut])) + splitter.lines(in: Array(text[cut...]))
            #expect(lines.map { String(decoding: $0, as: UTF8.self) } == ["next"])
            #expect(splitter.skipped == 1)
        }
    }

    @Test(
        "A name is a request's only as the batch writes it", arguments: ["-7", "+7", "07", "7 ", "", "0", "9223372036854775808"])
    func names(number: String) {
        let batch = Batch(
            id: 1, provider: "vendor", credential: "", state: .submitted, mark: "00ff", vendorID: nil, requests: 1, sentAt: nil,
            sinceSent: .zero, isCancelled: false, missingFor: nil, unclearFor: nil, isAccountRefused: false, epoch: 1)
        #expect(batch.job(ofCustomID: batch.customID(ofJob: 7)) == 7)
        #expect(batch.job(ofCustomID: "00ff-\(number)") == nil)
        #expect(batch.job(ofCustomID: "00fe-7") == nil)
    }

    @Test("What costs half is rounded up", arguments: [(0, 0), (1, 1), (2, 1), (3, 2), (-3, -1)])
    func halves(full: Int64, half: Int64) {
        let tariff = Tariff(
            asOf: Day(2026, 10, 1), input: 1, output: 1, cacheRead: 1, cacheWriteFiveMinutes: 1, cacheWriteOneHour: 1,
            batchPercent: 50)
        #expect(tariff.inBatch(full) == half)
    }
}
