import Crypto
import CurlClient
import Testing

@testable import FakeProvider

/// A running provider with a client, for the length of one test.
struct ProviderFixture {
    let provider: FakeProvider
    let client: CurlClient
    let url: String

    /// Sends a JSON body, with a valid key and version unless told otherwise.
    func post(
        _ body: JSON, to path: String = "/v1/messages", key: String? = FakeProviderConfiguration.defaultKey,
        version: String? = "2023-06-01"
    ) async throws -> HTTPResponse {
        try await client.send(request(body.encoded, to: path, key: key, version: version))
    }

    func request(
        _ body: [UInt8], to path: String = "/v1/messages", key: String? = FakeProviderConfiguration.defaultKey,
        version: String? = "2023-06-01"
    ) -> HTTPRequest {
        var headers = [(name: "content-type", value: "application/json")]
        if let key { headers.append(("x-api-key", key)) }
        if let version { headers.append(("anthropic-version", version)) }
        return HTTPRequest(url: url + path, headers: headers, body: body, timeout: .seconds(60))
    }

    /// Waits, at most ten seconds, until the provider has seen the end of every call: a client may have read an answer before the
    /// provider knows that it is written.
    func settle() async throws {
        try await waitForCalls(0...0)
    }

    /// Waits until as many calls are under way, at most ten seconds.
    func waitForCalls(_ count: ClosedRange<Int>) async throws {
        let deadline = ContinuousClock.now.advanced(by: .seconds(10))
        while !count.contains(provider.statistics.inFlight) {
            try #require(ContinuousClock.now < deadline, "a call never began, or never ended")
            try await Task.sleep(for: .milliseconds(1))
        }
    }

    func get(_ path: String, key: String? = FakeProviderConfiguration.defaultKey) async throws -> HTTPResponse {
        try await client.send(
            HTTPRequest(method: "GET", url: url + path, headers: key.map { [("x-api-key", $0)] } ?? []))
    }
}

/// Runs a test against a provider of its own.
func withProvider(
    _ configuration: FakeProviderConfiguration = .init(), test: (ProviderFixture) async throws -> Void
) async throws {
    let provider = try FakeProvider(configuration: configuration)
    let address = try await provider.start()
    let client = CurlClient()
    let fixture = ProviderFixture(provider: provider, client: client, url: "http://\(address.host):\(address.port)")
    do {
        try await test(fixture)
    } catch {
        await client.shutdown()
        await provider.stop()
        throw error
    }
    await client.shutdown()
    await provider.stop()
}

extension HTTPResponse {
    /// The body as JSON, or null.
    var json: JSON { (try? JSONParser.parse(body)) ?? .null }

    var errorType: String? { json["error"]?["type"]?.text }
    var errorMessage: String { json["error"]?["message"]?.text ?? "" }
    /// The input of the first tool call.
    var toolInput: JSON? { json["content"]?.elements?.first { $0["type"] == "tool_use" }?["input"] }
}

/// Bodies of requests.
enum Sample {
    static let verdictSchema: JSON = [
        "type": "object",
        "properties": [
            "winner": ["type": "string", "enum": ["first", "second"]], "rationale": ["type": "string"],
            "confidence": ["type": "integer"],
        ],
        "required": ["winner", "rationale", "confidence"], "additionalProperties": false,
    ]
    static let verdictTool: JSON = ["name": "verdict", "description": "d", "strict": true, "input_schema": verdictSchema]

    /// Two essays between their fences.
    static func prompt(_ first: String, _ second: String) -> String {
        let mark = SHA256.hash(data: Array(first.utf8) + [0] + Array(second.utf8)).prefix(6)
            .map { String(Int($0) + 256, radix: 16).dropFirst() }.joined()
        return """
            Which essay is better?
            =====BEGIN ESSAY 1 \(mark)=====
            \(first)
            =====END ESSAY 1 \(mark)=====

            =====BEGIN ESSAY 2 \(mark)=====
            \(second)
            =====END ESSAY 2 \(mark)=====
            """
    }

    /// A request as the core gets it, with a valid key.
    static func incoming(_ body: JSON) -> IncomingRequest {
        IncomingRequest(
            method: "POST", path: "/v1/messages",
            headers: ["x-api-key": FakeProviderConfiguration.defaultKey, "anthropic-version": "2023-06-01"], body: body.encoded,
            isTooLarge: false)
    }

    /// A plain question.
    static func question(_ text: String = "Hello", model: String = "simulated-judge") -> JSON {
        ["model": .string(model), "max_tokens": 512, "messages": [["role": "user", "content": .string(text)]]]
    }

    /// A comparison with a forced tool.
    static func comparison(_ first: String, _ second: String, model: String = "simulated-judge") -> JSON {
        [
            "model": .string(model), "max_tokens": 512, "tools": [verdictTool],
            "tool_choice": ["type": "tool", "name": "verdict"],
            "messages": [["role": "user", "content": .string(prompt(first, second))]],
        ]
    }
}

extension JSON {
    /// The object with the member at `path` replaced, added, or removed when `value` is nil. Numbers in the path index arrays.
    func setting(_ path: String, _ value: JSON?) -> JSON {
        let parts = path.split(separator: ".", maxSplits: 1).map(String.init)
        let rest = parts.count > 1 ? parts[1] : nil
        switch self {
        case .array(var elements):
            guard let index = Int(parts[0]) else { return self }
            if let rest { elements[index] = elements[index].setting(rest, value) } else if let value { elements[index] = value }
            return .array(elements)
        case .object(var members):
            let index = members.firstIndex { $0.name == parts[0] }
            let replacement = rest.map { (self[parts[0]] ?? .object([])).setting($0, value) } ?? value
            if let index { members.remove(at: index) }
            if let replacement { members.insert(Member(name: parts[0], value: replacement), at: index ?? members.count) }
            return .object(members)
        default: return self
        }
    }
}

/// Expects a status, and shows what the provider said instead.
func expect(
    _ status: Int, _ response: HTTPResponse, sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(response.status == status, "\(response.errorMessage)", sourceLocation: sourceLocation)
}
