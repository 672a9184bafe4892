import CurlClient
import Foundation
import Testing

@testable import LLMProviderService

@Suite("No reply becomes a success unless it fits")
struct ReplyPropertyTests {
    /// Whether the bytes are a verdict, decided by another reader of JSON and by hand.
    private func isVerdict(_ json: [UInt8]) throws -> Bool {
        guard let object = try JSONSerialization.jsonObject(with: Data(json)) as? [String: Any],
            Set(object.keys) == ["rationale", "winner", "confidence"], object["rationale"] is String,
            let winner = object["winner"] as? String, ["first", "second"].contains(winner),
            let confidence = object["confidence"] as? Int, (1...5).contains(confidence)
        else { return false }
        // Where booleans are numbers, true would pass for one.
        return !String(decoding: json, as: UTF8.self).contains(#""confidence":true"#)
    }

    private func random(_ depth: Int, using generator: inout Seeded) -> String {
        let names = ["rationale", "winner", "confidence", "tie", "first", ""]
        switch Int.random(in: 0..<(depth > 3 ? 7 : 9), using: &generator) {
        case 0: return "null"
        case 1: return Bool.random(using: &generator) ? "true" : "false"
        case 2: return "\(Int.random(in: -2...7, using: &generator))"
        case 3: return "\(Double.random(in: 0...6, using: &generator))"
        case 4, 5: return "\"\(["first", "second", "FIRST", "x", ""].randomElement(using: &generator) ?? "")\""
        case 6: return Sample.verdict
        case 7:
            return "["
                + (0..<Int.random(in: 0..<3, using: &generator)).map { _ in random(depth + 1, using: &generator) }
                .joined(separator: ",") + "]"
        default:
            let members = (0..<Int.random(in: 0..<5, using: &generator)).map { _ in
                "\"\(names.randomElement(using: &generator) ?? "")\":\(random(depth + 1, using: &generator))"
            }
            return "{" + members.joined(separator: ",") + "}"
        }
    }

    private func check(_ body: [UInt8], _ dialect: any VendorDialect, _ schema: JSONSchema) throws -> Bool {
        let response = Sample.response(200, "")
        let outcome = dialect.outcome(
            of: .init(status: 200, headers: response.headers, body: body, elapsed: .zero), schema: schema)
        guard let reply = outcome.reply else { return false }
        #expect(try isVerdict(reply.json), "\(String(decoding: body, as: UTF8.self))")
        return true
    }

    @Test("Random values in the place of the verdict", arguments: [AnthropicDialect() as any VendorDialect, OpenAIDialect()])
    func randomValues(dialect: any VendorDialect) throws {
        let schema = try JSONSchema(Array(Sample.schema.utf8))
        var generator = Seeded(state: 7)
        var successes = 0
        for _ in 0..<4000 {
            let value = random(0, using: &generator)
            let body = dialect is AnthropicDialect ? Sample.message(value) : Sample.completion(value)
            if try check(Array(body.utf8), dialect, schema) { successes += 1 }
        }
        // Some have to get through, or the test would show nothing.
        #expect(successes > 100)
    }

    @Test(
        "Answers with bytes changed, lost, doubled or put elsewhere",
        arguments: [AnthropicDialect() as any VendorDialect, OpenAIDialect()])
    func mutations(dialect: any VendorDialect) throws {
        let schema = try JSONSchema(Array(Sample.schema.utf8))
        let sound = Array((dialect is AnthropicDialect ? Sample.message() : Sample.completion()).utf8)
        var generator = Seeded(state: 8)
        var successes = 0
        for _ in 0..<4000 {
            var body = sound
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let place = Int.random(in: 0..<body.count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: body[place] = UInt8.random(in: 0...255, using: &generator)
                case 1: body.remove(at: place)
                case 2: body.insert(body[place], at: place)
                default: body.swapAt(place, Int.random(in: 0..<body.count, using: &generator))
                }
            }
            if try check(body, dialect, schema) { successes += 1 }
        }
        #expect(successes > 100)
    }

    @Test("Answers that end early, at every byte", arguments: [AnthropicDialect() as any VendorDialect, OpenAIDialect()])
    func truncations(dialect: any VendorDialect) throws {
        let schema = try JSONSchema(Array(Sample.schema.utf8))
        let sound = Array((dialect is AnthropicDialect ? Sample.message() : Sample.completion()).utf8)
        for length in 0..<sound.count {
            #expect(try !check(Array(sound.prefix(length)), dialect, schema))
        }
        #expect(try check(sound, dialect, schema))
    }
}
