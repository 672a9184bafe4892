/// The golden fixtures of a set of contracts, as files.
package struct GoldenFiles: Sendable {
    /// Lines by the path of their file, `messages/huleedu.cj.v1.Essay.jsonl` for example.
    package let lines: [String: [String]]

    /// - Throws: ``MessageEncoder/Mistake`` or ``FixtureFault`` where the contracts speak of what they do not have.
    package init(schema: MessageSchema) throws {
        var lines: [String: [String]] = [:]
        for type in schema.messages.keys {
            lines["messages/\(type).jsonl"] = try GoldenMessage(type, schema: schema).lines()
        }
        for service in Set(schema.methods.map(\.service)) {
            let calls = GoldenCalls(service: service, schema: schema)
            lines["calls/\(service).jsonl"] = calls.lines
            lines["transcripts/\(service).jsonl"] = try calls.transcripts()
        }
        self.lines = lines
    }
}
