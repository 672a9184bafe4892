import Contracts
import Testing
import Wire

@testable import LLMProviderService

@Suite("A submitted request is checked field by field")
struct SubmissionParserTests {
    private let configuration: LLMProviderConfiguration
    private let parser: SubmissionParser

    init() {
        var configuration = LLMProviderConfiguration.test()
        configuration.providers.append(
            ProviderConfiguration(
                name: "compatible", dialect: .openAIChatCompletions, baseURL: "http://127.0.0.1:1", apiKey: nil,
                isSimulated: false))
        configuration.maximumPromptBytes = 1000
        self.configuration = configuration
        parser = SubmissionParser(configuration: configuration, lanes: Lanes(configuration))
    }

    private func error(_ change: @escaping (inout LLMV1.SubmitRequest) -> Void) -> RPCError? {
        do throws(RPCError) {
            _ = try parser.parse(Sample.request(change: change))
            return nil
        } catch {
            return error
        }
    }

    /// The field named by the refusal; nil when the request is taken.
    private func fault(_ change: @escaping (inout LLMV1.SubmitRequest) -> Void) -> String? {
        error(change).map { String($0.message.prefix { $0 != ":" }) }
    }

    private func long(_ count: Int) -> String { String(repeating: "x", count: count) }

    @Test("A sound request becomes a call with everything in it")
    func sound() throws {
        let parsed = try parser.parse(
            Sample.request {
                $0.temperature = 0.25
                $0.maxOutputTokens = 77
            })
        #expect(parsed.provider.name == "vendor")
        #expect(parsed.call.model.id == "claude-haiku-4-5")
        #expect(parsed.call.temperature == 0.25)
        #expect(parsed.call.maximumOutputTokens == 77)
        #expect(parsed.call.blocks.map(\.text) == ["Judge.", "Which is better?"])
        #expect(parsed.call.blocks.map(\.isSystem) == [true, false])
        #expect(parsed.call.blocks.map(\.cacheMark) == [.none, .none], "too short to be kept")
        #expect(parsed.call.format.schema == Sample.schema)
    }

    @Test("Ids have 1 to 100 characters of the allowed ones")
    func identifiers() {
        for id in ["", "a b", "å", "a/b", "a\n", long(101)] {
            #expect(fault { $0.requestID = id } == "request_id")
            #expect(fault { $0.owner = id } == "owner")
        }
        for id in ["a", "AZaz09._:-", long(100)] {
            #expect(fault { $0.requestID = id } == nil)
            #expect(fault { $0.owner = id } == nil)
        }
    }

    @Test(
        "A provider's name is refused by its field when it is none, in a request and at start-up",
        arguments: [
            ("", false), ("p", true), (String(repeating: "p", count: 44), true), (String(repeating: "p", count: 45), false),
            ("az09._-", true), ("A", false), ("a b", false),
            ("å", false), ("a:b", false), ("a\0", false),
        ])
    func providerName(name: String, isSound: Bool) {
        let expectation = "provider: expected 1 to 44 characters of a–z 0–9 . _ -, got "
        let refusal = error { $0.provider = name }
        #expect(refusal?.code == .invalidArgument && refusal?.message.hasPrefix(expectation) == !isSound)
        var configuration = LLMProviderConfiguration.test()
        configuration.providers[1].name = name
        do throws(ProviderConfiguration.Fault) {
            try configuration.check()
            #expect(isSound)
        } catch {
            #expect(!isSound && error.description.hasPrefix(expectation))
        }
    }

    @Test("An unknown provider is refused with those there are")
    func provider() {
        let error = error { $0.provider = "nobody" }
        #expect(error?.code == .invalidArgument)
        #expect(error?.message == "provider: expected one of vendor, other, compatible, got nobody")
        #expect(self.error { $0.provider = long(1 << 20) }.map { $0.message.count < 300 } == true)
    }

    @Test("An unknown model is not found, and the known ones are named; a compatible endpoint takes any name but none")
    func model() {
        let error = error { $0.model = "gpt" }
        #expect(error?.code == .notFound)
        #expect(error?.message.contains("claude-haiku-4-5, claude-sonnet-5-5, claude-opus-5-5") == true)
        let compatible = { (model: String) in
            self.error {
                $0.provider = "compatible"
                $0.model = model
            }
        }
        #expect(compatible("llama3") == nil)
        #expect(compatible("")?.code == .notFound)
    }

