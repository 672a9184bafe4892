import CurlClient
import Testing

@testable import LLMProviderService

@Suite("An answer that is no success")
struct HTTPFailureTests {
    /// Sun, 06 Nov 1994 08:49:37 GMT.
    private static let now: Int64 = 784_111_777

    private func failure(_ status: Int, headers: [String: String] = [:], isSpent: Bool = false) -> AttemptFailure {
        HTTPFailure.failure(
            Sample.response(status, "", headers: headers), code: "code", message: "why", isSpent: isSpent, vendorRequestID: "r",
            now: { Self.now })
    }

    @Test(
        "Each status has its kind, and is tried again only where that may help",
        arguments: [
            (400, AttemptFailure.Kind.invalidRequest, AttemptFailure.Remedy.none), (401, .authentication, .none),
            (402, .billing, .none), (403, .authentication, .none), (404, .invalidRequest, .none), (408, .overloaded, .retry),
            (409, .overloaded, .retry), (413, .invalidRequest, .none), (422, .invalidRequest, .none),
            (429, .rateLimited, .wait(.seconds(5))), (499, .invalidRequest, .none), (500, .overloaded, .retry),
            (502, .overloaded, .retry), (503, .overloaded, .retry), (504, .overloaded, .retry), (529, .overloaded, .retry),
            (599, .overloaded, .retry), (204, .unreadableReply, .retry), (302, .unreadableReply, .retry),
        ])
    func statuses(status: Int, kind: AttemptFailure.Kind, remedy: AttemptFailure.Remedy) {
        let failure = failure(status)
        #expect(failure.kind == kind)
        #expect(failure.remedy == remedy)
        #expect(failure.httpStatus == status)
        #expect(failure.message == "the provider answered \(status) code: why")
        #expect(failure.vendorRequestID == "r")
    }

    @Test("Money that is spent stays spent, whatever the status")
    func spent() {
        for status in [400, 402, 429, 500] {
            #expect(failure(status, isSpent: true).kind == .billing)
            #expect(failure(status, isSpent: true).remedy == AttemptFailure.Remedy.none)
            #expect(failure(status, isSpent: true).reach == .lane)
        }
    }

