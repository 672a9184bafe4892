package import Wire

/// Answers to calls as fixtures say.
///
/// A request is known by its method and its messages, whose bytes not every encoder writes alike: they are compared as JSON. Where a
/// request was made several times, it is answered as often in their order, and then as the last time.
package struct RecordedAnswers: Sendable {
    private struct Question: Hashable {
        let method: MethodDescriptor
        let requests: [JSONValue]
    }

    private let decoder: MessageDecoder
    private let schema: MessageSchema
    private var fixtures: [Question: [CallFixture]] = [:]
    private var asked: [Question: Int] = [:]

    package init(_ fixtures: [CallFixture], schema: MessageSchema) {
        self.schema = schema
        decoder = MessageDecoder(schema: schema, redaction: Redaction(showsAll: true), bytesForm: .base64)
        for fixture in fixtures { self.fixtures[question(fixture.method, fixture.requests), default: []].append(fixture) }
    }

    /// The recorded call that this one repeats; nil where there is none.
    package mutating func answer(_ method: MethodDescriptor, _ requests: [[UInt8]]) -> CallFixture? {
        let question = question(method, requests)
        guard let known = fixtures[question] else { return nil }
        let number = asked[question, default: 0]
        asked[question] = number + 1
        return known[min(number, known.count - 1)]
    }

    private func question(_ method: MethodDescriptor, _ requests: [[UInt8]]) -> Question {
        let type = schema.method(method.service, method.method)?.input
        return Question(method: method, requests: requests.map { decoder.value($0, as: type) })
    }
}