    @Test("A temperature lies from 0 to 2, and goes to models that take one")
    func temperature() {
        for value in [0, 2, 0.7] { #expect(fault { $0.temperature = value } == nil) }
        for value in [-0.001, 2.001, .nan, .infinity] { #expect(fault { $0.temperature = value } == "temperature") }
        #expect(
            fault {
                $0.model = "sonnet"
                $0.temperature = 0
            } == "temperature")
        #expect(fault { $0.model = "sonnet" } == nil)
    }

    @Test("The longest answer has 1 token to as many as the model writes")
    func maximumOutput() {
        #expect(fault { $0.maxOutputTokens = 0 } == "max_output_tokens")
        #expect(fault { $0.maxOutputTokens = 1 } == nil)
        #expect(fault { $0.maxOutputTokens = 64_000 } == nil)
        #expect(fault { $0.maxOutputTokens = 64_001 } == "max_output_tokens")
        #expect(fault { $0.maxOutputTokens = .max } == "max_output_tokens")
    }

    @Test("There are 1 to 32 blocks, one for the user among them")
    func blocks() {
        let block = Sample.block(.user, "x")
        #expect(fault { $0.blocks = [] } == "blocks")
        #expect(fault { $0.blocks = [block] } == nil)
        #expect(fault { $0.blocks = Array(repeating: block, count: 32) } == nil)
        #expect(fault { $0.blocks = Array(repeating: block, count: 33) } == "blocks")
        #expect(fault { $0.blocks = [Sample.block(.system, "x")] } == "blocks")
    }

    @Test("The blocks together have as many bytes as allowed, and not one more")
    func promptBytes() {
        #expect(fault { $0.blocks = [Sample.block(.user, long(500)), Sample.block(.user, long(500))] } == nil)
        #expect(fault { $0.blocks = [Sample.block(.user, long(500)), Sample.block(.user, long(501))] } == "blocks")
    }

    @Test("A block's faults are named with its place")
    func block() {
        #expect(fault { $0.blocks[1].target = .unspecified } == "blocks[1].target")
        #expect(fault { $0.blocks[1].target = .init(rawValue: 9) } == "blocks[1].target")
        #expect(fault { $0.blocks[1].text = [] } == "blocks[1].text")
        #expect(fault { $0.blocks[1].text = Array(" \n".utf8) } == "blocks[1].text")
        #expect(fault { $0.blocks[1].text = [0x61, 0xFF] } == "blocks[1].text")
        #expect(fault { $0.blocks[1].cacheMark = .init(rawValue: 9) } == "blocks[1].cache_mark")
        #expect(fault { $0.blocks[1].cacheMark = .unspecified } == nil)
    }

    @Test("Requests are expected up to a million")
    func expectedRequests() {
        for count: UInt32 in [0, 1, 1_000_000] { #expect(fault { $0.expectedRequests = count } == nil) }
        for count: UInt32 in [1_000_001, .max] { #expect(fault { $0.expectedRequests = count } == "expected_requests") }
    }

    @Test("The reply's format has a name of 1 to 64 characters, a description in UTF-8 and a schema")
    func format() {
        #expect(fault { $0.replyFormat = nil } == "reply_format")
        for name in ["", "a b", "é", "a.b", "a@b", long(65)] {
            #expect(fault { $0.replyFormat?.name = name } == "reply_format.name")
        }
        for name in ["a", "AZaz09_-", long(64)] { #expect(fault { $0.replyFormat?.name = name } == nil) }
        #expect(fault { $0.replyFormat?.description = [0xC3] } == "reply_format.description")
        #expect(fault { $0.replyFormat?.jsonSchema = [0xC3] } == "reply_format.json_schema")
        #expect(fault { $0.replyFormat?.jsonSchema = Array("{}".utf8) } == "reply_format.json_schema")
    }

    @Test("A request lives as long as it says and as the service lets any, and has one of the priorities")
    func time() throws {
        func life(_ milliseconds: UInt64) throws -> Duration {
            try parser.parse(Sample.request { $0.timeoutMilliseconds = milliseconds }).life
        }
        #expect(try life(0) == .seconds(86_400))
        #expect(try life(1) == .milliseconds(1))
        #expect(try life(86_400_000) == .seconds(86_400))
        #expect(try life(86_400_001) == .seconds(86_400))
        #expect(try life(.max) == .seconds(86_400))
        for priority in [LLMV1.RequestPriority.unspecified, .high, .normal, .low] {
            #expect(fault { $0.priority = priority } == nil)
        }
        #expect(fault { $0.priority = LLMV1.RequestPriority(rawValue: 4) } == "priority")
    }

    @Test("How long a run takes by the pace of its lane says how long its beginning is kept; what is read sets no pace")
    func life() throws {
        func mark(
            requestsPerMinute: Int? = nil, inputTokensPerMinute: Int? = nil, expected: UInt32
        ) throws -> VendorCall.CacheMark? {
            var configuration = configuration
            configuration.providers[0].limits.requestsPerMinute = requestsPerMinute
            configuration.providers[0].limits.inputTokensPerMinute = inputTokensPerMinute
            let parser = SubmissionParser(configuration: configuration, lanes: Lanes(configuration))
            let parsed = try parser.parse(
                Sample.request {
                    $0.model = "sonnet"
                    $0.expectedRequests = expected
                    $0.blocks = [Sample.block(.system, long(800), .oneHour), Sample.block(.user, long(100))]
                    $0.blocks[1].varies = true
                })
            return parsed.call.blocks.first?.cacheMark
        }
        // Thirty-eight minutes are long enough, thirty-seven are not; one in a hundred is left unused.
        #expect(try mark(requestsPerMinute: 60, expected: 37 * 60) == .fiveMinutes)
        #expect(try mark(requestsPerMinute: 60, expected: 38 * 60) == .oneHour)
        #expect(try mark(requestsPerMinute: 600, expected: 38 * 60) == .fiveMinutes)
        #expect(try mark(expected: 1_000_000) == .fiveMinutes)
        // A hundred bytes are taken for thirty-five tokens.
        #expect(try mark(inputTokensPerMinute: 35 * 60, expected: 37 * 60) == .fiveMinutes)
        #expect(try mark(inputTokensPerMinute: 35 * 60, expected: 38 * 60) == .oneHour)
    }
}