    @Test("A key that is refused and a bill that is not paid keep out the whole account, other refusals one request")
    func reach() {
        for status in [401, 402] { #expect(failure(status).reach == .account) }
        #expect(failure(403).reach == .request)
        for status in [400, 404, 413, 429, 500, 503, 529] { #expect(failure(status).reach == .request) }
    }

    @Test("A server that says not to try again is not tried again")
    func shouldNotRetry() {
        #expect(failure(500, headers: ["x-should-retry": "false"]).remedy == AttemptFailure.Remedy.none)
        #expect(failure(500, headers: ["x-should-retry": "true"]).remedy == .retry)
        #expect(failure(503, headers: ["x-should-retry": "false", "retry-after": "7"]).remedy == AttemptFailure.Remedy.none)
    }

    @Test(
        "The pause is the vendor's, up to an hour, or five seconds where it says nothing that can be read",
        arguments: [
            (["retry-after": "7"], Duration.seconds(7)), (["retry-after": "0"], .zero), (["retry-after": "3600"], .seconds(3600)),
            (["retry-after": "3601"], .seconds(3600)), (["retry-after": "1e300"], .seconds(3600)),
            (["retry-after": "inf"], .seconds(5)), (["retry-after": "nan"], .seconds(5)), (["retry-after": "-1"], .seconds(5)),
            (["retry-after": "-1e300"], .seconds(5)), (["retry-after": "soon"], .seconds(5)), (["retry-after": ""], .seconds(5)),
            (["retry-after": "Sun, 06 Nov 1994 08:49:38 GMT"], .seconds(1)),
            (["retry-after": "Sun, 06 Nov 1994 08:49:37 GMT"], .zero), (["retry-after": "Sun, 06 Nov 1994 08:49:36 GMT"], .zero),
            (["retry-after": "Sun, 06 Nov 0001 08:49:37 GMT"], .zero),
            (["retry-after": "Sun, 06 Nov 1994 09:49:36 GMT"], .seconds(3599)),
            (["retry-after": "Sun, 06 Nov 1994 09:49:37 GMT"], .seconds(3600)),
            (["retry-after": "Sun, 06 Nov 1994 09:49:38 GMT"], .seconds(3600)),
            (["retry-after": "Fri, 31 Dec 9999 23:59:59 GMT"], .seconds(3600)),
            (["retry-after": "Sun, 06 Nov 1994 24:00:00 GMT"], .seconds(5)),
            (["retry-after": "Fri, 31 Dec 1999 23:59:59 GMT", "date": "Fri, 31 Dec 1999 23:59:50 GMT"], .seconds(9)),
            (["retry-after": "Sun, 06 Nov 1994 08:49:38 GMT", "date": "yesterday"], .seconds(1)),
            (["retry-after-ms": "250"], .milliseconds(250)), (["retry-after-ms": "250", "retry-after": "7"], .milliseconds(250)),
            (["retry-after-ms": "x", "retry-after": "7"], .seconds(7)), (["retry-after-ms": "1e300"], .seconds(3600)),
        ])
    func pauses(headers: [String: String], pause: Duration) {
        #expect(failure(429, headers: headers).remedy == .wait(pause))
    }

    @Test(
        "A vendor that is away and says until when is waited for, and one that does not say is tried again",
        arguments: [503, 529])
    func away(status: Int) {
        for (text, pause) in [
            ("0", Duration.zero), ("7", .seconds(7)), ("3600", .seconds(3600)), ("3601", .seconds(3600)),
            ("Sun, 06 Nov 1994 08:49:47 GMT", .seconds(10)), ("Sun, 06 Nov 1993 08:49:47 GMT", .zero),
        ] {
            let failure = failure(status, headers: ["retry-after": text])
            #expect(failure.kind == .overloaded && failure.remedy == .wait(pause), "\(text)")
        }
        for text in ["-1", "nan", "soon"] { #expect(failure(status, headers: ["retry-after": text]).remedy == .retry, "\(text)") }
        #expect(failure(500, headers: ["retry-after": "7"]).remedy == .retry)
    }

    @Test("Dates are read in each of HTTP's three forms, to the second, leap years included")
    func dates() {
        for text in ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"] {
            #expect(HTTPDate(text)?.unixSeconds == Self.now, "\(text)")
        }
        for (text, seconds) in [
            ("Thu, 01 Jan 1970 00:00:00 GMT", Int64(0)), ("Wed, 31 Dec 1969 23:59:59 GMT", -1),
            ("Tue, 29 Feb 2000 00:00:00 GMT", 951_782_400), ("Wed, 01 Mar 2000 00:00:00 GMT", 951_868_800),
            ("Sun, 28 Feb 2100 00:00:00 GMT", 4_107_456_000), ("Mon, 01 Mar 2100 00:00:00 GMT", 4_107_542_400),
            ("Tuesday, 31-Dec-69 23:59:60 GMT", 3_155_760_000), ("Thursday, 01-Jan-70 00:00:00 GMT", 0),
            ("Fri, 31 Dec 9999 23:59:59 GMT", 253_402_300_799), ("Sun, 29 Feb 2032 00:00:00 GMT", 1_961_625_600),
        ] {
            #expect(HTTPDate(text)?.unixSeconds == seconds, "\(text)")
        }
    }

    @Test(
        "What is no date is none",
        arguments: [
            "", "7", "-1", "Sun", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 00 Nov 1994 08:49:37 GMT",
            "Sun, 32 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 1994 08:60:37 GMT",
            "Sun, 06 Nov 1994 08:49:61 GMT", "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 06 Nov 199 08:49:37 GMT",
            "Sun, 06 Nov 19940 08:49:37 GMT", "Sun, 06 Nov 0000 08:49:37 GMT", "Sun, 06 Nov 1994 8:49:37 GMT",
            "Sun, 06 Nov 1994 08:49 GMT", "Sun, 31 Nov 1994 08:49:37 GMT", "Sun, 31 Feb 1994 08:49:37 GMT",
            "Sun, 30 Feb 2000 08:49:37 GMT", "Sun, 29 Feb 2100 08:49:37 GMT", "Sun, 29 Feb 1994 08:49:37 GMT",
            "Sun, +6 Nov 1994 08:49:37 GMT", "Sun, ٠٦ Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37Z",
        ])
    func noDates(text: String) {
        #expect(HTTPDate(text) == nil)
    }

    @Test("Limits on spending are known by the vendors' own words")
    func spendingWords() throws {
        let schema = try JSONSchema(Array(Sample.schema.utf8))
        func kind(_ dialect: any VendorDialect, _ status: Int, _ body: String) -> AttemptFailure.Kind? {
            dialect.outcome(of: Sample.response(status, body), schema: schema).failure?.kind
        }
        for code in ["enforced_spend_limit_reached", "contract_spend_limit_reached"] {
            #expect(kind(AnthropicDialect(), 429, #"{"error":{"details":{"error_code":"\#(code)"}}}"#) == .billing)
        }
        #expect(kind(AnthropicDialect(), 429, #"{"error":{"details":{"error_code":"ramp_limit_exceeded"}}}"#) == .rateLimited)
        #expect(
            kind(AnthropicDialect(), 400, #"{"error":{"message":"You have reached your specified API usage limits."}}"#)
                == .billing)
        #expect(kind(OpenAIDialect(), 429, #"{"error":{"code":"insufficient_quota"}}"#) == .billing)
        #expect(kind(OpenAIDialect(), 429, #"{"error":{"code":"rate_limit_exceeded"}}"#) == .rateLimited)
        #expect(kind(OpenAIDialect(), 400, "<html>") == .invalidRequest)
    }

    @Test("An error that repeats the key or the prompt is passed on without its words")
    func quotations() {
        let prompt = [VendorCall.Block(isSystem: false, text: "My summer by the sea was long and warm.", cacheMark: .none)]
        func message(_ words: String) -> String {
            AttemptFailure(kind: .invalidRequest, message: words, remedy: .none)
                .withholding(key: Secret(Sample.key), prompt: prompt).message
        }
        #expect(message("max_tokens: too large") == "max_tokens: too large")
        #expect(message("bad key \(Sample.key)!") == "the provider's words repeat the request and are withheld")
        #expect(message("content 'summer by the sea was long and' is bad").hasSuffix("withheld"))
        #expect(message("the sea") == "the sea")
    }
}
