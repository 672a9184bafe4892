import FoundationEssentials
import Wire

/// Reads and writes fixtures by the contracts that their messages have.
package struct FixtureCodec: Sendable {
    private let schema: MessageSchema
    private let encoder: MessageEncoder
    private let decoder: MessageDecoder

    package init(schema: MessageSchema) {
        self.schema = schema
        encoder = MessageEncoder(schema: schema)
        decoder = MessageDecoder(schema: schema, redaction: Redaction(showsAll: true), bytesForm: .base64)
    }

    // MARK: - Reading

    /// Reads a line.
    package func fixture(_ line: String) throws(FixtureFault) -> CallFixture {
        let value: JSONValue
        do {
            value = try JSONDecoder().decode(JSONValue.self, from: Data(line.utf8))
        } catch {
            throw FixtureFault(description: "expected a JSON object")
        }
        guard case .object(let members) = value else { throw FixtureFault(description: "expected a JSON object") }
        let known: Set = ["method", "metadata", "requests", "status", "answers", "ignore"]
        if let other = members.keys.sorted().first(where: { !known.contains($0) }) {
            throw FixtureFault(description: "\(other.echoed): expected \(known.sorted().joined(separator: ", "))")
        }
        let method = try method(members["method"])
        let requests = try messages(members["requests"] ?? .array([.object([:])]), "requests", method.input)
        guard method.clientStreams || requests.count == 1 else {
            throw FixtureFault(description: "requests: expected one, for the method takes one")
        }
        let answers = try messages(members["answers"] ?? .array([]), "answers", method.output)
        return CallFixture(
            method: MethodDescriptor(service: method.service, method: method.name), kind: method.kind,
            metadata: try metadata(members["metadata"]), requests: requests.map(\.bytes), status: try status(members["status"]),
            answerBytes: answers.map(\.bytes), answers: answers.map(\.json), ignored: Set(try texts(members["ignore"], "ignore")))
    }

    private func method(_ value: JSONValue?) throws(FixtureFault) -> MessageSchema.Method {
        guard case .text(let name)? = value else { throw FixtureFault(description: "method: expected SERVICE/METHOD") }
        let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, let method = schema.method(parts[0], parts[1]) else {
            throw FixtureFault(description: "method: the contracts do not have \(name.echoed)")
        }
        return method
    }

    private func messages(
        _ value: JSONValue, _ field: String, _ type: String
    ) throws(FixtureFault) -> [(bytes: [UInt8], json: JSONValue)] {
        guard case .array(let values) = value else { throw FixtureFault(description: "\(field): expected an array") }
        var messages: [(bytes: [UInt8], json: JSONValue)] = []
        for (place, value) in values.enumerated() {
            do throws(MessageEncoder.Mistake) {
                let bytes = try encoder.bytes(value, as: type)
                messages.append((bytes, decoder.value(bytes, as: type)))
            } catch {
                throw FixtureFault(description: "\(field)[\(place)].\(error)")
            }
        }
        return messages
    }

    private func metadata(_ value: JSONValue?) throws(FixtureFault) -> Metadata {
        guard let value else { return Metadata() }
        guard case .object(let members) = value else { throw FixtureFault(description: "metadata: expected an object") }
        var metadata = Metadata()
        for (key, value) in members.sorted(by: { $0.key < $1.key }) {
            guard case .text(let text) = value else { throw FixtureFault(description: "metadata.\(key.echoed): expected text") }
            metadata.append(text, for: key)
        }
        return metadata
    }

    private func status(_ value: JSONValue?) throws(FixtureFault) -> StatusCode {
        guard let value else { return .ok }
        guard case .text(let name) = value, let code = StatusCode.allCases.first(where: { $0.name == name }) else {
            throw FixtureFault(description: "status: expected the name of a status, as NOT_FOUND")
        }
        return code
    }

    private func texts(_ value: JSONValue?, _ field: String) throws(FixtureFault) -> [String] {
        guard let value else { return [] }
        guard case .array(let values) = value else { throw FixtureFault(description: "\(field): expected an array") }
        var texts: [String] = []
        for value in values {
            guard case .text(let text) = value else { throw FixtureFault(description: "\(field): expected texts") }
            texts.append(text)
        }
        return texts
    }

    // MARK: - Writing

    /// A call as a line; nil where something of it is missing, or the contracts do not know what was said.
    package func line(_ call: Call) -> String? {
        guard let name = call.method, let method = schema.method(name.service, name.method),
            case .answered(let status, _) = call.outcome,
            // An object has a key once.
            Set(call.metadata.entries.map(\.key)).count == call.metadata.entries.count,
            call.messages.count == call.sent.messages + call.received.messages
        else { return nil }
        var json = JSONText()
        json.object { json in
            json.key("method")
            json.string("\(name)")
            if !call.metadata.entries.isEmpty {
                json.key("metadata")
                json.object { json in
                    for entry in call.metadata.withoutToken.entries {
                        json.key(entry.key)
                        json.string(entry.value)
                    }
                }
            }
            for (field, side, type) in [("requests", Side.client, method.input), ("answers", .server, method.output)] {
                json.key(field)
                json.array { json in
                    for message in call.messages where message.side == side { json.json(decoder.json(message.bytes, as: type)) }
                }
            }
            json.key("status")
            json.string(status.name)
        }
        // What cannot be read again is none.
        return (try? fixture(json.text)) == nil ? nil : json.text
    }

    // MARK: - Comparing

    /// How a call went otherwise than it should; empty where it went as it should.
    ///
    /// - Parameter redaction: of the texts of answers.
    package func differences(
        between fixture: CallFixture, and answer: CallAnswer, ignoring more: Set<String> = [], redaction: Redaction = Redaction()
    ) -> [String] {
        guard answer.status == fixture.status else {
            return ["status: expected \(fixture.status.name), got \(answer.status.name) \(JSONText.quoted(answer.message))"]
        }
        let type = schema.method(fixture.method.service, fixture.method.method)?.output ?? ""
        let names = Set(schema.enumerations.values.flatMap(\.values))
        let answers = answer.answers.map { decoder.value($0, as: type) }
        return JSONComparison(ignoring: fixture.ignored.union(more), redaction: redaction, names: names)
            .differences(.array(fixture.answers), .array(answers), at: "answers").lines(Self.line)
    }

    private static func line(_ difference: Difference) -> String {
        let expected = difference.left.map { "expected \($0)" } ?? "expected none"
        return "\(difference.path): \(expected), \(difference.right.map { "got \($0)" } ?? "is absent")"
    }
}
